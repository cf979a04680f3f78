package sink

import (
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// replace puts a file in the place of another at once, as tools that rotate secrets do.
func replace(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path+".new", []byte(content), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

// wants answers with 401 where the header Authorization is another, and repeats it.
func wants(authorization *string) sinktest.Fault {
	return func(x *sinktest.Exchange) bool {
		got := x.Request.Header.Get("Authorization")
		if got == *authorization {
			return false
		}
		x.Answer(sinktest.Reply{Status: http.StatusUnauthorized, ContentType: "text/plain", Body: "not allowed: " + got})
		return true
	}
}

func TestSecretFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	replace(t, path, "first-token\n")
	r := startRig(t, HTTP, map[string]string{"Bearer_Token": "file:" + path, "Header": "X-Key: file:" + path})
	good := "Bearer first-token"
	r.server.SetFault(wants(&good))
	chunks := signIns(60, 10)
	require.Equal(t, OK, r.Deliver(t.Context(), chunks[0]).Answer)

	replace(t, path, "second-token\n")
	good = "Bearer second-token"
	v := r.Deliver(t.Context(), chunks[1])
	assert.Equal(t, Verdict{Delivered: 10}, v)
	assert.Equal(t, 2, r.server.Requests(), "no request with the old token")
	assert.Contains(t, r.logged.String(), "credentials: read again")

	// A file that is written in place, and that is empty for a while, as large and as old as the one before when it is whole.
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	for range 3 {
		assert.Equal(t, OK, r.Deliver(t.Context(), chunks[2]).Answer, "the last good one stays in use")
	}
	assert.Equal(t, 1, strings.Count(r.logged.String(), "the secret is empty; what was read before stays in use"))
	require.NoError(t, os.WriteFile(path, []byte("third-token.\n"), 0o600))
	require.NoError(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	good = "Bearer third-token."
	assert.Equal(t, OK, r.Deliver(t.Context(), chunks[3]).Answer)

	// A change that the file does not show is found after a refusal.
	require.NoError(t, os.WriteFile(path, []byte("other-token.\n"), 0o600))
	require.NoError(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	good = "Bearer other-token."
	before := r.server.Requests()
	assert.Equal(t, Verdict{Delivered: 10}, r.Deliver(t.Context(), chunks[4]))
	assert.Equal(t, before+2, r.server.Requests())

	// The new one is wrong too: one request, and no secret in what is said.
	replace(t, path, "wrong-token\n")
	before = r.server.Requests()
	r.Deliver(t.Context(), chunks[5])
	assert.Equal(t, before+1, r.server.Requests())
	for _, token := range []string{"first-token", "second-token", "third-token", "other-token", "wrong-token"} {
		assert.NotContains(t, r.logged.String(), token)
	}
}

// TestOldSecretsStayHidden is about a receiver that repeats a key that was replaced.
func TestOldSecretsStayHidden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	replace(t, path, "token-of-monday")
	r := startRig(t, HTTP, map[string]string{"Bearer_Token": "file:" + path})
	replace(t, path, "token-of-tuesday")
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 503, Body: "token-of-monday was replaced by token-of-tuesday"}))
	assert.Contains(t, r.Deliver(t.Context(), signIns(1, 1)[0]).Reason, ": *** was replaced by ***")
}

func TestCertificatesAreReadAgain(t *testing.T) {
	first, second := sinktest.NewCA(t), sinktest.NewCA(t)
	caFile := first.File(t)
	cert, key := sinktest.Files(t, first.Leaf(t, "127.0.0.1", time.Hour))
	r := newRig(t, HTTP)
	r.server.SetCertificate(first.Leaf(t, r.server.Host(), time.Hour))
	r.server.AskForCertificate()
	r.server.Listen(t)
	var s spy
	r.server.SetFault(s.watch(nil))
	r.open(t, HTTP, map[string]string{"TLS_CA_File": caFile, "TLS_Cert_File": cert, "TLS_Key_File": key})
	shown := func() *x509.Certificate { return s.requests[len(s.requests)-1].TLS.PeerCertificates[0] }
	require.Equal(t, OK, r.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	old := shown()

	read := func(path string) string {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(content)
	}
	newCert, newKey := sinktest.Files(t, second.Leaf(t, "127.0.0.1", time.Hour))
	replace(t, cert, read(newCert)) // the key does not belong to it yet
	for range 3 {
		require.Equal(t, OK, r.Deliver(t.Context(), signIns(1, 1)[0]).Answer, "the last good pair stays in use")
		assert.True(t, shown().Equal(old))
	}
	assert.Equal(t, 1, strings.Count(r.logged.String(), "stays in use"), r.logged.String())
	replace(t, key, read(newKey))
	require.Equal(t, OK, r.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
	assert.False(t, shown().Equal(old))
	assert.Contains(t, r.logged.String(), "TLS certificates: read again")

	// The receiver has a certificate of another authority.
	replace(t, caFile, read(second.File(t)))
	v := r.Deliver(t.Context(), signIns(1, 1)[0])
	assert.Contains(t, v.Reason, "certificate signed by unknown authority")
	r.server.SetCertificate(second.Leaf(t, r.server.Host(), time.Hour))
	assert.Equal(t, OK, r.Deliver(t.Context(), signIns(1, 1)[0]).Answer)
}

// TestFilesThatWouldWait is about a path that leads to something without an end.
func TestFilesThatWouldWait(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, path := range []string{pipe, "/dev/zero", t.TempDir()} {
		for _, set := range []map[string]string{
			options(HTTP, "Bearer_Token", "file:"+path), options(HTTP, "TLS_CA_File", path), options(HTTP, "Header", "X-Key: file:"+path),
		} {
			_, err := tryOpen(set, func(Level, string) {})
			assert.ErrorContains(t, err, path+" is not a regular file")
		}
	}
	large := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, 1<<30))
	_, err := tryOpen(options(HTTP, "Bearer_Token", "file:"+large), func(Level, string) {})
	assert.ErrorContains(t, err, "is larger than 4 MB")
}
