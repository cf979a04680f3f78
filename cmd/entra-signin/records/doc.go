// Package records cuts a stream of bytes into JSON objects, however they were written to it:
//
//   - one a line
//   - spread over several lines
//   - one after the other with or without space, or a comma, between them
//   - as the elements of an array, which may be as large as it likes
//
// Lines in between that are something else are handed out as they are, so that nothing of the stream is lost but the blanks
// and the brackets and commas of arrays. A damaged record costs the line on which it begins: the next line is looked at
// afresh.
//
// # What it holds in memory
//
// One object or line at a time and some read ahead, up to [Limit]. An array is never held as a whole.
package records
