// Package settings holds the options of the filter and of the output, and loads the catalog file that an option names. It contains
// no C, so that tests need none.
//
// # Who reads the lists
//
// The plugin sets the options from the lists when an instance starts. plugin/options.h, which describes the options to Fluent Bit, is
// generated from them (go generate ./plugin/...). A test fails if the file is stale.
package settings

import (
	"fmt"
	"strings"
	"time"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/sink"
)

// Filter holds the settings of a filter. Start from DefaultFilter.
type Filter struct {
	// Engine says how records are enriched.
	Engine filter.Options
	// Catalog is the file with a user's own rows; "" for none.
	Catalog string
	// ContextRules is the file with a user's own rules about the severity; "" for none.
	ContextRules string
	// CatalogReload is how often these files are checked for changes; 0 for never.
	CatalogReload time.Duration
	// StatsInterval is the time between two log lines of counts; 0 for none but the last.
	StatsInterval time.Duration
	// MetricsListen is the address of the metrics for Prometheus; "" for none.
	MetricsListen string
}

// DefaultFilter returns the settings of a filter with no option set.
func DefaultFilter() (f Filter) {
	option.SetDefaults(f.List())
	return f
}

// With a wrong unit, the plugin would read a file or write to the log all the time.
const (
	minReload = 100 * time.Millisecond
	minStats  = time.Second
)

// List describes the options and fills f when they are set.
func (f *Filter) List() []option.Option {
	return append(f.Engine.List(),
		option.Option{Name: "Catalog", Set: option.String(&f.Catalog),
			Help: "CSV file with your own codes; its cells take precedence over the built-in catalog."},
		option.Option{Name: "Catalog_Reload", Default: "0", Set: interval(&f.CatalogReload, minReload),
			Help: "How often to check the files of Catalog and Context_Rules for changes, e.g. 30s; 0 for never."},
		option.Option{Name: "Context_Rules", Set: option.String(&f.ContextRules),
			Help: "CSV file with your own rules for the severity; they take precedence over the built-in rules. Needs Context on."},
		option.Option{Name: "Stats_Interval", Default: "0", Set: interval(&f.StatsInterval, minStats),
			Help: "How often to log a line of counts while records come, e.g. 1h; 0 for one line at the end only."},
		option.Option{Name: "Metrics_Listen", Default: "off", Set: f.metrics,
			Help: "Address for Prometheus, e.g. 127.0.0.1:2021; a port alone is for this machine only; off for none."},
	)
}

// interval accepts 0, which means never, and times from least on.
func interval(p *time.Duration, least time.Duration) func(string) error {
	return func(value string) error {
		var d time.Duration
		if err := option.Duration(&d)(value); err != nil {
			return err
		}
		if d != 0 && d < least {
			return fmt.Errorf("must be 0 or at least %v", least)
		}
		*p = d
		return nil
	}
}

// metrics takes an empty value for off: a variable that is not set leaves an empty value.
func (f *Filter) metrics(value string) (err error) {
	f.MetricsListen = ""
	if value != "" && !strings.EqualFold(value, "off") {
		f.MetricsListen, err = address(value)
	}
	return err
}

// Output holds the settings of an output, which enriches records as a filter does and then delivers them. Start from DefaultOutput.
type Output struct {
	Filter
	Sink sink.Options
}

// DefaultOutput returns the settings of an output with no option set.
func DefaultOutput() Output { return Output{Filter: DefaultFilter(), Sink: sink.DefaultOptions()} }

// List describes the options and fills o when they are set.
func (o *Output) List() []option.Option { return append(o.Filter.List(), o.Sink.List()...) }
