package main

//go:generate go run ./settings/generate options.h

// version is set by the linker: -X main.version=…
var version = "unknown"

// main is never run: a shared object has no main, but its package must.
func main() {}
