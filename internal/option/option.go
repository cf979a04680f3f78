// Package option describes the settings of a component once, for everyone who needs them: the plugin reads them from
// Fluent Bit and hands their help to it, the command makes flags of them, and the tables of docs/options.md are checked against them.
//
// An Option is a name, a default, a sentence of help and a setter bound to the field it fills. Nothing here may run
// concurrently on the same Option.
package option

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Option is one setting. Names are in Fluent Bit's style (Code_Key); they are matched without regard to case.
type Option struct {
	Name    string
	Default string // as a user would write it; "" for none
	Help    string // one sentence, no line break
	Secret  bool   // the value must never be printed
	Set     func(value string) error
}

// Error is a value that an option does not take.
type Error struct {
	Option string
	Value  string // "" for a secret option
	Err    error
}

func (e *Error) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("option %s: %v", e.Option, e.Err)
	}
	return fmt.Sprintf("option %s: %q: %v", e.Option, e.Value, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Apply asks get for the value of every option and sets those that have one. The first value that is refused ends it.
func Apply(opts []Option, get func(name string) (value string, ok bool)) error {
	for _, o := range opts {
		value, ok := get(o.Name)
		if !ok {
			continue
		}
		if err := o.Apply(value); err != nil {
			return err
		}
	}
	return nil
}

// SetDefaults sets the options that have a default to it. A default that its own option refuses is a mistake in the program,
// so SetDefaults panics.
func SetDefaults(opts []Option) {
	for _, o := range opts {
		if o.Default == "" {
			continue
		}
		if err := o.Apply(o.Default); err != nil {
			panic(err)
		}
	}
}

// Apply sets the option; the error is an *Error that names it.
func (o *Option) Apply(value string) error {
	value = strings.TrimSpace(value)
	if err := o.Set(value); err != nil {
		shown := value
		if o.Secret {
			shown = ""
		}
		return &Error{Option: o.Name, Value: shown, Err: err}
	}
	return nil
}

// FlagName turns Code_Key into code-key, the name of the same option on a command line.
func (o *Option) FlagName() string {
	return strings.ReplaceAll(strings.ToLower(o.Name), "_", "-")
}

// String fills a text. An empty value is taken as it is.
func String(p *string) func(string) error {
	return func(v string) error { *p = v; return nil }
}

// Bool takes what Fluent Bit takes: on, off, true, false, yes, no, 1, 0.
func Bool(p *bool) func(string) error {
	return func(v string) error {
		switch strings.ToLower(v) {
		case "on", "true", "yes", "1":
			*p = true
		case "off", "false", "no", "0":
			*p = false
		default:
			return fmt.Errorf("must be on or off")
		}
		return nil
	}
}

// Fields splits at commas and white space and leaves out what is empty.
func Fields(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
}

// Enum takes one of the words, without regard to case, and stores it as it stands in words.
func Enum(p *string, words ...string) func(string) error {
	return func(v string) error {
		for _, w := range words {
			if strings.EqualFold(v, w) {
				*p = w
				return nil
			}
		}
		return fmt.Errorf("must be one of %s", strings.Join(words, ", "))
	}
}

// Duration takes Go's notation (30s, 5m, 1h30m) or a bare number of seconds, as Fluent Bit does; not negative.
func Duration(p *time.Duration) func(string) error {
	return func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			n, nerr := strconv.ParseUint(v, 10, 31)
			if nerr != nil {
				return fmt.Errorf("must be a time such as 30s or 5m")
			}
			d = time.Duration(n) * time.Second
		}
		if d < 0 {
			return fmt.Errorf("must be a time that is not negative")
		}
		*p = d
		return nil
	}
}

// Size takes a number of bytes with an optional k, M or G (powers of 1024, as in Fluent Bit's 5M), at least 1.
func Size(p *int64) func(string) error {
	return func(v string) error {
		digits := strings.TrimSuffix(strings.ToLower(v), "b")
		shift := 0
		if digits != "" {
			shift = map[byte]int{'k': 10, 'm': 20, 'g': 30}[digits[len(digits)-1]]
			if shift != 0 {
				digits = digits[:len(digits)-1]
			}
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 1 || n > (1<<62)>>shift {
			return fmt.Errorf("must be a size such as 512k or 5M")
		}
		*p = n << shift
		return nil
	}
}
