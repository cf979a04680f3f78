package main

//go:generate go run ./settings/generate options.h

// main is never run: a shared object has no main, but its package must.
func main() {}
