package sink

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/sink/sinktest"
)

// TestNoSecretIsEverSaid has the receiver throw every credential back at the sink, in every kind of answer and fault.
func TestNoSecretIsEverSaid(t *testing.T) {
	secrets := map[string]string{"HTTP_Passwd": "pass-s3cret", "Bearer_Token": "bearer-s3cret", "Api_Key": "api-s3cret"}
	echo := func(status int, password string) sinktest.Fault {
		return func(x *sinktest.Exchange) bool {
			var text strings.Builder
			text.WriteString("you sent ")
			for _, values := range x.Request.Header {
				text.WriteString(strings.Join(values, " ") + "\n")
			}
			text.WriteString(password + " " + x.Request.RequestURI)
			x.Answer(sinktest.Reply{Status: status, ContentType: "text/plain", Body: text.String()})
			return true
		}
	}
	for name, value := range secrets {
		kind := Elasticsearch
		set := map[string]string{name: value, "Header": "X-Token: header-s3cret | X-Other: plain-s3cret", "Timeout": "250ms"}
		password := ""
		if name == "HTTP_Passwd" {
			password = value
			set["HTTP_User"] = "someone"
		}
		r := newRig(t, kind)
		set["URL"] = r.server.URL() + "/?token=query-s3cret"
		r.open(t, kind, set)
		c := signIns(1, 1)[0]
		said := []string{r.Deliver(t.Context(), c).Reason} // nobody listens
		r.server.Listen(t)
		for _, f := range []sinktest.Fault{echo(503, password), echo(200, password), echo(307, password), sinktest.ResetBeforeHeaders, sinktest.ResetHalfway, sinktest.Slow, echo(401, password), echo(422, password)} {
			r.server.SetFault(f)
			v := r.Deliver(t.Context(), c)
			said = append(said, v.Reason)
			if v.Answer == OK {
				break
			}
			if strings.Contains(v.Reason, "no whole answer") || strings.Contains(v.Reason, "401") {
				time.Sleep(300 * time.Millisecond) // the pause after it is as long as Timeout
			}
		}
		require.Equal(t, OK, r.Deliver(t.Context(), c).Answer)
		for _, l := range r.letters(t) {
			said = append(said, l.Reason)
		}
		all := strings.Join(said, "\n") + r.logged.String()
		assert.NotContains(t, all, "s3cret")
		assert.NotContains(t, all, "c29tZW9uZTpwYXNz", "base64 is no disguise")
		assert.Contains(t, all, "***")
		assert.Contains(t, all, r.server.URL())
	}
}

func TestReasonsSayWhatToDo(t *testing.T) {
	c := signIns(1, 1)[0]
	r := startRig(t, HTTP, map[string]string{"Timeout": "50ms"})
	r.server.SetFault(sinktest.Slow)
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, "no whole answer within 50ms (option Timeout)")

	r = startRig(t, HTTP, nil)
	r.server.SetFault(sinktest.ResetHalfway)
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, ": ")
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 302, Location: "http://127.0.0.1:1/"}))
	assert.Equal(t, r.server.URL()+" answered 302 Found, a redirect to http://127.0.0.1:1, which is not followed (option URL)",
		r.Deliver(t.Context(), c).Reason)
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 307, Location: "/login?ticket=for-one-session"}))
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, "a redirect to "+r.server.URL()+", which")
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 304}))
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, "304 Not Modified, a redirect, which")
	r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 503}))
	assert.Equal(t, r.server.URL()+" answered 503 Service Unavailable", r.Deliver(t.Context(), c).Reason)
	r.server.SetFault(sinktest.Say(sinktest.HTML))
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, r.server.URL()+" answered 200 with a web page")

	ca := sinktest.NewCA(t)
	r = newRig(t, HTTP)
	r.server.SetCertificate(ca.Leaf(t, r.server.Host(), time.Hour))
	r.server.Listen(t)
	r.open(t, HTTP, nil)
	assert.Contains(t, r.Deliver(t.Context(), c).Reason, "certificate signed by unknown authority (options TLS_CA_File, TLS_Verify)")
}

