package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"fluent-bit-entra-signin/filter"
)

// Every enrichment option of the plugin is a flag under the same name, with the same help and default.
func TestEveryOptionIsAFlag(t *testing.T) {
	options := filter.DefaultOptions()
	flags := (&app{}).enrich().Flags()
	for _, o := range options.List() {
		flag := flags.Lookup(o.FlagName())
		if assert.NotNil(t, flag, o.Name) {
			assert.Equal(t, o.Default, flag.DefValue, o.Name)
			assert.Equal(t, o.Default, flag.Value.String(), o.Name)
			assert.Equal(t, o.Help, flag.Usage, o.Name)
		}
	}
}

func TestFlagsReachTheEngine(t *testing.T) {
	const record = `{"a":{"b":50126},"severity":"x","status":{"errorCode":0}}`
	for _, test := range []struct {
		want string
		args []string
	}{
		{`"severity":"medium"`, []string{"--code-key", "a.b"}},
		{`"severity":"x"`, []string{"--overwrite", "off"}},
		{`"e_severity":"info"`, []string{"--prefix=e_"}},
		{`"level":"info"`, []string{"--severity-key", "level"}},
		{`"what":"The sign-in succeeded."`, []string{"--description-key", " what "}},
		{`"code":0`, []string{"--fields", "code, severity"}},
		{`"event":{`, []string{"--schema", "ECS"}},
	} {
		r := command(t, record, append([]string{"enrich"}, test.args...)...)
		assert.Zero(t, r.code, test.args)
		assert.Contains(t, r.out, test.want, test.args)
	}
}
