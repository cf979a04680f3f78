// Package settings holds the options of the plugin's two faces, filter and output, and what follows from them at once: the
// catalog. It knows nothing of C, so that it can be tested, and its lists made into the header from which the C side
// describes the options to Fluent Bit, without it.
//
// # Who reads the lists
//
// The plugin sets the options by them when an instance starts; plugin/options.h is generated from them (go generate
// ./plugin/...), and a test fails when it is stale.
package settings

import (
	"errors"
	"time"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/sink"
)

// Filter are the settings of a filter. Start from DefaultFilter.
type Filter struct {
	// Engine says how records are enriched.
	Engine filter.Options
	// Catalog is the file with a user's own rows; "" for none.
	Catalog string
	// CatalogReload is the time between two looks at that file; 0 for no look but the first.
	CatalogReload time.Duration
}

// DefaultFilter are the settings of a filter with no option set.
func DefaultFilter() Filter { return Filter{Engine: filter.DefaultOptions()} }

// minReload keeps a slip of the unit from reading a file all the time.
const minReload = 100 * time.Millisecond

// List describes the options and fills f when they are set.
func (f *Filter) List() []option.Option {
	return append(f.Engine.List(),
		option.Option{Name: "Catalog", Set: option.String(&f.Catalog),
			Help: "CSV file with codes of your own; its rows are laid over the built-in catalog."},
		option.Option{Name: "Catalog_Reload", Default: "0", Set: f.reload,
			Help: "Time between two looks at the Catalog file for changes, e.g. 30s; 0 for never."},
	)
}

func (f *Filter) reload(value string) error {
	var d time.Duration
	if err := option.Duration(&d)(value); err != nil {
		return err
	}
	if d != 0 && d < minReload {
		return errors.New("want 0 or at least 100ms")
	}
	f.CatalogReload = d
	return nil
}

// Output are the settings of an output: it enriches as a filter does, then delivers. Start from DefaultOutput.
type Output struct {
	Filter
	Sink sink.Options
}

// DefaultOutput are the settings of an output with no option set.
func DefaultOutput() Output { return Output{Filter: DefaultFilter(), Sink: sink.DefaultOptions()} }

// List describes the options and fills o when they are set.
func (o *Output) List() []option.Option { return append(o.Filter.List(), o.Sink.List()...) }
