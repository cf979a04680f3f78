// Package e2e runs the built plugin in a real Fluent Bit, as users do: from configuration files, with records read from
// files and results read from what comes out.
//
// The tests need a fluent-bit, on PATH or in FLUENT_BIT. Without one, every test is skipped and says so. test/host covers the same
// ground without a Fluent Bit.
package e2e
