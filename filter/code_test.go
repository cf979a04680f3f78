package filter

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tinylib/msgp/msgp"
)

// What a record may hold where its code should be, as JSON, and the code that it is.
func TestCodes(t *testing.T) {
	e := engine(t)
	for _, c := range []string{
		`50126`, `50126.0`, `5.0126e4`, `5012600e-2`, `"50126"`, `" 50126 "`, `"AADSTS50126"`, `"aadsts50126"`,
		`"AADSTS50126: Error validating credentials"`, `"[50126]"`, `"[50126,1]"`, `"[ 50126 , 1 ]"`, `[50126]`, `["50126"]`, `"[\"x"`,
	} {
		record := `{"status":{"errorCode":` + c + `}}`
		want := plus(record, "Wrong password.", "medium")
		if strings.Contains(c, "x") {
			want = record
		}
		assert.Equal(t, want, lineOf(t, e, record))
		assert.JSONEq(t, want, enriched(t, e, record))
	}
}

func TestNoCodes(t *testing.T) {
	e := engine(t)
	for _, c := range []string{
		`null`, `true`, `false`, `""`, `" "`, `"abc"`, `-1`, `"-1"`, `1e30`, `-1e30`, `1e300`, `50126.5`, `"50126.0"`, `"5.0126e4"`, `1000000000`,
		`4295017422`, `18446744073709551615`, `9223372036854775808`, `"1000000000"`, `"00050126"`, `"050126"`, `"+50126"`, `"0x50126"`, `"50126x"`,
		`"50126,1"`, `"]50126["`, `"50126]"`, `"[]"`, `"["`, `"AADSTS"`, `"AADSTSx"`, `"AADSTS501"`, `"AADSTS00000"`, `"AADSTS050126"`, `"AADSTS5012612345"`, `"AADSTS 50126"`,
		`{}`, `{"a":50126}`, `[]`, `[[50126]]`, `[{"a":50126}]`, `[null]`, `"５０１２６"`,
	} {
		record := `{"status":{"errorCode":` + c + `}}`
		assert.Equal(t, record, lineOf(t, e, record))
		_, r := enrich(t, e, eventOf(t, record))
		assert.False(t, r.Changed, c)
		assert.Equal(t, Counts{Records: 1, NoCode: 1}, r.Counts, c)
	}
}

// Types that JSON has no word for.
func TestCodesOfMessagePack(t *testing.T) {
	e := engine(t)
	for name, c := range map[string]struct {
		value []byte
		ok    bool
	}{
		"uint 16":             {[]byte{0xcd, 0xc3, 0xce}, true},
		"uint 32":             {[]byte{0xce, 0, 0, 0xc3, 0xce}, true},
		"uint 64":             {[]byte{0xcf, 0, 0, 0, 0, 0, 0, 0xc3, 0xce}, true},
		"int 32":              {[]byte{0xd2, 0, 0, 0xc3, 0xce}, true},
		"int 64":              {[]byte{0xd3, 0, 0, 0, 0, 0, 0, 0xc3, 0xce}, true},
		"float 32":            {msgp.AppendFloat32(nil, 50126), true},
		"float 64":            {msgp.AppendFloat64(nil, 50126), true},
		"str 8":               {[]byte("\xd9\x0550126"), true},
		"str 16":              {[]byte("\xda\x00\x0550126"), true},
		"str 32":              {[]byte("\xdb\x00\x00\x00\x0550126"), true},
		"bin":                 {[]byte("\xc4\x0550126"), true},
		"bin 16":              {[]byte("\xc5\x00\x0550126"), true},
		"bin 32":              {[]byte("\xc6\x00\x00\x00\x0550126"), true},
		"array 16":            {[]byte{0xdc, 0, 1, 0xcd, 0xc3, 0xce}, true},
		"array 32":            {[]byte{0xdd, 0, 0, 0, 1, 0xcd, 0xc3, 0xce}, true},
		"NaN":                 {msgp.AppendFloat64(nil, math.NaN()), false},
		"infinity":            {msgp.AppendFloat64(nil, math.Inf(1)), false},
		"minus infinity":      {msgp.AppendFloat32(nil, float32(math.Inf(-1))), false},
		"a fraction":          {msgp.AppendFloat64(nil, 50126.25), false},
		"huge":                {msgp.AppendFloat64(nil, 1e30), false},
		"2^64-1":              {msgp.AppendUint64(nil, math.MaxUint64), false},
		"2^32+50126":          {msgp.AppendUint64(nil, 1<<32+50126), false},
		"minus 2^63":          {msgp.AppendInt64(nil, math.MinInt64), false},
		"negative int 8":      {[]byte{0xd0, 0x80}, false},
		"negative int 16":     {[]byte{0xd1, 0x80, 0}, false},
		"negative fixint":     {[]byte{0xff}, false},
		"ext of one byte":     {[]byte{0xd4, 1, 50}, false},
		"ext of digits":       {[]byte("\xc7\x05\x0150126"), false},
		"ext 16":              {[]byte("\xc8\x00\x05\x0150126"), false},
		"ext 32":              {[]byte("\xc9\x00\x00\x00\x05\x0150126"), false},
		"a timestamp":         {stamp, false},
		"bytes of no meaning": {[]byte("\xa3\xff\xfe\x00"), false},
	} {
		t.Run(name, func(t *testing.T) {
			body := join([]byte("\x81\xa6status\x81\xa9errorCode"), c.value)
			out, r := enrich(t, e, join(newHead, body))
			assert.Equal(t, c.ok, r.Changed)
			if c.ok {
				assert.Equal(t, join(newHead, []byte{0x83}, body[1:], pack(t, plus("{}", "Wrong password.", "medium"))[1:]), out)
			}
		})
	}
}

func TestCodeIn(t *testing.T) {
	for text, want := range map[string]uint32{
		"AADSTS50126":                          50126,
		"AADSTS50126: Error":                   50126,
		"(AADSTS50126)":                        50126,
		"AADSTS, AADSTS7 and AADSTS70008!":     70008,
		"AADSTS00000 AADSTS50126":              50126,
		"AADSTS1234567890 AADSTS123456789":     123456789,
		"":                                     0,
		"AADSTS":                               0,
		"aadsts50126":                          0,
		"50126":                                0,
		strings.Repeat("AADSTS", 100) + "1234": 1234,
	} {
		code, ok := codeIn(text)
		assert.Equal(t, want, code, text)
		assert.Equal(t, want != 0, ok, text)
	}
}