// TestPlainRequestToTLS is about the answer 400 that is no word on the records: taken as one, it would drop them all.
func TestPlainRequestToTLS(t *testing.T) {
	ca := sinktest.NewCA(t)
	r := newRig(t, Loki)
	r.open(t, Loki, nil) // the URL is still http
	r.server.SetCertificate(ca.Leaf(t, r.server.Host(), time.Hour))
	r.server.Listen(t)
	v := r.Deliver(t.Context(), signIns(10, 10)[0])
	assert.Equal(t, 10, v.Left, "the answer may come or be lost in the reset that follows it")

	for _, text := range []string{
		"Client sent an HTTP request to an HTTPS server.\n",
		"<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
	} {
		r = startRig(t, HTTP, nil)
		r.server.SetFault(sinktest.Say(sinktest.Reply{Status: 400, Body: text}))
		v = r.Deliver(t.Context(), signIns(1, 1)[0])
		assert.Equal(t, Retry, v.Answer)
		assert.Equal(t, r.server.URL()+" answered 400 Bad Request: it speaks TLS (option URL: https)", v.Reason)
	}
}

func TestTLS(t *testing.T) {
	ca := sinktest.NewCA(t)
	cert, key := sinktest.Files(t, ca.Leaf(t, "127.0.0.1", time.Hour))
	for name, set := range map[string]map[string]string{
		"authority":          {"TLS_CA_File": ca.File(t)},
		"unchecked":          {"TLS_Verify": "off"},
		"client certificate": {"TLS_CA_File": ca.File(t), "TLS_Cert_File": cert, "TLS_Key_File": key},
	} {
		r := newRig(t, HTTP)
		r.server.SetCertificate(ca.Leaf(t, r.server.Host(), time.Hour))
		r.server.AskForCertificate()
		r.server.Listen(t)
		var s spy
		r.server.SetFault(s.watch(nil))
		r.open(t, HTTP, set)
		require.Equal(t, OK, r.Deliver(t.Context(), signIns(1, 1)[0]).Answer, name)
		require.NotNil(t, s.requests[0].TLS, name)
		assert.Equal(t, name == "client certificate", len(s.requests[0].TLS.PeerCertificates) > 0, name)
	}
}

// TestWorkers has two instances with two workers each deliver to one receiver that fails now and then.
func TestWorkers(t *testing.T) {
	const instances, workers, total, size = 2, 2, 4000, 100
	for _, kind := range networkKinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := startRig(t, kind, nil)
			r.mayRepeat = testKinds[kind].repeats
			second := &rig{server: r.server, logged: r.logged, dead: r.dead}
			second.open(t, kind, nil)
			r.server.SetFault(func(x *sinktest.Exchange) bool {
				switch x.Number % 7 {
				case 2:
					return sinktest.ResetHalfway(x)
				case 5:
					x.Answer(sinktest.Reply{Status: http.StatusTooManyRequests})
					return true
				}
				return false
			})
			chunks := make(chan *Chunk)
			var all sync.WaitGroup
			for _, d := range []*Delivery{r.Delivery, second.Delivery} {
				for range workers {
					all.Go(func() {
						for c := range chunks {
							for d.Deliver(context.Background(), c).Answer != OK {
								runtime.Gosched()
							}
						}
					})
				}
			}
			for _, c := range signIns(total, size) {
				chunks <- c
			}
			close(chunks)
			all.Wait()
			assert.Empty(t, r.checkOnce(t, total))
			assert.EqualValues(t, total, r.Stats().Delivered+second.Stats().Delivered)
		})
	}
}

func TestCloseCancelsARequest(t *testing.T) {
	r := startRig(t, HTTP, nil)
	arrived := make(chan struct{})
	r.server.SetFault(func(x *sinktest.Exchange) bool {
		close(arrived)
		x.Hang()
		return true
	})
	verdict := make(chan Verdict)
	go func() { verdict <- r.Deliver(context.Background(), signIns(1, 1)[0]) }()
	<-arrived
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.NoError(t, r.Close(ctx))
	v := <-verdict
	assert.Equal(t, Retry, v.Answer)
	assert.Contains(t, v.Reason, "stopped before the answer came")
}

