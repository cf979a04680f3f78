// Package jsontext reads and writes JSON text in place: Skip checks a value while it looks for the value's end, in one pass, and
// allocates nothing. A library that checks a text and then searches it needs a pass for each, and one more for every level.
//
// The functions take the bytes and an index, and return the index behind what they read, or [Bad] if there is something
// else. None recurses but AppendMsgpack, whose text has been checked, and none reads past len(b). Nothing here has state, so
// all of it may run at once.
//
// github.com/tidwall/gjson decodes the escapes of strings.
package jsontext
