package filter

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

func TestDefaults(t *testing.T) {
	assert.Equal(t, Options{
		JSONKey: []string{"log", "message", "payload", "body", "event.original"}, Split: true, Fields: []string{"description", "severity"},
		DescriptionKey: "description", SeverityKey: "severity", Schema: SchemaFlat, Overwrite: true,
	}, DefaultOptions())
}

// An option that is set to its default is as if it were not set, whatever the schema.
func TestDefaultsMayBeSet(t *testing.T) {
	for _, schema := range []string{SchemaFlat, SchemaECS, SchemaOCSF} {
		for _, opt := range new(Options).List() {
			if opt.Default == "" || opt.Name == "Schema" {
				continue
			}
			e := engine(t, "Schema", schema, opt.Name, opt.Default)
			assert.Equal(t, enriched(t, engine(t, "Schema", schema), signInRecord), enriched(t, e, signInRecord), opt.Name)
		}
	}
}

func TestOptionTexts(t *testing.T) {
	for _, opt := range new(Options).List() {
		assert.NotContains(t, opt.Help, "\n", opt.Name)
		assert.True(t, strings.HasSuffix(opt.Help, "."), opt.Name)
		assert.NotNil(t, opt.Set, opt.Name)
	}
}

func TestTheZeroValueAppendsNothing(t *testing.T) {
	e, err := New(Options{}, words(t))
	require.NoError(t, err)
	_, r := enrich(t, e, eventOf(t, signInRecord))
	assert.False(t, r.Changed)
	assert.Equal(t, Counts{Records: 1, Matched: 1}, bare(r.Counts))
}

func TestSettings(t *testing.T) {
	var o Options
	set(t, &o, "Code_Key", " a.b, $c['d'] ", "Json_Key", "", "Fields", "Code,SEVERITY", "Schema", "ECS", "Split", "no", "Overwrite", "1",
		"Parse_Json", "true", "Time_From_Record", "on", "Envelope_Key", "rest", "Prefix", "p_", "Description_Key", "d", "Severity_Key", "s")
	assert.Equal(t, Options{
		CodeKey: []string{"a.b", "$c['d']"}, JSONKey: []string{}, Fields: []string{"code", "severity"}, Schema: SchemaECS, Overwrite: true,
		ParseJSON: true, TimeFromRecord: true, EnvelopeKey: "rest", Prefix: "p_", DescriptionKey: "d", SeverityKey: "s",
	}, o)
}

