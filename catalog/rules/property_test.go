package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// A maker makes records and rules that have something to do with each other.
type maker struct {
	*rand.Rand
	values map[string][]string // that the rules compare a field with
}

func newMaker(seed uint64, s *Set) *maker {
	m := &maker{rand.New(rand.NewPCG(seed, 50126)), make(map[string][]string)}
	for i := range s.rules {
		for _, when := range s.rules[i].When {
			for _, c := range when {
				m.values[c.Field] = append(m.values[c.Field], c.Values...)
			}
		}
	}
	return m
}

func (m *maker) one(of ...string) string { return of[m.IntN(len(of))] }

func (m *maker) value(f Field) any {
	known := m.values[f.Name]
	switch n := m.IntN(20); {
	case n < 11 && len(known) > 0:
		return m.one(known...)
	case n == 11 && len(known) > 0:
		return strings.ToUpper(m.one(known...))
	case n == 12 && len(known) > 0:
		return "x " + m.one(known...) + m.one("", " ", "y")
	case n == 13:
		return m.one("", "none", "Hidden", "unknownFutureValue", "None", " ", "nonE ")
	case n == 14:
		return m.one("Browser", "oAuth2", "Azure AD joined", "ü", "\xff\xfe", "no", "false", "True", "8075")
	case n == 15:
		return m.IntN(2) == 0
	case n == 16:
		return []int{0, 1, 8075, -5}[m.IntN(4)]
	case n == 17:
		return nil
	case n == 18:
		return strings.Repeat("x", 4000+m.IntN(200)) + m.one(append(known, "")...)
	}
	return m.one("a", "b", "high")
}

func (m *maker) facts() facts {
	f := make(facts)
	for _, field := range Fields() {
		if len(m.values[field.Name]) == 0 || m.IntN(2) == 0 {
			continue
		}
		for range 1 + m.IntN(4)/3*2 {
			f[field.Name] = append(f[field.Name], m.value(field))
		}
	}
	return f
}

func (m *maker) code() uint32 {
	if known := m.values["code"]; m.IntN(4) > 0 && len(known) > 0 {
		code, _ := catalog.ParseCode(m.one(known...))
		return code
	}
	return []uint32{0, 0, 50076, 50126, 53003, 4242, 700016, 50034}[m.IntN(8)]
}

// file makes a rule file of the user's.
func (m *maker) file() string {
	var b strings.Builder
	b.WriteString("rule,condition,effect,description,technique,credential,topic\n")
	severity := func() string { return m.one("info", "low", "medium", "high", "critical") }
	for i := range m.IntN(6) {
		name := fmt.Sprintf("own%d", i)
		effect := m.one("cap "+severity(), "floor "+severity(), "set "+severity(), "keep", "ignore risk", "ignore own0 device_code mine", "off")
		text := m.one("", "", "Ours.")
		if effect == "keep" {
			text = "Ours."
		}
		for range 1 + m.IntN(3) {
			fmt.Fprintf(&b, "%s,%q,%s,%s,%s,%s,%s\n", name, strings.ReplaceAll(m.condition(), `"`, ""), effect, text, m.one("", ""), "", "")
			if effect != "off" {
				effect, text = "", ""
			}
		}
	}
	b.WriteString("own0,code = 987654321,,,,,\n")
	fmt.Fprintf(&b, "mine,code = 987654321,cap low,,%s,%s,mine\n", m.one("T1078", "none"), m.one("", "rejected"))
	for _, name := range []string{"legacy_client", "device_code", "risk_settled"} {
		if m.IntN(3) == 0 {
			fmt.Fprintf(&b, "%s,,%s,,%s,%s,\n", name, m.one("off", "cap low", "set high", "floor critical", "ignore mine", "keep"), m.one("", "none", "T1199"), m.one("", "accepted"))
		}
	}
	return b.String()
}

func (m *maker) condition() string {
	parts := make([]string, 1+m.IntN(3))
	for i := range parts {
		switch m.IntN(6) {
		case 0:
			parts[i] = fmt.Sprintf("code %s %d | %d", m.one("=", "!="), m.code(), m.code())
		case 1:
			parts[i] = m.one("credential = accepted", "credential != rejected", "credential = none", "outcome != success", "outcome = none", "category = mfa | success")
		default:
			f := Fields()[m.IntN(len(Fields()))]
			for len(m.values[f.Name]) == 0 {
				f = Fields()[m.IntN(len(Fields()))]
			}
			switch f.Kind {
			case Bool:
				parts[i] = f.Name + m.one(" = ", " != ") + m.one("true", "false", "none")
			case Number:
				parts[i] = f.Name + m.one(" = ", " != ") + m.one("8075", "none | 1")
			default:
				parts[i] = f.Name + m.one(" = ", " != ", " contains ") + m.one(m.values[f.Name]...)
				if m.IntN(4) == 0 {
					parts[i] = f.Name + m.one(" = none", " != none", " = a | none", " != b | none", " contains high | abc")
				}
			}
		}
	}
	return strings.ReplaceAll(strings.Join(parts, " & "), "contains none", "contains bcd")
}

