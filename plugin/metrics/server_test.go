package metrics

import (
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
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
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, answer.Header.Get("Content-Type"), string(content)
}

const none = "outcome=none,severity=none"

func TestServe(t *testing.T) {
	stop, url, err := Serve(freeAddress(t), "v1", counted(3))
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
	port := freeAddress(t)
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
	_, err = net.Dial("tcp", port)
	assert.Error(t, err, "a sum without the one that has left would look like a restart")
	stopTwo()

	// The port is free at once, as a hot reload needs it.
	stop, _, err := Serve(port, "v1", counted(5))
	require.NoError(t, err)
	assert.Equal(t, 5.0, records())
	stop()
}

func freeAddress(t *testing.T) string {
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
	stop, url, err := Serve(freeAddress(t), "v1", func() Sample {
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
	stop, url, err := Serve(freeAddress(t), "v1", counted(1))
	require.NoError(t, err)
	defer stop()
	address := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/metrics")
	dial := func() net.Conn {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	answered := func(c net.Conn, within time.Duration) error {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(within)))
		_, err := c.Read(make([]byte, 1))
		return err
	}
	var held net.Conn
	for range maxConnections {
		held = dial()
	}
	next := dial() // waits in the kernel's queue
	_, err = io.WriteString(next, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.ErrorIs(t, answered(next, 200*time.Millisecond), os.ErrDeadlineExceeded)
	require.NoError(t, held.Close())
	assert.NoError(t, answered(next, 10*time.Second), "one is free again")
}

func TestFree(t *testing.T) {
	address := freeAddress(t)
	require.NoError(t, Free(address))
	stop, url, err := Serve(address, "v1", counted(1))
	require.NoError(t, err)
	assert.NoError(t, Free(address), "it is ours")

	// The same port at another address is not.
	other := strings.Replace(address, "127.0.0.1", "0.0.0.0", 1)
	want := "this Fluent Bit shows its metrics at " + url + " already: write the same address, or choose another port"
	assert.EqualError(t, Free(other), want)
	_, _, err = Serve(other, "v1", counted(1))
	assert.EqualError(t, err, want)
	stop()
	require.NoError(t, Free(other))

	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	defer l.Close()
	assert.ErrorContains(t, Free(address), "another program listens there")
}

// 0.0.0.0 is all addresses of IPv4: a firewall that knows only these must not be led around.
func TestIPv4Only(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here")
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	stop, url, err := Serve("0.0.0.0:"+port, "v1", counted(1))
	require.NoError(t, err)
	defer stop()
	assert.Equal(t, "http://0.0.0.0:"+port+"/metrics", url)
	_, err = net.Dial("tcp", "[::1]:"+port)
	assert.Error(t, err)
}

// A server that has ended by itself is no reason for the next instance to have none.
func TestServeAfterTheServerHasEnded(t *testing.T) {
	address := freeAddress(t)
	stop, _, err := Serve(address, "v1", counted(1))
	require.NoError(t, err)
	servers.Lock()
	first := servers.running[address]
	servers.Unlock()
	require.NoError(t, first.http.Close())
	<-first.ended
	stopTwo, url, err := Serve(address, "v1", counted(2))
	require.NoError(t, err)
	stop()
	_, _, body := get(t, url)
	assert.Equal(t, 2.0, values(parsed(t, body)["entra_signin_records_total"])[none], "the stop of the first is none of the second")
	stopTwo()
}
