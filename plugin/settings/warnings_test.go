package settings

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

func TestWarnings(t *testing.T) {
	loki := map[string]string{"Sink": "loki", "URL": "http://127.0.0.1"}
	for name, c := range map[string]struct {
		set  map[string]string
		want []string
	}{
		"the defaults":           {nil, nil},
		"Loki with the defaults": {loki, nil},
		"Envelope_Key without Split": {map[string]string{"Envelope_Key": "rest", "Split": "off"},
			[]string{"option Envelope_Key: has no effect, because Split is off"}},
		"Catalog_Reload without Catalog": {map[string]string{"Catalog_Reload": "30s"},
			[]string{"option Catalog_Reload: has no effect: there is no file of Catalog, and none of Context_Rules with Context on"}},
		"a text in place of a field": {map[string]string{"Labels": "job=entra, severity=severity"},
			[]string{"option Labels: severity=severity is the same text for every record: write severity=$severity for the field"}},
		"a misspelt field": {map[string]string{"Labels": "severity=$severty"},
			[]string{"option Labels: no field is called $severty: did you mean $severity?"}},
		"a field that is not appended": {map[string]string{"Structured_Metadata": "outcome=$outcome"},
			[]string{"option Structured_Metadata: $outcome is not appended: add outcome to Fields, unless the records have such a field themselves"}},
		"a field that is appended":      {map[string]string{"Labels": "outcome=$outcome", "Fields": "severity,outcome"}, nil},
		"with a prefix":                 {map[string]string{"Labels": "severity=$entra_severity", "Prefix": "entra_"}, nil},
		"a field of the record":         {map[string]string{"Labels": "app=$appDisplayName, place=$location.countryOrRegion"}, nil},
		"of another sink, nobody reads": {map[string]string{"Sink": "stdout"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{}
			if c.set["Labels"]+c.set["Structured_Metadata"] != "" {
				all["Sink"], all["URL"] = loki["Sink"], loki["URL"]
			}
			for option, value := range c.set {
				all[option] = value
			}
			o := DefaultOutput()
			require.NoError(t, option.Apply(o.List(), func(name string) (string, bool) { value, ok := all[name]; return value, ok }))
			assert.Equal(t, c.want, o.Warnings())
		})
	}
}
