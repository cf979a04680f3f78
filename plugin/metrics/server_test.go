package metrics

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/filter"
)

func counted(records uint64) func() Sample {
	return func() Sample {
		return Sample{Records: filter.Counts{Records: records, NoCode: records}, Chunks: &Histogram{}}
	}
}

func get(t *testing.T, url string) (status int, kind, body string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header.Get("Content-Type"), string(content)
}

const none = "outcome=none,severity=none"

func TestServe(t *testing.T) {
	stop, url, err := Serve("127.0.0.1:0", "v1", counted(3))
	require.NoError(t, err)
	status, kind, body := get(t, url)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "text/plain; version=0.0.4; charset=utf-8", kind)
	assert.Equal(t, 3.0, values(parsed(t, body)["entra_signin_records_total"])[none])

	status, _, body = get(t, strings.TrimSuffix(url, "/metrics"))
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "/metrics")

	posted, err := http.Post(url, "text/plain", nil)
	require.NoError(t, err)
	posted.Body.Close()
	assert.Equal(t, http.StatusMethodNotAllowed, posted.StatusCode)

	stop()
	stop()
	_, err = net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/metrics"))
	assert.Error(t, err)
}

func TestInstancesShareAnAddress(t *testing.T) {
	port := freePort(t)
	stopOne, url, err := Serve(port, "v1", counted(3))
	require.NoError(t, err)
	stopTwo, sameURL, err := Serve(port, "v1", counted(4))
	require.NoError(t, err)
	assert.Equal(t, url, sameURL)
	records := func() float64 {
		_, _, body := get(t, url)
		return values(parsed(t, body)["entra_signin_records_total"])[none]
	}
	assert.Equal(t, 7.0, records())
	stopOne()
	assert.Equal(t, 4.0, records())
	stopTwo()

	// The port is free at once, as a hot reload needs it.
	stop, _, err := Serve(port, "v1", counted(5))
	require.NoError(t, err)
	assert.Equal(t, 5.0, records())
	stop()
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func TestServeRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	stop, _, err := Serve(l.Addr().String(), "v1", counted(1))
	assert.Nil(t, stop)
	assert.EqualError(t, err, "another program listens there: choose another port, or end that program")

	_, _, err = Serve("192.0.2.1:2021", "v1", counted(1))
	assert.ErrorContains(t, err, "cannot listen there: ")
	assert.NotContains(t, err.Error(), "192.0.2.1", "whoever reports the error names the address")

	l.Close()
	stop, _, err = Serve(l.Addr().String(), "v1", counted(1))
	require.NoError(t, err, "what failed once leaves nothing behind")
	stop()
}

func TestFaultInASampleDoesNotEndTheServer(t *testing.T) {
	var faulty atomic.Bool
	faulty.Store(true)
	stop, url, err := Serve("127.0.0.1:0", "v1", func() Sample {
		if faulty.Load() {
			panic("asked for")
		}
		return Sample{Chunks: &Histogram{}}
	})
	require.NoError(t, err)
	defer stop()
	broken, err := http.Get(url)
	if !assert.Error(t, err) {
		broken.Body.Close()
	}
	faulty.Store(false)
	status, _, _ := get(t, url)
	assert.Equal(t, http.StatusOK, status)
}

// Whoever holds connections open must not take the descriptors of Fluent Bit.
func TestConnectionsAreBounded(t *testing.T) {
	stop, url, err := Serve("127.0.0.1:0", "v1", counted(1))
	require.NoError(t, err)
	defer stop()
	address := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/metrics")
	ask := func() net.Conn {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		_, err = io.WriteString(c, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		return c
	}
	answered := func(c net.Conn, within time.Duration) error {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(within)))
		_, err := c.Read(make([]byte, 1))
		return err
	}
	var held net.Conn
	for range maxConnections {
		held = ask()
		require.NoError(t, answered(held, 10*time.Second))
	}
	next := ask() // waits in the kernel's queue
	require.ErrorIs(t, answered(next, 200*time.Millisecond), os.ErrDeadlineExceeded)
	require.NoError(t, held.Close())
	assert.NoError(t, answered(next, 10*time.Second), "one is free again")
}
