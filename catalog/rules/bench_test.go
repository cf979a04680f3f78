package rules

import (
	"testing"

	"fluent-bit-entra-signin/catalog"
)

// ordinary is what most records say.
var ordinary = facts{
	"appId": {"1f2a9f50-1111-4c1e-9a57-0d6c1e0a0001"}, "appDisplayName": {"Contoso Portal"}, "resourceId": {"00000003-0000-0000-c000-000000000000"},
	"userType": {"Member"}, "clientAppUsed": {"Browser"}, "isInteractive": {true}, "authenticationProtocol": {"none"},
	"authenticationRequirement": {"multiFactorAuthentication"}, "conditionalAccessStatus": {"success"}, "riskDetail": {"none"}, "riskState": {"none"},
	"riskLevelDuringSignIn": {"none"}, "crossTenantAccessType": {"none"}, "incomingTokenType": {"none"}, "originalTransferMethod": {"none"},
	"userAgent": {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"},
}

func BenchmarkDecide(b *testing.B) {
	c := catalog.Embedded()
	p := Embedded().Compile(c)
	record := ordinary.bind(p)
	early, plain := record.All()&p.Early(), record.plain(p)
	var a Answer
	for name, code := range map[string]uint32{"success": 0, "wrong password": 50126, "MFA": 500121} {
		b.Run(name, func(b *testing.B) {
			at, _ := c.Find(code)
			e := c.At(at)
			b.ReportAllocs()
			for range b.N {
				if d := p.Decide(&a, at, e, early, plain, &record); d.Severity != e.Severity {
					b.Fatal("a rule fires")
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c, s := catalog.Embedded(), Embedded()
	b.ReportAllocs()
	for range b.N {
		s.Compile(c)
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	c := catalog.Embedded()
	p := Embedded().Compile(c)
	var a Answer
	for name, f := range map[string]facts{
		"ordinary": ordinary,
		"risky":    {"riskLevelDuringSignIn": {"high"}, "riskState": {"dismissed"}, "userAgent": {"azurehound/v2"}, "clientAppUsed": {"IMAP4"}},
	} {
		at, _ := c.Find(0)
		record := f.bind(p)
		unknown := &catalog.Entry{Code: 123}
		if n := testing.AllocsPerRun(100, func() {
			p.Decide(&a, at, c.At(at), record.All()&p.Early(), record.plain(p), &record)
			p.Decide(&a, -1, unknown, record.All()&p.Early(), record.plain(p), &record)
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