// An error names the option, what was found and what to do.
func TestRefusedValues(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"Fields", "", `option Fields: must be at least one of description, severity, name, outcome, category, action, technique, credential, code, severity_base, reason`},
		{"Fields", "severity,colour", `option Fields: "severity,colour": no field is called "colour": choose from description, severity, name, outcome, category, action, technique, credential, code, severity_base, reason`},
		{"Fields", "code code", `option Fields: "code code": code is named twice: name it once`},
		{"Schema", "cef", `option Schema: "cef": must be one of flat, ecs, ocsf`},
		{"Overwrite", "maybe", `option Overwrite: "maybe": must be on or off`},
		{"Split", "", `option Split: must be on or off`},
		{"Code_Key", "a..b", `option Code_Key: "a..b": path "a..b": a key is empty: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Code_Key", "ok,$a[b]", `option Code_Key: "ok,$a[b]": path "$a[b]": "[b]" is neither a place in a list nor a key in quotation marks: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Code_Key", "status[, b", `option Code_Key: "status[, b": path "status[, b": a bracket is not closed: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Code_Key", "/status/errorCode", `option Code_Key: "/status/errorCode": path "/status/errorCode": the keys stand between slashes, not dots: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Code_Key", `"Sign-in error code"`, `option Code_Key: "\"Sign-in error code\"": path "\"Sign-in error code\"": "\"" stands outside of brackets: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Json_Key", ".", `option Json_Key: ".": path ".": a key is empty: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
		{"Json_Key", "1.2.3.4.5.6.7.8.9", `option Json_Key: "1.2.3.4.5.6.7.8.9": path "1.2.3.4.5.6.7.8.9": the path has more than 8 steps: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`},
	} {
		o := DefaultOptions()
		list := o.List()
		i := slices.IndexFunc(list, func(opt option.Option) bool { return opt.Name == c.name })
		require.GreaterOrEqual(t, i, 0, c.name)
		err := list[i].Apply(c.value)
		var refused *option.Error
		require.ErrorAs(t, err, &refused, "%s %q", c.name, c.value)
		assert.EqualError(t, err, c.want)
		assert.Equal(t, DefaultOptions(), o, "what is refused changes nothing")
	}
}

// What only the options together rule out.
func TestRefusedOptions(t *testing.T) {
	long := strings.Repeat("k", 63)
	for want, change := range map[string]func(o *Options){
		`option Code_Key: "a.": path "a.": a key is empty: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`:                                                  func(o *Options) { o.CodeKey = []string{"a."} },
		`option Code_Key: "` + long + `": path "` + long + `": the key "` + long + `" has 63 bytes; at most 62 are allowed`:                                                            func(o *Options) { o.CodeKey = []string{long} },
		`option Json_Key: "$": path "$": no key is named: write a path such as status.errorCode, error_codes[0] or ['odd key'].code`:                                                   func(o *Options) { o.JSONKey = []string{"$"} },
		`option Schema: "x": must be one of flat, ecs, ocsf`:                                                                                                                           func(o *Options) { o.Schema = "x" },
		`option Fields: "colour": no field is called "colour": choose from description, severity, name, outcome, category, action, technique, credential, code, severity_base, reason`: func(o *Options) { o.Fields = []string{"colour"} },
		`option Fields: "code": the schema ecs names its fields itself: leave this option out, or use Schema flat`:                                                                     func(o *Options) { o.Schema, o.Fields = SchemaECS, []string{"code"} },
		`option Prefix: "p": the schema ocsf names its fields itself: leave this option out, or use Schema flat`:                                                                       func(o *Options) { o.Schema, o.Prefix = SchemaOCSF, "p" },
		`option Description_Key: "d": the schema ecs names its fields itself: leave this option out, or use Schema flat`:                                                               func(o *Options) { o.Schema, o.DescriptionKey = SchemaECS, "d" },
		`option Severity_Key: "s": the schema ecs names its fields itself: leave this option out, or use Schema flat`:                                                                  func(o *Options) { o.Schema, o.SeverityKey = SchemaECS, "s" },
		`option Description_Key: "severity": already the name of the field severity: choose another name`:                                                                              func(o *Options) { o.DescriptionKey = "severity" },
		`option Severity_Key: "code": already the name of the field code: choose another name`:                                                                                         func(o *Options) { o.SeverityKey, o.Fields = "code", []string{"code", "severity"} },
		`option Description_Key: "x": already the name of the field severity: choose another name`:                                                                                     func(o *Options) { o.DescriptionKey, o.SeverityKey = "x", "x" },
		`option Prefix: "\"p_\"": a quotation mark would become part of every key: leave quotation marks out`:                                                                          func(o *Options) { o.Prefix = `"p_"` },
		`option Prefix: "my p": a blank would become part of every key: leave blanks out`:                                                                                              func(o *Options) { o.Prefix = "my p" },
		`option Severity_Key: "` + long + `": the key has 63 bytes; at most 62 are allowed`:                                                                                            func(o *Options) { o.SeverityKey = long },
		`option Prefix: "` + long[9:] + `": the key "` + long[9:] + `description" has 65 bytes; at most 62 are allowed`:                                                                func(o *Options) { o.Prefix = long[9:] },
	} {
		o := DefaultOptions()
		change(&o)
		_, err := New(o, words(t))
		var refused *option.Error
		require.ErrorAs(t, err, &refused, want)
		assert.EqualError(t, err, want)
	}
}

func TestTooManyPaths(t *testing.T) {
	o := DefaultOptions()
	for i := range 100 {
		o.CodeKey = append(o.CodeKey, strings.Repeat("k", i%60+1)+".x")
	}
	_, err := New(o, words(t))
	require.ErrorContains(t, err, "option Code_Key: ")
	require.ErrorContains(t, err, "leave 63 out of Code_Key and Json_Key together")
	o.CodeKey = o.CodeKey[:100-63]
	_, err = New(o, words(t))
	assert.NoError(t, err)
}

func TestSwappedNames(t *testing.T) {
	e := engine(t, "Description_Key", "severity", "Severity_Key", "description")
	assert.Equal(t, `{"resultType":"50126","severity":"Wrong password.","description":"medium"}`, enriched(t, e, `{"resultType":"50126"}`))
	e = engine(t, "Description_Key", "severity", "Fields", "description")
	assert.Equal(t, `{"resultType":"50126","severity":"Wrong password."}`, enriched(t, e, `{"resultType":"50126"}`))
}
