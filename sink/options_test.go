package sink

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/sink/sinktest"
)

func TestOptionList(t *testing.T) {
	o := DefaultOptions()
	names := map[string]bool{}
	for _, opt := range o.List() {
		assert.False(t, names[opt.Name], opt.Name)
		names[opt.Name] = true
		assert.NotEmpty(t, opt.Help, opt.Name)
		assert.NotContains(t, opt.Help, "\n", opt.Name)
		assert.True(t, strings.HasSuffix(opt.Help, "."), "%s: a sentence ends", opt.Name)
		if opt.Default != "" {
			require.NoError(t, opt.Apply(opt.Default), opt.Name)
		}
	}
	o.given = nil
	assert.Equal(t, DefaultOptions(), o, "the defaults that are shown are those that are")
	for _, name := range strings.Fields(`Sink Path URL Index Data_Stream HTTP_User HTTP_Passwd Bearer_Token Api_Key TLS_Verify TLS_CA_File
		TLS_Cert_File TLS_Key_File Compress Header Labels Tenant_ID Line_Format Dead_Letter_File Timeout Batch_Bytes`) {
		assert.True(t, names[name], name)
	}
	for _, name := range []string{"HTTP_Passwd", "Bearer_Token", "Api_Key", "Header", "URL"} {
		for _, opt := range o.List() {
			assert.True(t, opt.Name != name || opt.Secret, name)
		}
	}
}

func TestNewFailure(t *testing.T) {
	dir := t.TempDir()
	notPEM := filepath.Join(dir, "not.pem")
	require.NoError(t, os.WriteFile(notPEM, []byte("nothing"), 0o600))
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	cert, key := sinktest.Files(t, sinktest.NewCA(t).Leaf(t, "127.0.0.1", time.Hour))
	const hidden = "hunter2-secret"
	es := func(more ...string) map[string]string { return options(Elasticsearch, more...) }
	loki := func(more ...string) map[string]string { return options(Loki, more...) }
	post := func(more ...string) map[string]string { return options(HTTP, more...) }
	for want, set := range map[string]map[string]string{
		`option Sink: "kafka": must be one of stdout`:                                         {"Sink": "kafka"},
		`option Path: not set: Sink file needs the file`:                                      {"Sink": File},
		`option Path: "/nowhere/at/all": open /nowhere/at/all: no such file`:                  {"Sink": File, "Path": "/nowhere/at/all"},
		`is not a regular file: use a file in a directory`:                                    {"Sink": File, "Path": dir},
		`option Path: does not apply to Sink stdout, only to file: remove one`:                {"Path": "x"},
		`option Fsync: does not apply to Sink loki, only to file`:                             loki("Fsync", "off"),
		`option URL: does not apply to Sink stdout, only to http, elasticsearch, loki or`:     {"URL": "http://h"},
		`option Index: does not apply to Sink http, only to elasticsearch`:                    post("Index", "x"),
		`option Api_Key: does not apply to Sink loki`:                                         loki("Api_Key", hidden),
		`option Labels: does not apply to Sink elasticsearch, only to loki`:                   es("Labels", "a=b"),
		`option Line_Format: does not apply to Sink elasticsearch`:                            es("Line_Format", "json"),
		`option Line_Format: "array": is not a format of Sink loki: use json or log`:          loki("Line_Format", "array"),
		`option Line_Format: "logfmt": is not a format of Sink http: use ndjson or ar`:        post("Line_Format", "logfmt"),
		`option Line_Format: "ndjson": is not a format of Sink stdout`:                        {"Line_Format": "ndjson"},
		`option Dead_Letter_File: "/nowhere/x": open /nowhere/x: no such file`:                {"Dead_Letter_File": "/nowhere/x"},
		`is the file of Path: give refused records another`:                                   {"Sink": File, "Path": notPEM, "Dead_Letter_File": notPEM},
		`option URL: not set: Sink loki needs the receiver`:                                   {"Sink": Loki},
		`option URL: is not a URL`:                                                            {"Sink": HTTP, "URL": "http://u:" + hidden + "@[::1"},
		`option URL: holds a user or a password: move them to HTTP_User`:                      {"Sink": HTTP, "URL": "http://u:" + hidden + "@h"},
		`option URL: starts with "ftp": use http:// or https://`:                              {"Sink": HTTP, "URL": "ftp://h/?t=" + hidden},
		`option URL: starts with "localhost"`:                                                 {"Sink": HTTP, "URL": "localhost:9200"},
		`option URL: has no host`:                                                             {"Sink": HTTP, "URL": "http://:80/" + hidden},
		`option URL: holds a #, and a server never sees what follows: remove it, or write %2`: {"Sink": HTTP, "URL": "http://h/#" + hidden},
		`option Timeout: "0s": must be greater than 0`:                                        post("Timeout", "0"),
		`option Timeout: "soon": must be a time such as 30s`:                                  post("Timeout", "soon"),
		`option Batch_Bytes: "16777216": must be at most 15M`:                                 post("Batch_Bytes", "16M"),
		`option Compress: "zstd": must be one of none, gzip`:                                  post("Compress", "zstd"),
		`option TLS_CA_File: "/nowhere": open /nowhere`:                                       post("TLS_CA_File", "/nowhere"),
		`holds no certificate: use PEM`:                                                       post("TLS_CA_File", notPEM),
		`option TLS_Key_File: not set: TLS_Cert_File needs the key`:                           post("TLS_Cert_File", cert),
		`option TLS_Cert_File: not set: TLS_Key_File needs the certificate`:                   post("TLS_Key_File", key),
		`: with TLS_Key_File ` + notPEM:                                                       post("TLS_Cert_File", cert, "TLS_Key_File", notPEM),
		`option HTTP_User: not set: HTTP_Passwd needs the user`:                               post("HTTP_Passwd", hidden),
		`option HTTP_User: holds a colon`:                                                     post("HTTP_User", "elastic:"+hidden),
		`option TLS_Key_File: holds PEM: write the path of a file`:                            post("TLS_Cert_File", cert, "TLS_Key_File", "-----BEGIN PRIVATE KEY-----"+hidden),
		`option HTTP_User: is one way to authenticate and Bearer_Token another`:               post("HTTP_User", "a", "Bearer_Token", hidden),
		`option HTTP_User: is one way to authenticate and Api_Key another`:                    es("HTTP_User", "a", "Api_Key", hidden),
		`option Header: has an Authorization, and Api_Key makes another`:                      es("Header", "Authorization: "+hidden, "Api_Key", hidden),
		`option Header: is not Name: value, several separated by |`:                           post("Header", hidden),
		`option Header: Content-Length cannot be set: remove it`:                              post("Header", "content-length: "+hidden),
		`option Header: env: names nothing: use file:/path or env:NAME`:                       post("Header", "X-Key: env:"),
		`option Header: the environment variable SINK_TEST_NONE is not set`:                   post("Header", "X-Key: env:SINK_TEST_NONE"),
		`option Header: the secret is empty`:                                                  post("Header", "X-Key:"),
		`option Bearer_Token: open /nowhere: no such file`:                                    post("Bearer_Token", "file:/nowhere"),
		`option Bearer_Token: the secret is empty`:                                            post("Bearer_Token", "file:"+empty),
		`option HTTP_Passwd: the secret holds a control character`:                            post("HTTP_User", "u", "HTTP_Passwd", hidden+"\r\nx"),
		`option Index: "Sign-In": must be lower case`:                                         es("Index", "Sign-In"),
		`option Index: "_x": must be lower case`:                                              es("Index", "_x"),
		`option Index: "a b": must be lower case`:                                             es("Index", "a b"),
		`option Labels: "job": "job" has no value`:                                            loki("Labels", "job"),
		`option Labels: "job=x,u=$userPrincipalName": $userPrincipalName has too`:             loki("Labels", "job=x,u=$userPrincipalName"),
		`option Labels: no label is constant`:                                                 loki("Labels", ""),
		`option Labels: "job=x,u=$properties['upn']": $properties.upn has too many`:           loki("Labels", "job=x,u=$properties['upn']"),
		`option Id_Key: "a,$b[": path "$b[": a bracket is not closed: write a path`:           es("Id_Key", "a, $b["),
		`option Structured_Metadata: "a=": "a" has an empty value`:                            loki("Structured_Metadata", "a="),
		`option Tenant_ID: "a b": must be printable characters`:                               loki("Tenant_ID", "a b"),
	} {
		_, err := tryOpen(set, func(Level, string) {})
		require.ErrorContains(t, err, want)
		var named *option.Error
		assert.ErrorAs(t, err, &named, want)
		assert.NotContains(t, err.Error(), hidden)
	}
}

