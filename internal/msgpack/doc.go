// Package msgpack reads MessagePack in place: no value is decoded, and nothing is allocated.
//
// Skip, MapHead, ArrayHead, Text and Integer take the bytes and an index. They return the index behind what they read, or
// [Bad] where the value is damaged or goes beyond the end. Next reads a record as a row of tokens, for those who write every
// value in another format. EventTime is the timestamp of Fluent Bit.
//
// No function recurses, whatever the bytes say, and none reads past len(b). Nothing here has state, so all of it may run
// at once. What encodes MessagePack is github.com/tinylib/msgp; its reader cannot be used here, since it has no index and gives
// up at a depth.
package msgpack