// The engine and the second implementation say the same of whatever rules and records.
func TestEngineAgreesWithTheTable(t *testing.T) {
	c := catalog.Embedded()
	var a Answer
	fired, files := 0, 150
	if testing.Short() {
		files = 20
	}
	for seed := range uint64(files) {
		s := Embedded()
		m := newMaker(seed, s)
		if seed > 0 {
			file := m.file()
			own, err := overlay(file)
			if err != nil {
				require.Contains(t, err.Error(), "ignore", "%s", file) // a name that was switched off
				continue
			}
			s = own
			m = newMaker(seed, s)
		}
		p := s.Compile(c)
		for range 200 {
			code, f := m.code(), m.facts()
			v, parts := decide(p, c, &a, code, f)
			same, again := reference(s, entry(c, code), f)
			require.Equal(t, same, v, "seed %d: %d %v", seed, code, f)
			if len(again) < maxChanged {
				require.Equal(t, sorted(again), sorted(parts), "seed %d: %d %v", seed, code, f)
			}
			if len(parts) > 0 {
				fired++
			}
		}
	}
	assert.Greater(t, fired, files*20, "records fire rules")
}

func TestNeedles(t *testing.T) {
	m := newMaker(1, Embedded())
	for range 2000 {
		var n needles
		var a Answer
		a.bits = make([]uint64, 1)
		letters := func(most int) string {
			var b strings.Builder
			for range m.IntN(most) {
				b.WriteString(m.one("a", "b", "B", "@", "`", "/", "\xff"))
			}
			return b.String()
		}
		var list []string
		for i := range 1 + m.IntN(5) {
			list = append(list, toLower("ab"+letters(8)+"b"))
			n.add(list[i], uint16(i))
		}
		n.prepare()
		text := letters(60)
		n.find(text, &a)
		for i, one := range list {
			assert.Equal(t, strings.Contains(toLower(text), one), a.has(uint16(i)), "%q in %q", one, text)
		}
	}
}

func TestEqualFold(t *testing.T) {
	for _, text := range []string{"", "a", "@abcdefg", "`abcdefg", "ABCDEFGHI", "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "a[b{c]d}e_f"} {
		for _, other := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, "@", "`"), strings.ReplaceAll(text, "[", "{"), strings.ReplaceAll(text, "9", "8"), strings.ReplaceAll(text, "_", "\x7f")} {
			assert.Equal(t, toLower(other) == toLower(text), equalFold(other, toLower(text)), "%q %q", other, text)
			assert.Equal(t, strings.Compare(toLower(other), toLower(text)) < 0, compareFold(other, toLower(text)) < 0, "%q %q", other, text)
		}
	}
}

// Many words of one field are found as few are.
func TestManyWords(t *testing.T) {
	c := catalog.Embedded()
	words := make([]string, 60)
	for i := range words {
		words[i] = fmt.Sprintf("%08x-0000-0000-0000-000000000000", i*i*7919)
	}
	s := mustOverlay(t, "rule,condition,effect\nx,appId = "+strings.Join(words, " | ")+",set critical\n")
	p := s.Compile(c)
	var a Answer
	for _, word := range words {
		v, _ := decide(p, c, &a, 50126, with("appId", strings.ToUpper(word)))
		assert.Equal(t, catalog.Critical, v.Severity)
	}
	v, _ := decide(p, c, &a, 50126, with("appId", "00000001-0000-0000-0000-000000000000"))
	assert.Equal(t, v.Base, v.Severity)
}

// Whatever a file holds, it is refused with a place, or the engine and the table agree on it.
func FuzzOverlay(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(newMaker(seed, Embedded()).file(), seed)
	}
	f.Add(string(embedded), uint64(1))
	for _, text := range []string{"", "\xff\xfe", "rule,condition,effect\nx,\"code = 0 & a = \"\"b\"\"\",cap low\n", "rule\nx\n"} {
		f.Add(text, uint64(0))
	}
	c := catalog.Embedded()
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		s, err := overlay(text)
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "own.csv"), err)
			return
		}
		for i := range s.rules {
			for _, when := range s.rules[i].When {
				again, bad := parseCondition(conditionText(when))
				require.Nil(t, bad, conditionText(when))
				require.Equal(t, when, again)
			}
		}
		var a Answer
		p := s.Compile(c)
		m := newMaker(seed, s)
		for range 5 {
			code, record := m.code(), m.facts()
			v, _ := decide(p, c, &a, code, record)
			same, _ := reference(s, entry(c, code), record)
			require.Equal(t, same, v)
		}
	})
}
