package jsontext

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tinylib/msgp/msgp"
)

func TestAppendMsgpack(t *testing.T) {
	f64 := func(f float64) string { return string(msgp.AppendFloat64(nil, f)) }
	for text, want := range map[string]string{
		`null`:                                   "\xc0",
		`true`:                                   "\xc3",
		`false`:                                  "\xc2",
		`0`:                                      "\x00",
		`127`:                                    "\x7f",
		`-1`:                                     "\xff",
		`-32`:                                    "\xe0",
		`9223372036854775807`:                    "\xd3\x7f\xff\xff\xff\xff\xff\xff\xff",
		`-9223372036854775808`:                   "\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
		`18446744073709551615`:                   "\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
		`9007199254740993`:                       "\xd3\x00\x20\x00\x00\x00\x00\x00\x01",
		`18446744073709551616`:                   f64(18446744073709551616),
		`-0`:                                     f64(math.Copysign(0, -1)),
		`1.0`:                                    f64(1),
		`1e2`:                                    f64(100),
		`-1.5E-3`:                                f64(-0.0015),
		`1e-999`:                                 f64(0),
		`1e999`:                                  "\xa51e999",
		`-1e999`:                                 "\xa6-1e999",
		`""`:                                     "\xa0",
		`"a\"\\\/\b\f\n\r\t"`:                    "\xa9a\"\\/\b\f\n\r\t",
		`"\u0000"`:                               "\xa1\x00",
		`"\u00e9é"`:                              "\xa4éé",
		`"\ud83d\ude00"`:                         "\xa4😀",
		`"\ud83d"`:                               "\xa3\ufffd",
		`"\ude00\ud83d"`:                         "\xa6\ufffd\ufffd",
		`"\ud83dx"`:                              "\xa4\ufffdx",
		"\"\xff\"":                               "\xa1\xff",
		`{}`:                                     "\x80",
		`[]`:                                     "\x90",
		` [ ] `:                                  "\x90",
		` { "a" : 1 , "b" : [ true , null ] } `:  "\x82\xa1a\x01\xa1b\x92\xc3\xc0",
		`{"a":1,"a":2}`:                          "\x82\xa1a\x01\xa1a\x02",
		`{"z":{},"a":[[]]}`:                      "\x82\xa1z\x80\xa1a\x91\x90",
		`{"":""}`:                                "\x81\xa0\xa0",
		`{"\u0061":"\u0062"}`:                    "\x81\xa1a\xa1b",
		"[" + strings.Repeat("1,", 14) + "1]":    "\x9f" + strings.Repeat("\x01", 15),
		"[" + strings.Repeat("1,", 15) + "1]":    "\xdc\x00\x10" + strings.Repeat("\x01", 16),
		"[" + strings.Repeat("1,", 65535) + "1]": "\xdd\x00\x01\x00\x00" + strings.Repeat("\x01", 65536),
		"[[" + strings.Repeat("1,", 15) + "1],2]":     "\x92\xdc\x00\x10" + strings.Repeat("\x01", 16) + "\x02",
		"{" + strings.Repeat(`"a":1,`, 15) + `"a":1}`: "\xde\x00\x10" + strings.Repeat("\xa1a\x01", 16),
	} {
		assert.Equal(t, want, string(AppendMsgpack(nil, text)), "%.40s", text)
		assert.Equal(t, "x"+want, string(AppendMsgpack([]byte("x"), text)))
	}
}
