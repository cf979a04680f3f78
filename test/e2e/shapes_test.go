package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shapes are a record of each shape, with the codes that the plugin finds; -1 for a record without a code.
var shapes = []struct {
	name  string
	line  string
	codes []float64
}{
	{"Graph", `{"userPrincipalName":"a@contoso.com","status":{"errorCode":50126}}`, []float64{50126}},
	{"Azure Monitor", `{"category":"SignInLogs","resultType":"50076","properties":{"status":{"errorCode":50076}}}`, []float64{50076}},
	{"Azure Monitor without properties.status", `{"category":"ManagedIdentitySignInLogs","resultType":"700016","properties":{}}`, []float64{700016}},
	{"Azure Monitor with properties as text", `{"category":"SignInLogs","properties":"{\"status\":{\"errorCode\":50053}}"}`, []float64{50053}},
	{"Azure Monitor with keys in lower case", `{"category":"ServicePrincipalSignInLogs","resulttype":7000215}`, []float64{7000215}},
	{"AD FS", `{"category":"ADFSSignInLogs","resultType":"50144","properties":{"tokenIssuerType":"ADFederationServices"}}`, []float64{50144}},
	{"Event Hub", `{"records":[{"category":"SignInLogs","resultType":"0"},{"category":"SignInLogs","resultType":"50140"}]}`, []float64{0, 50140}},
	{"Event Hub over Kafka", `{"topic":"t","payload":"{\"records\":[{\"category\":\"SignInLogs\",\"resultType\":\"53003\"},{\"category\":\"AuditLogs\"}]}"}`, []float64{53003, -1}},
	{"Graph page", `{"@odata.context":"x","value":[{"status":{"errorCode":50057}},{"status":{"errorCode":0}}]}`, []float64{50057, 0}},
	{"Log Analytics", `{"Type":"SigninLogs","ResultType":"50055","UserPrincipalName":"a@contoso.com"}`, []float64{50055}},
	{"Log Analytics with Status as text", `{"Type":"AADNonInteractiveUserSignInLogs","Status":"{\"errorCode\":50133}"}`, []float64{50133}},
	{"Elastic", `{"azure":{"signinlogs":{"properties":{"status":{"error_code":50105}}}}}`, []float64{50105}},
	{"Elastic with dotted keys", `{"azure.signinlogs.properties.status.error_code":50074}`, []float64{50074}},
	{"Elastic Common Schema", `{"event":{"dataset":"azure.signinlogs"},"error":{"code":"50034"}}`, []float64{50034}},
	{"Defender XDR, streamed", `{"category":"AdvancedHunting-EntraIdSignInEvents","properties":{"ErrorCode":50126,"AccountUpn":"a@contoso.com"}}`, []float64{50126}},
	{"Defender XDR, a row", `{"ErrorCode":50158,"AccountUpn":"a@contoso.com","LogonType":"[\"interactiveUser\"]"}`, []float64{50158}},
	{"Office 365", `{"Workload":"AzureActiveDirectory","Operation":"UserLoginFailed","ErrorNumber":"50126"}`, []float64{50126}},
	{"Office 365 by name", `{"Workload":"AzureActiveDirectory","Operation":"UserLoginFailed","LogonError":"IdsLocked"}`, []float64{50053}},
	{"token endpoint", `{"error":"invalid_grant","error_codes":[50076],"correlation_id":"x"}`, []float64{50076}},
	{"token endpoint, text only", `{"error":"invalid_grant","error_description":"AADSTS65001: No consent."}`, []float64{65001}},
	{"log of an app", `{"level":"error","message":"login: AADSTS700082: The refresh token has expired."}`, []float64{700082}},
	{"JSON in JSON", `{"stream":"stdout","log":"{\"status\":{\"errorCode\":50079}}"}`, []float64{50079}},
	{"audit log", `{"category":"AuditLogs","resultType":"Success","properties":{"result":"success"}}`, []float64{-1}},
	{"Graph activity log", `{"category":"MicrosoftGraphActivityLogs","resultSignature":"403","properties":{"responseStatusCode":403}}`, []float64{-1}},
	{"Key Vault", `{"category":"AuditEvent","resultType":"Success","resultSignature":"OK"}`, []float64{-1}},
	{"log of something else", `{"ErrorCode":1234,"error":{"code":"E42"},"message":"disk full"}`, []float64{-1}},
}

func TestEveryShape(t *testing.T) {
	for _, parsed := range []bool{true, false} {
		name, parserLine := "unparsed", ""
		if parsed {
			name, parserLine = "parsed", "    parser json_as_it_is\n"
		}
		t.Run(name, func(t *testing.T) {
			p := classic(t, `
[INPUT]
    name tail
    tag  entra.signin
    path DIR/in.jsonl
    read_from_head on
    refresh_interval 1
`+parserLine+`
[FILTER]
    Name   entra_signin
    Match  entra.*
    Fields code
    Prefix our_
`+toFile)
			var want []float64
			for _, shape := range shapes {
				require.True(t, json.Valid([]byte(shape.line)), shape.name)
				p.append("in.jsonl", shape.line)
				want = append(want, shape.codes...)
			}
			p.eventually("all records", func() bool { return len(p.lines("out.jsonl")) >= len(want) })
			p.stop()
			all := p.lines("out.jsonl")
			require.Len(t, all, len(want))
			at := 0
			for _, shape := range shapes {
				for range shape.codes {
					code, ok := all[at]["our_code"]
					if want[at] < 0 {
						assert.False(t, ok, "%s: %v", shape.name, all[at])
					} else {
						assert.Equal(t, want[at], code, "%s: %v", shape.name, all[at])
					}
					at++
				}
			}
			assert.NotContains(t, strings.ToLower(p.log.String()), "damaged")
		})
	}
}