func TestClean(t *testing.T) {
	assert.Equal(t, "a 31mred x evil y", clean("a\u009b31mred\u0085x\u202eevil\u2028y"))
	assert.Equal(t, "a b c d", clean("  a\r\n\tb \x00\x1b c\xffd "))
	long := clean(strings.Repeat("ë", 400))
	assert.True(t, strings.HasSuffix(long, "ë..."))
	assert.LessOrEqual(t, len(long), 303)
}

func TestCompressionSaves(t *testing.T) {
	plain := startRig(t, Elasticsearch, nil)
	packed := startRig(t, Elasticsearch, map[string]string{"Compress": "gzip"})
	c := signIns(1000, 1000)[0]
	require.Equal(t, OK, plain.Deliver(t.Context(), c).Answer)
	require.Equal(t, OK, packed.Deliver(t.Context(), c).Answer)
	assert.Less(t, 3*packed.server.WireBytes(), plain.server.WireBytes())
}

// TestPathIsASecret has receivers say the path that they were asked for, in the ways that servers do.
func TestPathIsASecret(t *testing.T) {
	const token = "ZaVnC4dhaV0-T0ken=="
	r := newRig(t, HTTP)
	l := &logged{}
	d := open(t, map[string]string{"Sink": HTTP, "URL": r.server.URL() + "/receiver/v1/" + token}, l.log)
	c := signIns(1, 1)[0]
	assert.Contains(t, d.Deliver(t.Context(), c).Reason, r.server.URL()+": ") // nobody listens
	r.server.Listen(t)
	for _, answer := range []sinktest.Reply{
		{Status: 503, Body: "no route for /receiver/v1/" + token},
		{Status: 503, Body: `{"path":"\/receiver\/v1\/ZaVnC4dhaV0-T0ken\u003d\u003d"}`},
		{Status: 503, Body: "<p>/receiver/v1/ZaVnC4dhaV0-T0ken&#61;&#61;</p>"},
		{Status: 503, Body: "/receiver/v1/ZaVnC4dhaV0-T0ken%3D%3D"},
		{Status: 307, Location: "/receiver/v2/" + token},
		{Status: 307, Location: "https://example.com/receiver/v1/" + token + "?" + token},
	} {
		r.server.SetFault(sinktest.Say(answer))
		reason := d.Deliver(t.Context(), c).Reason
		assert.Contains(t, reason, r.server.URL()+" answered")
		assert.NotContains(t, reason, "ZaVnC4")
	}
	assert.NotContains(t, l.String(), "ZaVnC4")
}

// TestFaultsQuoteNothingUnprintable is about an error of the connection, which may quote what a receiver or a proxy said.
func TestFaultsQuoteNothingUnprintable(t *testing.T) {
	c := &client{shown: "http://h"}
	err := c.failure(&url.Error{Op: "Post", URL: "http://h/secret", Err: errors.New("proxy says \u009b31m\u202eno\nway")})
	assert.EqualError(t, err, "http://h: proxy says 31m no way")
}

func TestReceiverThatHangsIsNotAskedForEveryChunk(t *testing.T) {
	var requests atomic.Int64
	var hangs atomic.Bool
	hangs.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body) // the server sees that the client has gone only when it has read all
		if hangs.Load() {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	o := DefaultOptions()
	o.Sink, o.URL, o.Timeout = HTTP, server.URL, time.Second
	d, err := New(o, func(Level, string) {})
	require.NoError(t, err)
	defer func() { assert.NoError(t, d.Close(context.Background())) }()
	chunk := func(n byte) *Chunk {
		return &Chunk{ID: ChunkID("t", []byte{n}), Tag: "t", Records: []Record{{Sec: 1, Body: []byte{0x81, 0xa1, 'n', n}}}}
	}

	first := d.Deliver(context.Background(), chunk(0))
	assert.Equal(t, Retry, first.Answer)
	assert.Contains(t, first.Reason, "no whole answer within 1s")
	began := time.Now()
	for n := range byte(20) {
		assert.Equal(t, Retry, d.Deliver(context.Background(), chunk(n)).Answer)
	}
	if time.Since(began) < time.Second/2 { // else the machine is too slow to tell
		assert.EqualValues(t, 1, requests.Load())
	}

	hangs.Store(false)
	require.Eventually(t, func() bool { return d.Deliver(context.Background(), chunk(0)).Answer == OK }, 10*time.Second, 50*time.Millisecond)
}
