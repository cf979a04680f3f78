package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
)

// seed makes the records the same in every run, so that two machines measure the same work.
const seed = 50126

// mix is how often each code occurs, in thousandths, after what tenants see: most sign-ins succeed, most failures are
// wrong passwords, prompts and Conditional Access. What is left of a thousand is codes that no catalog has.
var mix = []struct {
	code, weight int
}{
	{0, 600}, {50126, 90}, {50140, 60}, {50076, 50}, {50074, 35}, {53003, 30}, {50125, 15}, {16000, 15}, {50058, 12},
	{50055, 10}, {50097, 10}, {50173, 8}, {50053, 8}, {70044, 8}, {500121, 7}, {65001, 6}, {50057, 5}, {50079, 5},
	{50072, 4}, {530003, 4}, {70043, 3}, {50105, 3}, {50034, 2}, {700016, 2}, {7000218, 2}, {90094, 1}, {530032, 1},
}

var (
	people = []string{"Carla Mensah", "Dev Patel", "Ana Ruiz", "Jörg Weiß", "李 小龍", "Sinéad O'Connor", "Bo", "Maximiliane von Hohenberg-Lindau", `Robert \"Bob\" Tables`}
	apps   = []string{"Azure Portal", "Office 365 Exchange Online", "Microsoft Teams", "Contoso Payroll (test)", "VPN", "Microsoft Authentication Broker"}
	agents = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
		"python-requests/2.32.3",
		"",
	}
	systems = []string{"Windows 11", "MacOs", "Ios 18.1", "Android", "Linux", ""}
	clients = []string{"Browser", "Mobile Apps and Desktop clients", "Exchange ActiveSync", "IMAP4"}
	risks   = []string{"none", "none", "none", "low", "medium", "hidden"}
	cities  = []struct{ city, state, country, latitude, longitude string }{
		{"Lyon", "Rhône", "FR", "45.764", "4.8357"},
		{"Rochester", "New York", "US", "43.15478134155273", "-77.61556243896484"},
		{"São Paulo", "São Paulo", "BR", "-23.5", "-46.633333"},
		{"Singapore", "", "SG", "1", "103.85"},
	}
	policies = []string{"Require MFA for all users", "Block legacy authentication", "Compliant device for admins", "Named locations"}
	results  = []string{"notApplied", "success", "failure", "notEnabled", "reportOnlyNotApplied"}
)

// generate writes n sign-ins as Azure Monitor writes them, one a line.
func generate(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	r := records{rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // predictable is what the numbers have to be
	var line []byte
	for i := range n {
		line = append(r.append(line[:0], i), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("write the records: %w", err)
		}
	}
	return out.Flush()
}

type records struct{ *rand.Rand }

func (r records) one(of []string) string { return of[r.IntN(len(of))] }

func (r records) code() int {
	at := r.IntN(1000)
	for _, m := range mix {
		if at -= m.weight; at < 0 {
			return m.code
		}
	}
	return 990000 + r.IntN(20)
}

func (r records) uuid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
}

// idMark stands before the number of a record in its correlation ID, and nowhere else (uuid never has these two groups side
// by side): by it the check of an output finds out which record it sees, however and in whatever order it was written.
const idMark = "-4bd4-5eed-"

// append writes record i. What a value can be varies as in the original: "" or text, null or text, 0 or a big number, whole
// or broken numbers, empty or filled lists; one in a hundred has no status, so the code is in resultType alone.
func (r records) append(b []byte, i int) []byte {
	code := r.code()
	who, app, risk, place := r.one(people), r.one(apps), r.one(risks), cities[r.IntN(len(cities))]
	tenant := "9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0"
	ip := fmt.Sprintf("203.0.113.%d", r.IntN(256))
	if r.IntN(8) == 0 {
		ip = fmt.Sprintf("2001:db8::%x:%x", r.IntN(1<<16), r.IntN(1<<16))
	}
	stamp := fmt.Sprintf("2026-03-%02dT%02d:%02d:%02d.%07dZ", 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e7))
	id := fmt.Sprintf("1f577997-0710%s%012d", idMark, i)
	reason := "Other."
	if code != 0 {
		reason = fmt.Sprintf("Sign-in was not completed (%d).", code)
	}

	b = fmt.Appendf(b, `{"time":%q,"resourceId":"/tenants/%s/providers/Microsoft.aadiam","operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":%q,"resultType":"%d","resultSignature":"None"`, stamp, tenant, tenant, code)
	if code != 0 {
		b = fmt.Appendf(b, `,"resultDescription":%q`, reason)
	}
	b = fmt.Appendf(b, `,"durationMs":%d,"callerIpAddress":%q,"correlationId":%q,"identity":"%s","Level":4,"location":%q,"properties":{"id":%q,"createdDateTime":%q,"userDisplayName":"%s","userPrincipalName":"user%d@contoso.com","userId":%q,"appId":%q,"appDisplayName":%q,"ipAddress":%q`,
		r.IntN(5000)*r.IntN(2), ip, id, who, place.country, r.uuid(), stamp, who, r.IntN(5000), r.uuid(), r.uuid(), app, ip)
	if r.IntN(100) != 0 {
		b = fmt.Appendf(b, `,"status":{"errorCode":%d`, code)
		if code != 0 {
			b = fmt.Appendf(b, `,"failureReason":%q`, reason)
		}
		if r.IntN(3) == 0 {
			b = append(b, `,"additionalDetails":"MFA requirement satisfied by claim in the token"`...)
		}
		b = append(b, '}')
	}
	b = fmt.Appendf(b, `,"clientAppUsed":%q,"userAgent":%q,"deviceDetail":{"deviceId":"","operatingSystem":%q,"isCompliant":%t},"location":{"city":%q,"state":%q,"countryOrRegion":%q,"geoCoordinates":{"latitude":%s,"longitude":%s}},"mfaDetail":{}`,
		r.one(clients), r.one(agents), r.one(systems), r.IntN(2) == 0, place.city, place.state, place.country, place.latitude, place.longitude)
	b = append(b, `,"appliedConditionalAccessPolicies":[`...)
	for p := range r.IntN(3) {
		if p > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"id":%q,"displayName":%q,"enforcedGrantControls":["Mfa"],"result":%q}`, r.uuid(), r.one(policies), r.one(results))
	}
	b = fmt.Appendf(b, `],"conditionalAccessStatus":%q,"originalRequestId":%q,"isInteractive":%t,"tokenIssuerType":"AzureAD","authenticationProcessingDetails":[{"key":"Is CAE Token","value":"False"}],"networkLocationDetails":[],"processingTimeInMilliseconds":%d,"riskDetail":"none","riskLevelAggregated":%q,"riskLevelDuringSignIn":%q,"riskState":"none","riskEventTypes_v2":[]`,
		r.one(results), r.uuid(), r.IntN(4) != 0, r.IntN(70000), risk, risk)
	b = append(b, `,"authenticationDetails":[{"authenticationStepDateTime":"`...)
	b = append(b, stamp...)
	b = fmt.Appendf(b, `","authenticationMethod":"Password","succeeded":%t,"StatusSequence":0,"RequestSequence":%d}]`, code == 0, r.IntN(2))
	b = append(b, `,"autonomousSystemNumber":`...)
	b = strconv.AppendInt(b, int64(r.IntN(70000)), 10)
	return append(b, `,"crossTenantAccessType":"none","servicePrincipalId":"","userType":"Member","flaggedForReview":false}}`...)
}
