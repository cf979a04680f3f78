package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"fluent-bit-entra-signin/sink/sinktest"
)

// TestWrongReceiverIsNamedInTheLog runs one Fluent Bit with an output for each thing that can go wrong, and reads its log as an
// operator would. Fluent Bit logs at the most detailed level. None of the secrets may be in the log.
func TestWrongReceiverIsNamedInTheLog(t *testing.T) {
	fluentBit(t)
	say := func(r sinktest.Reply) string {
		s := sinktest.Start(t, &sinktest.Collector{})
		s.SetFault(sinktest.Say(r))
		return s.URL()
	}
	echo := sinktest.Start(t, &sinktest.Collector{})
	echo.SetFault(func(x *sinktest.Exchange) bool {
		x.Answer(sinktest.Reply{Status: 401, Body: x.Request.Header.Get("Authorization") + " " + x.Request.RequestURI})
		return true
	})
	secure := sinktest.New(t, &sinktest.Collector{})
	secure.SetCertificate(sinktest.NewCA(t).Leaf(t, secure.Host(), time.Hour))
	secure.Listen(t)
	nobody := "http://" + freeAddress(t)

	var config strings.Builder
	config.WriteString("    log_level trace\n[INPUT]\n    name tail\n    tag a\n    path " + signIns(t, 10) +
		"\n    parser json_as_it_is\n    read_from_head on\n")
	var lines []string
	for _, c := range []struct{ sink, address, more, says string }{
		{"elasticsearch", nobody, "", "left for a retry: " + nobody + ": dial tcp"},
		{"loki", "http://no-such-host.invalid:3100", "", "left for a retry: http://no-such-host.invalid:3100: dial tcp: lookup no-such-host.invalid"},
		{"elasticsearch", say(sinktest.HTML), "", " answered 200, but the answer is not that of a _bulk request (option URL)"},
		{"loki", say(sinktest.HTML), "", " answered 200 with a text, which Loki does not (option URL)"},
		{"http", say(sinktest.HTML), "", " answered 200 with a web page, which no receiver of records does (option URL)"},
		{"http", say(sinktest.Reply{Status: 302, Location: "/login?next=x"}), "", " answered 302 Found, a redirect to http://127."},
		{"http", say(sinktest.Reply{Status: 503}), "", " answered 503 Service Unavailable"},
		{"http", secure.URL(), "", "certificate signed by unknown authority (options TLS_CA_File, TLS_Verify)"},
		{"http", say(sinktest.Reply{Status: 400, Body: "Client sent an HTTP request to an HTTPS server.\n"}), "", " answered 400 Bad Request: it speaks TLS (option URL: https)"},
		{"http", echo.URL() + "/?sig=s3cret-query", "    Bearer_Token s3cret-token\n", "10 of 10 records are left for a retry: " +
			echo.URL() + " answered 401 Unauthorized: *** /?***; check the credentials"},
		{"elasticsearch", echo.URL(), "    HTTP_User somebody\n    HTTP_Passwd s3cret-password\n    Header X-Key: s3cret-key\n", "answered 401 Unauthorized: *** /_bulk"},
		{"http", nobody, "    TLS_Verify off\n", "option TLS_Verify: off"},
	} {
		config.WriteString("[OUTPUT]\n    Name entra_signin\n    Match *\n    Workers 1\n    Sink " + c.sink + "\n    URL " + c.address + "\n" + c.more)
		lines = append(lines, c.says)
	}
	p := classic(t, config.String())
	for _, line := range lines {
		p.eventually(line, func() bool { return strings.Contains(p.log.String(), line) })
	}
	p.stop()
	assert.NotContains(t, p.log.String(), "s3cret")
	assert.NotContains(t, p.log.String(), "c29tZWJvZHk6", "somebody: in base64")
}

func TestDeliveryThatCannotWorkIsRefusedAtStart(t *testing.T) {
	const post = "    Sink http\n    URL https://logs.example.com/in\n"
	for says, output := range map[string]string{
		"option URL: not set: Sink loki needs the receiver":                                           "    Sink loki\n",
		`option URL: starts with "logs.example.com": use http:// or https://`:                         "    Sink http\n    URL logs.example.com:443\n",
		"option URL: holds a user or a password: move them to HTTP_User and HTTP_Passwd":              "    Sink http\n    URL https://u:s3cret@logs.example.com\n",
		"option Bearer_Token: the environment variable ENTRA_NONE is not set":                         post + "    Bearer_Token env:ENTRA_NONE\n",
		"option Bearer_Token: env: names nothing: use file:/path or env:NAME":                         post + "    Bearer_Token env:\n",
		"option Bearer_Token: open /nowhere/token: no such file or directory":                         post + "    Bearer_Token file:/nowhere/token\n",
		"with TLS_Key_File /nowhere/key.pem: open /nowhere/cert.pem: no such file or directory":       post + "    TLS_Cert_File /nowhere/cert.pem\n    TLS_Key_File /nowhere/key.pem\n",
		"option TLS_CA_File: \"/dev/null\": /dev/null is not a regular file":                          post + "    TLS_CA_File /dev/null\n",
		"option Dead_Letter_File: \"/nowhere/dead\": open /nowhere/dead: no such file or directory":   post + "    Dead_Letter_File /nowhere/dead\n",
		"option Path: \"/dev/null\": /dev/null is not a regular file":                                 "    Sink file\n    Path /dev/null\n",
		"option Labels: \"user=$userPrincipalName\": $userPrincipalName has too many values":          "    Sink loki\n    URL http://loki.example.com\n    Labels user=$userPrincipalName\n",
		"option Tenant_ID: does not apply to Sink http, only to loki: remove one or change the other": post + "    Tenant_ID a\n",
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			p := classic(t, "[INPUT]\n    name dummy\n[OUTPUT]\n    Name entra_signin\n    Match *\n"+output)
			assert.Error(t, p.wait(), "Fluent Bit started")
			assert.Contains(t, p.log.String(), says)
			assert.NotContains(t, p.log.String(), "s3cret")
		})
	}
}
