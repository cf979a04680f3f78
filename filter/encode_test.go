package filter

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
)

// A fieldCase is one record with what becomes of it, the same in both encodings.
type fieldCase struct {
	settings     []string
	record, want string
}

func checkFieldCases(t *testing.T, cases map[string]fieldCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := engine(t, c.settings...)
			assert.Equal(t, c.want, lineOf(t, e, c.record))
			assert.Equal(t, c.want, enriched(t, e, c.record))
			assert.Equal(t, c.want, enriched(t, e, c.want), "a second time changes nothing")
			assert.Equal(t, c.want, lineOf(t, e, c.want))
			_, r := enrich(t, e, eventOf(t, c.want))
			assert.False(t, r.Changed)
		})
	}
}

func TestFields(t *testing.T) {
	const all = "description,severity,name,outcome,category,action,technique,credential,code"
	checkFieldCases(t, map[string]fieldCase{
		"all": {[]string{"Fields", all}, `{"resultType":"50126"}`,
			`{"resultType":"50126","description":"Wrong password.","severity":"medium","name":"InvalidUserNameOrPassword","outcome":"failure","category":"credential","action":"Try again.","technique":"T1110","credential":"rejected","code":50126}`},
		"in the order of the option": {[]string{"Fields", "code severity"}, `{"resultType":"50126"}`,
			`{"resultType":"50126","code":50126,"severity":"medium"}`},
		"what an entry has not": {[]string{"Fields", all}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0},"description":"Signed in.","severity":"info","outcome":"success","category":"success","credential":"accepted","code":0}`},
		"nothing that an entry has": {[]string{"Fields", "action"}, `{"status":{"errorCode":0}}`,
			`{"status":{"errorCode":0}}`},
		"a credential of which nothing is proven": {[]string{"Fields", "credential"}, `{"resultType":"50053"}`,
			`{"resultType":"50053"}`},
		"the credential of an unknown code": {[]string{"Fields", "credential,severity"}, `{"status":{"errorCode":999999}}`,
			`{"status":{"errorCode":999999},"severity":"unknown"}`},
		"renamed": {[]string{"Description_Key", "what", "Severity_Key", "how bad"}, `{"resultType":"50126","severity":1}`,
			`{"resultType":"50126","severity":1,"what":"Wrong password.","how bad":"medium"}`},
		"prefixed": {[]string{"Prefix", "entra_", "Description_Key", "what"}, `{"resultType":"50126","severity":1}`,
			`{"resultType":"50126","severity":1,"entra_what":"Wrong password.","entra_severity":"medium"}`},
		"a key with quotes": {[]string{"Description_Key", `"\`}, `{"resultType":"50126"}`,
			`{"resultType":"50126","\"\\":"Wrong password.","severity":"medium"}`},
		"replaced": {nil, `{"severity":"x","resultType":"50126","description":{"a":[1]}}`,
			`{"severity":"medium","resultType":"50126","description":"Wrong password."}`},
		"one replaced, one appended": {nil, `{"severity":null,"resultType":"50126"}`,
			`{"severity":"medium","resultType":"50126","description":"Wrong password."}`},
		"kept": {[]string{"Overwrite", "off"}, `{"severity":"x","resultType":"50126","description":7}`,
			`{"severity":"x","resultType":"50126","description":7}`},
		"one kept, one appended": {[]string{"Overwrite", "off"}, `{"description":"x","resultType":"50126"}`,
			`{"description":"x","resultType":"50126","severity":"medium"}`},
		"twice in the record": {nil, `{"severity":1,"resultType":"50126","severity":2,"description":3}`,
			`{"severity":"medium","resultType":"50126","severity":"medium","description":"Wrong password."}`},
		"another case is another key": {nil, `{"Severity":1,"resultType":"50126"}`,
			`{"Severity":1,"resultType":"50126","description":"Wrong password.","severity":"medium"}`},
		"deeper down is another key": {nil, `{"status":{"errorCode":50126,"severity":1}}`,
			`{"status":{"errorCode":50126,"severity":1},"description":"Wrong password.","severity":"medium"}`},
		"in an empty map": {[]string{"Code_Key", "a"}, `{"a":"50126"}`,
			`{"a":"50126","description":"Wrong password.","severity":"medium"}`},
	})
}

// The header of a map keeps its width as long as the count fits.
func TestHeaders(t *testing.T) {
	e := engine(t)
	fields := pack(t, plus("{}", "Wrong password.", "medium"))[1:]
	pairs := func(n int) []byte { // n pairs, the first of which is the code
		b := msgp.AppendInt(msgp.AppendString(nil, "resultType"), 50126)
		for i := 1; i < n; i++ {
			b = msgp.AppendInt(msgp.AppendString(b, fmt.Sprint(i)), i)
		}
		return b
	}
	map16 := func(n int) []byte { return []byte{0xde, byte(n >> 8), byte(n)} }
	map32 := func(n int) []byte { return []byte{0xdf, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }
	for _, c := range []struct {
		pairs        int
		before, want []byte
	}{
		{1, []byte{0x81}, []byte{0x83}},
		{13, []byte{0x8d}, []byte{0x8f}},
		{14, []byte{0x8e}, map16(16)},
		{15, []byte{0x8f}, map16(17)},
		{1, map16(1), map16(3)},
		{16, map16(16), map16(18)},
		{65533, map16(65533), map16(65535)},
		{65534, map16(65534), map32(65536)},
		{65535, map16(65535), map32(65537)},
		{1, map32(1), map32(3)},
		{65536, map32(65536), map32(65538)},
	} {
		t.Run(fmt.Sprintf("%d pairs, %x", c.pairs, c.before[0]), func(t *testing.T) {
			out, _ := enrich(t, e, join(newHead, c.before, pairs(c.pairs)))
			require.Equal(t, join(newHead, c.want), out[:len(newHead)+len(c.want)])
			assert.Equal(t, join(newHead, c.want, pairs(c.pairs), fields), out)
		})
	}
}
