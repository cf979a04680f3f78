package sink

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseLabels(t *testing.T) {
	labels, err := parseLabels(` job = entra_signin,severity=$severity, e=$a.b ,q="a, b",x="", `, maxLabels)
	require.Error(t, err)
	assert.Nil(t, labels)

	labels, err = parseLabels(` job = entra_signin,severity=$severity, e=$a.b ,q="a, b" , u=a b, `, maxLabels)
	require.NoError(t, err)
	var got []string
	for _, l := range labels {
		got = append(got, fmt.Sprintf("%s|%s|%v|%s", l.name, l.text, l.path, l.member))
	}
	assert.Equal(t, []string{
		`job|entra_signin||"job":"entra_signin"`,
		`severity||severity|"severity":`,
		`e||a.b|"e":`,
		`q|a, b||"q":"a, b"`,
		`u|a b||"u":"a b"`,
	}, got)

	labels, err = parseLabels(`user=$properties['x'], code=$codes[0], odd=$['a, b=c']["d"].e,job=x`, maxLabels)
	require.NoError(t, err)
	got = nil
	for _, l := range labels {
		got = append(got, fmt.Sprintf("%s|%s|%v", l.name, l.text, l.path))
	}
	assert.Equal(t, []string{"user||properties.x", "code||codes[0]", "odd||['a, b=c'].d.e", "job|x|"}, got)

	labels, err = parseLabels(" ", maxLabels)
	require.NoError(t, err)
	assert.Empty(t, labels)
}

func TestParseLabelsFailure(t *testing.T) {
	var many []string
	for i := range maxLabels + 1 {
		many = append(many, fmt.Sprintf("l%d=x", i))
	}
	for list, want := range map[string]string{
		"job":                    `"job" has no value`,
		"a=1, job":               `"job" has no value`,
		"a=":                     "empty value",
		"a=$":                    `"a": path "$": no key is named: write a path such as`,
		"a=$b[, c=x":             `"a": path "$b[, c=x": a bracket is not closed`,
		"a=$b c=$d":              `"a": path "$b c=$d": " " stands outside of brackets`,
		"=x":                     "is not a name",
		"1a=x":                   "is not a name",
		"a-b=x":                  "is not a name",
		"__a=x":                  "is not a name",
		"é=x":                    "is not a name",
		"a=1,a=2":                "is set twice",
		`a="x`:                   "unbalanced quotation mark",
		`a="x"y`:                 "text after the closing one",
		strings.Join(many, ", "): "16 names are more than the 15",
	} {
		_, err := parseLabels(list, maxLabels)
		assert.ErrorContains(t, err, want, list)
	}
}

func TestCheckStreams(t *testing.T) {
	for _, list := range []string{DefaultOptions().Labels, "job=x", "job=x, tenant=$tenantId, app=$appDisplayName, country=$location.countryOrRegion"} {
		labels, err := parseLabels(list, maxLabels)
		require.NoError(t, err)
		assert.NoError(t, checkStreams(labels), list)
	}
	for _, path := range []string{"id", "properties.id", "userPrincipalName", "properties.userPrincipalName", "ipAddress", "callerIpAddress",
		"correlationId", "correlation_id", "status.errorCode", "['properties']['id']", "['properties.id']", "error_codes.code[0]", "resultType", "UserId", "createdDateTime"} {
		labels, err := parseLabels("job=x, l=$"+path, maxLabels)
		require.NoError(t, err)
		assert.ErrorContains(t, checkStreams(labels), "move it to Structured_Metadata", path)
	}
	for _, list := range []string{"", "severity=$severity"} {
		labels, err := parseLabels(list, maxLabels)
		require.NoError(t, err)
		assert.ErrorContains(t, checkStreams(labels), "add one such as job=entra_signin", list)
	}
}
