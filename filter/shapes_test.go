package filter

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/catalog"
)

// shapes has records of every shape that a sign-in comes in, with the code that each means.
var shapes = []struct {
	name   string
	code   uint32
	record string
}{
	{"Graph, failure", 50126, `{"id":"1","createdDateTime":"2026-03-02T09:07:13Z","userPrincipalName":"a@contoso.com","status":{"errorCode":50126,"failureReason":"Invalid username or password.","additionalDetails":"AADSTS50053"},"location":{}}`},
	{"Graph, success", 0, `{"createdDateTime":"2026-03-02T09:07:13Z","status":{"errorCode":0,"failureReason":"Other.","additionalDetails":null}}`},
	{"Graph, nothing but the status", 65001, `{"status":{"errorCode":65001}}`},
	{"Azure Monitor, user", 50126, `{"time":"2026-03-02T09:07:13Z","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","resultSignature":"None","properties":{"userPrincipalName":"a@contoso.com","status":{"errorCode":50126,"failureReason":"x"}}}`},
	{"Azure Monitor, user, success", 0, `{"category":"SignInLogs","resultType":"0","resultSignature":"None","properties":{"status":{"errorCode":0}}}`},
	{"Azure Monitor, only resultType", 50140, `{"category":"SignInLogs","resultType":"50140","properties":{"id":"1"}}`},
	{"Azure Monitor, non-interactive", 50076, `{"category":"NonInteractiveUserSignInLogs","resultType":"50076","properties":{"status":{"errorCode":50076}}}`},
	{"Azure Monitor, service principal", 7000215, `{"category":"ServicePrincipalSignInLogs","resulttype":7000215,"properties":{"servicePrincipalId":"1","status":{"errorCode":7000215}}}`},
	{"Azure Monitor, managed identity", 0, `{"category":"ManagedIdentitySignInLogs","resultType":"0","properties":{"servicePrincipalName":"x"}}`},
	{"Azure Monitor, AD FS", 50053, `{"category":"ADFSSignInLogs","resultType":"50053","properties":{"tokenIssuerType":"ADFederationServices"}}`},
	{"Azure Monitor, properties as a string", 50126, `{"category":"SignInLogs","properties":"{\"status\":{\"errorCode\":50126}}"}`},
	{"Azure Monitor, a word where the code should be", 50053, `{"category":"SignInLogs","resultType":"Failure","properties":{"status":{"errorCode":50053}}}`},
	{"Log Analytics, SigninLogs", 50140, `{"TimeGenerated":"2026-03-02T09:07:13Z","Type":"SigninLogs","ResultType":"50140","Status":{"errorCode":50140}}`},
	{"Log Analytics, Status as a string", 50126, `{"Type":"AADNonInteractiveUserSignInLogs","Status":"{\"errorCode\":50126,\"failureReason\":\"x\"}"}`},
	{"Log Analytics, managed identity", 0, `{"Type":"AADManagedIdentitySignInLogs","ResultType":"0"}`},
	{"Elastic, nested", 50126, `{"azure":{"signinlogs":{"result_type":"50126","properties":{"status":{"error_code":50126}}}},"event":{"dataset":"azure.signinlogs","outcome":"failure"}}`},
	{"Elastic, dotted", 50126, `{"azure.signinlogs.properties.status.error_code":50126,"event.outcome":"failure"}`},
	{"Elastic, dots here and there", 50126, `{"azure.signinlogs":{"properties.status":{"error_code":50126}}}`},
	{"Elastic, only result_type", 0, `{"azure":{"signinlogs":{"result_type":"0"}}}`},
	{"Elastic, the raw record in event.original", 50053, `{"event":{"original":"{\"category\":\"SignInLogs\",\"resultType\":\"50053\"}"}}`},
	{"ECS, error.code", 50126, `{"event":{"dataset":"azure.signinlogs"},"error":{"code":"50126"}}`},
	{"ECS, error.code as Microsoft writes it", 50126, `{"error":{"code":"AADSTS50126"}}`},
	{"ECS, dotted", 50126, `{"event.action":"Sign-in activity","error.code":"50126"}`},
	{"Defender, AADSignInEventsBeta, streamed", 50126, `{"time":"2026-03-02T09:07:13Z","category":"AdvancedHunting-AADSignInEventsBeta","operationName":"Publish","properties":{"ErrorCode":50126}}`},
	{"Defender, EntraIdSignInEvents, streamed", 0, `{"category":"AdvancedHunting-EntraIdSignInEvents","properties":{"ErrorCode":0}}`},
	{"Defender, a row", 50053, `{"Timestamp":"2026-03-02T09:07:13Z","AccountUpn":"a@contoso.com","ErrorCode":50053,"LogonType":"[\"interactiveUser\"]"}`},
	{"Office 365, failed", 50126, `{"CreationTime":"2026-03-02T09:07:13","Operation":"UserLoginFailed","RecordType":15,"ResultStatus":"Success","ErrorNumber":"50126","LogonError":"InvalidUserNameOrPassword"}`},
	{"Office 365, signed in", 0, `{"Operation":"UserLoggedIn","RecordType":15,"ErrorNumber":"0"}`},
	{"Office 365, signed in, with a LogonError", 0, `{"Operation":"UserLoggedIn","ErrorNumber":"0","LogonError":"InvalidUserNameOrPassword"}`},
	{"Office 365, by name", 50126, `{"Operation":"UserLoginFailed","ResultStatus":"Success","LogonError":"InvalidUserNameOrPassword"}`},
	{"token endpoint", 7000215, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret.\r\nTrace ID: 1","error_codes":[7000215],"correlation_id":"1"}`},
	{"token endpoint, two codes", 70008, `{"error":"invalid_grant","error_description":"AADSTS00000: Error for test.","error_codes":[70008,50126]}`},
	{"token endpoint, codes as a string", 500011, `{"error":"invalid_resource","error_codes":"[500011]"}`},
	{"token endpoint, only the description", 500011, `{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named x was not found."}`},
	{"a program's log, message", 50126, `{"level":"error","category":"Microsoft.Identity.Web","message":"login failed: AADSTS50126: Error validating credentials"}`},
	{"a program's log, log", 50126, `{"stream":"stderr","log":"[ERROR] AADSTS50126: Error validating credentials\n"}`},
}

// entry is what the test catalog says of a code.
func entry(t *testing.T, code uint32) (description, severity string) {
	t.Helper()
	e, ok := words(t).Lookup(code)
	require.True(t, ok)
	return e.Description, e.Severity.String()
}

func TestShapes(t *testing.T) {
	e := engine(t)
	withCode := engine(t, "Fields", "code")
	for _, s := range shapes {
		description, severity := entry(t, s.code)

		t.Run(s.name+"/MessagePack", func(t *testing.T) {
			body := pack(t, s.record)
			out, r := enrich(t, e, join(newHead, body))
			fields := pack(t, plus("{}", description, severity))
			require.Less(t, body[0], byte(0x8e), "a map of few enough pairs that its header stays one byte")
			want := join(newHead, []byte{body[0] + 2}, body[1:], fields[1:])
			assert.Equal(t, want, out)
			assert.True(t, r.Changed)
			assert.Equal(t, Counts{Records: 1, Matched: 1}, bare(r.Counts))
		})
		t.Run(s.name+"/code", func(t *testing.T) {
			assert.Contains(t, enriched(t, withCode, s.record), fmt.Sprintf(`,"code":%d}`, s.code))
		})
		t.Run(s.name+"/JSON", func(t *testing.T) {
			assert.Equal(t, plus(s.record, description, severity), lineOf(t, e, s.record))
		})
		for _, key := range []string{"log", "payload", "message", "body"} {
			t.Run(s.name+"/"+key, func(t *testing.T) {
				holder := `{"stream":"stdout","` + key + `":` + quote(s.record) + `,"n":1}`
				assert.Equal(t, plus(holder, description, severity), lineOf(t, e, holder))
				assert.JSONEq(t, plus(holder, description, severity), enriched(t, e, holder))
			})
		}
	}
}

// bare leaves out what most tests do not ask about.
func bare(c Counts) Counts {
	c.Judged = Counts{}.Judged
	return c
}

func TestShapesWithTheEmbeddedCatalog(t *testing.T) {
	e, err := New(DefaultOptions(), catalog.Embedded())
	require.NoError(t, err)
	for _, s := range shapes {
		_, r := enrich(t, e, eventOf(t, s.record))
		assert.Equal(t, uint64(1), r.Counts.Matched, s.name)
	}
}
