// Package victorialogs delivers the records of the project with three of the four network sinks to a real receiver, and asks the receiver
// what it holds. The receiver is built from source when the test runs. Without a fluent-bit the test is skipped.
package victorialogs
