package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/option"
)

// optionFlag is a flag that sets an option of the plugin, so that flag and option always agree.
type optionFlag struct {
	option option.Option
	value  string
}

func (f *optionFlag) String() string { return f.value }

func (f *optionFlag) Set(value string) error {
	f.value = value
	return f.option.Set(strings.TrimSpace(value)) // not Apply, whose error names the option as the plugin spells it
}

// Type returns the placeholder for the value in the help.
func (f *optionFlag) Type() string {
	if d := f.option.Default; d == "on" || d == "off" {
		return "on|off"
	}
	return "text"
}

// addOptions adds a flag for every option to a command.
func addOptions(cmd *cobra.Command, options []option.Option) {
	for _, o := range options {
		var words []string // nil: any text
		switch {
		case o.Default == "on" || o.Default == "off":
			words = []string{"on", "off"}
		case o.Name == "Schema":
			words = []string{filter.SchemaFlat, filter.SchemaECS, filter.SchemaOCSF}
		case o.Name == "Fields":
			words = filter.FieldNames
		}
		addFlag(cmd, o.FlagName(), &optionFlag{o, o.Default}, o.Help, words)
	}
}

// addFlag adds a flag whose value completes to the given words.
func addFlag(cmd *cobra.Command, name string, value pflag.Value, help string, words []string) {
	cmd.Flags().Var(value, name, help)
	// This fails only if the flag does not exist.
	_ = cmd.RegisterFlagCompletionFunc(name, completeList(words))
}

// completeList completes the last word of a comma-separated list.
func completeList(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var completed []cobra.Completion
		for _, word := range words {
			completed = append(completed, before+word)
		}
		return completed, cobra.ShellCompDirectiveNoFileComp
	}
}
