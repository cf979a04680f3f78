// Package victorialogs delivers the records of the project with each of the three network sinks to a real receiver, and asks it what it
// has. The receiver is built from source when the test runs. Without a fluent-bit the test is skipped.
package victorialogs
