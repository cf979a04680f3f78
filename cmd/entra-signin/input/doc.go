// Package input reads files of sign-in records as people have them, and hands out their records in batches.
//
// # Formats
//
//   - JSON in every form that package records cuts: the Entra portal's downloads, answers of Microsoft Graph, exports of Log
//     Analytics and of Elasticsearch, and logs with other lines in between
//   - tables (CSV) with a header: the portal's downloads of interactive, non-interactive, service principal and managed identity
//     sign-ins, and exports of Log Analytics and Graph; separated by commas, semicolons or tabs
//   - captures of Event Hubs, which are Avro object container files
//
// Each may be compressed with gzip or be in a zip archive, and text may be UTF-8 or UTF-16, with or without a byte order mark. What
// is none of these, such as a workbook of Excel, ends with an error of one line that says what to do.
//
// # What it holds in memory
//
// A batch of about [BatchSize] bytes at a time, and a record or row as a whole, up to the limit of package records. A block of an
// Avro file may have 64 MiB.
//
// A [Reader] must not be used by several goroutines at once. A [Batch] belongs to whoever got it.
package input
