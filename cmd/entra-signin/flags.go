package main

import (
	"strings"

	"github.com/spf13/pflag"

	"fluent-bit-entra-signin/internal/option"
)

// optionFlag makes a flag of an option of the plugin, so that the two cannot come apart.
type optionFlag struct {
	option option.Option
	value  string
}

func (f *optionFlag) String() string { return f.value }

func (f *optionFlag) Set(value string) error {
	f.value = value
	return f.option.Set(strings.TrimSpace(value)) // not Apply, whose error names the option as the plugin spells it
}

// Type is the word for the value in the help.
func (f *optionFlag) Type() string {
	if d := f.option.Default; d == "on" || d == "off" {
		return "on|off"
	}
	return "text"
}

// addOptions adds a flag for every option.
func addOptions(flags *pflag.FlagSet, options []option.Option) {
	for _, o := range options {
		flags.Var(&optionFlag{o, o.Default}, o.FlagName(), o.Help)
	}
}
