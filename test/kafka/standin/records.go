package standin

import (
	"bytes"
	"fmt"
	"strconv"
)

// mark stands before the number of a record in its correlation ID and nowhere else: by it the receiver knows the record, in whatever
// form it arrives.
const mark = "-4bd4-5eed-"

// Sizes of a sign-in record in bytes. Small is what a short one takes; Average is what Microsoft states for planning.
const (
	Small   = 2_100
	Average = 11_500
)

// maxMessage is the size at which Azure Monitor begins a new message.
const maxMessage = 256 << 10

var codes = []int{0, 0, 0, 0, 0, 0, 50126, 50140, 50076, 53003, 50053, 90099}

// AppendRecord appends the sign-in with a number, as Azure Monitor writes it. A list of Conditional Access policies, most of which did
// not apply, makes it as long as real ones are.
func AppendRecord(b []byte, n, size int) []byte {
	code := codes[n%len(codes)]
	category := "SignInLogs"
	if n%3 != 0 {
		category = "NonInteractiveUserSignInLogs"
	}
	start := len(b)
	b = fmt.Appendf(b, `{"time":"2026-03-02T09:%02d:%02d.%07dZ","resourceId":"/tenants/9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0/providers/Microsoft.aadiam",`+
		`"operationName":"Sign-in activity","operationVersion":"1.0","category":%q,"tenantId":"9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0",`+
		`"resultType":"%d","resultSignature":"None","durationMs":0,"callerIpAddress":"203.0.113.%d","correlationId":"1f577997-0710%s%012d",`+
		`"identity":"Carla Mensah","Level":4,"location":"FR","properties":{"id":"5a%06x-7c3e-4d2b-8f10-00000000abcd",`+
		`"createdDateTime":"2026-03-02T09:%02d:%02d.%07dZ","userDisplayName":"Carla Mensah","userPrincipalName":"user%d@contoso.com",`+
		`"appDisplayName":"Contoso Portal","ipAddress":"203.0.113.%d","status":{"errorCode":%d,"failureReason":"Other."},`+
		`"clientAppUsed":"Browser","deviceDetail":{"deviceId":"","operatingSystem":"Windows 11","browser":"Edge 131.0.0"},`+
		`"location":{"city":"Lyon","countryOrRegion":"FR","geoCoordinates":{"latitude":45.764,"longitude":4.8357}},`+
		`"isInteractive":%t,"riskDetail":"none","riskLevelDuringSignIn":"none","appliedConditionalAccessPolicies":[`,
		n/60%60, n%60, n%1e7, category, code, n%250, mark, n, n, n/60%60, n%60, n%1e7, n%5000, n%250, code, n%3 == 0)
	for i := 0; len(b)-start < size-200; i++ {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"id":"c1f7%04x-0b7e-4f6a-9d52-6a1c0de0%04x","displayName":"Policy %d: require MFA","enforcedGrantControls":["Mfa"],`+
			`"enforcedSessionControls":[],"result":"notApplied","conditionsSatisfied":"application","conditionsNotSatisfied":"users"}`, i, n%65536, i)
	}
	return append(b, `],"authenticationRequirement":"singleFactorAuthentication","userType":"Member"}}`...)
}

// Messages returns records from one number up to another in the envelopes of a diagnostic setting: {"records":[…]}, at most perMessage
// records and 256 kB each. With a perMessage of 0 only the size counts.
func Messages(from, to, perMessage, size int) (all [][]byte) {
	for from < to {
		message := []byte(`{"records":[`)
		for in := 0; from < to && (in == 0 || (perMessage == 0 || in < perMessage) && len(message)+size < maxMessage); in++ {
			if in > 0 {
				message = append(message, ',')
			}
			message = AppendRecord(message, from, size)
			from++
		}
		all = append(all, append(message, "]}"...))
	}
	return all
}

// eachNumber calls yield with the numbers of the records in a text.
func eachNumber(text []byte, yield func(n int)) {
	for {
		_, rest, found := bytes.Cut(text, []byte(mark))
		if !found || len(rest) < 12 {
			return
		}
		if n, err := strconv.Atoi(string(rest[:12])); err == nil {
			yield(n)
		}
		text = rest
	}
}
