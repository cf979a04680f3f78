//go:build !faultinject

package main

// inject does nothing. Only an object that is built with the tag faultinject, for tests, panics on request.
func inject(string, []byte) {}
