package sinktest

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

// quiet swallows what a server says about handshakes that a test makes fail.
var quiet = log.New(io.Discard, "", 0)

// Apply hands the request to the receiver, which stores what it accepts, and answers nothing.
func (x *Exchange) Apply() Reply { return x.receiver.Receive(x.Request, x.Body) }

// Answer writes a reply.
func (x *Exchange) Answer(r Reply) {
	if r.ContentType != "" {
		x.w.Header().Set("Content-Type", r.ContentType)
	}
	if r.Location != "" {
		x.w.Header().Set("Location", r.Location)
	}
	x.w.WriteHeader(r.Status)
	_, _ = io.WriteString(x.w, r.Body)
}

// Reset sends the first bytes of raw and resets the connection.
func (x *Exchange) Reset(raw []byte) {
	conn, _, err := x.w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = conn.Write(raw)
	if tcp, ok := conn.(*net.TCPConn); ok && len(raw) == 0 {
		_ = tcp.SetLinger(0) // makes Close send RST in place of FIN; what was written could be lost with it
	}
}

// Hang keeps the answer back until the client gives up.
func (x *Exchange) Hang() { <-x.Request.Context().Done() }

// ResetBeforeHeaders stores the records and resets the connection: the client cannot know that they are stored.
func ResetBeforeHeaders(x *Exchange) bool {
	x.Apply()
	x.Reset(nil)
	return true
}

// ResetHalfway stores the records and breaks off in the middle of the answer.
func ResetHalfway(x *Exchange) bool {
	reply := x.Apply()
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		reply.Status, http.StatusText(reply.Status), reply.ContentType, len(reply.Body), reply.Body)
	x.Reset(raw.Bytes()[:raw.Len()/2])
	return true
}

// Slow stores the records and answers later than any client waits.
func Slow(x *Exchange) bool {
	x.Apply()
	x.Hang()
	return true
}

// Say answers without a look at the request.
func Say(r Reply) Fault {
	return func(x *Exchange) bool {
		x.Answer(r)
		return true
	}
}

// TooLarge answers 413 to every request that holds one of these texts.
func TooLarge(texts ...string) Fault {
	return func(x *Exchange) bool {
		for _, text := range texts {
			if bytes.Contains(x.Body, []byte(text)) {
				x.Answer(Reply{Status: http.StatusRequestEntityTooLarge, ContentType: "text/plain", Body: "too large"})
				return true
			}
		}
		return false
	}
}

// First lets a fault happen to the first n requests of those that come from now on.
func First(n int, fault Fault) Fault {
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	return func(x *Exchange) bool {
		select {
		case <-left:
			return fault(x)
		default:
			return false
		}
	}
}

// HTML is the page of a proxy that answers in place of the receiver.
var HTML = Reply{Status: http.StatusOK, ContentType: "text/html; charset=utf-8",
	Body: "<!DOCTYPE html><html><body>Please log in</body></html>"}
