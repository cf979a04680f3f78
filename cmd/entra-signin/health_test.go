package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHealth(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	address := server.URL + "/api/v1/health"
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1")
	assert.Equal(t, result{0, "ok\n", ""}, command(t, "", "health", address))
	for code, text := range map[int]string{500: "500 Internal Server Error", 302: "302 Found", 404: "404 Not Found"} {
		status = code
		assert.Equal(t, result{exitFailed, "", "entra-signin: " + address + ": " + text + "\n"}, command(t, "", "health", address))
	}
	server.Close()
	r := command(t, "", "health", address)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.err, "connection refused; Fluent Bit needs http_server and health_check on in the section service")
	for _, wrong := range []string{"127.0.0.1:2020", "ftp://x/", ":", ""} {
		assert.Equal(t, exitUsage, command(t, "", "health", wrong).code, wrong)
	}
}