func options(kind string, more ...string) map[string]string {
	set := map[string]string{"Sink": kind, "URL": "https://logs.example.com"}
	for i := 0; i < len(more); i += 2 {
		set[more[i]] = more[i+1]
	}
	return set
}

func TestNewWarns(t *testing.T) {
	for _, c := range []struct {
		set  map[string]string
		want string
	}{
		{map[string]string{"URL": "http://logs.example.com", "Bearer_Token": "x"}, "credentials are sent over http"},
		{map[string]string{"URL": "http://127.0.0.1", "Bearer_Token": "x"}, ""},
		{map[string]string{"URL": "http://localhost:1", "Header": "X-Api-Key: x"}, ""},
		{map[string]string{"URL": "http://logs.example.com", "Header": "X-Api-Key: x"}, "credentials are sent over http"},
		{map[string]string{"URL": "http://logs.example.com", "Header": "X-Source: x"}, ""},
		{map[string]string{"URL": "https://logs.example.com", "TLS_Verify": "off"}, "option TLS_Verify: off"},
	} {
		c.set["Sink"] = HTTP
		var l logged
		open(t, c.set, l.log)
		if c.want == "" {
			assert.Empty(t, l.String())
		} else {
			assert.Contains(t, l.String(), c.want)
		}
	}
}

func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte(" from a file \r\n"), 0o600))
	t.Setenv("SINK_TEST_SECRET", "from the environment\n")
	for value, want := range map[string]string{
		"itself":               "itself",
		"file:" + path:         " from a file ",
		"env:SINK_TEST_SECRET": "from the environment",
		"envelope:x":           "envelope:x",
	} {
		got, err := secret("X", value)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}
