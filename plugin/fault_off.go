//go:build !faultinject

package main

// inject does nothing: faults can be asked for only in an object built with the tag faultinject, for tests.
func inject(string, []byte) {}
