// Package sink delivers enriched sign-in records to Elasticsearch or OpenSearch, Loki, Splunk, any HTTP endpoint, a file or the standard
// output. It does not lose records, and it does not repeat them, as far as the receiver allows.
//
// # Usage
//
// The host passes a chunk of records to Deliver, gets OK or Retry, and passes the same chunk again after Retry. Deliver sends the
// missing records in the calling goroutine and returns when their fate is known. Each record ends as
//
//   - delivered: the receiver confirmed this record
//   - left for a retry: there was no answer, half an answer, an answer of another protocol, a redirect, a certificate that is not
//     accepted, or any status except 2xx, 400, 413 and 422; also 400 if the answer is about the request and not about its records
//   - refused for good: the receiver answered 400, 413 or 422 because of this record, the item of a bulk answer has a final 4xx, or no format can represent the record. Such a record is counted, logged with the
//     reason, and written to Dead_Letter_File if that is set. If that write fails, the record is left for a retry.
//
// A chunk is OK when no record is left, even if all were refused. A Delivery remembers, within limits, which records of a chunk are
// done, and sends only the others when the chunk comes back.
//
// # What it is not
//
// A Delivery is not a queue. Nothing waits between two calls, and nothing is retried within a call, except by net/http when a
// kept connection turns out to be closed. Retries are the task of Fluent Bit and its filesystem buffer. The package does not create
// indices, templates or policies.
//
// # Duplicates
//
// After a lost answer nobody knows whether the records arrived, and a restart empties the memory. Then the receiver must detect
// duplicates:
//
//   - elasticsearch: each record is created under an _id that follows from the record as it came in, with the sign-in's own id in
//     front. 409 means that the document exists. In a data stream this works until the next rollover.
//   - loki drops an entry if it has one with the same time, line and labels, as long as the block of that one is open. Later Loki
//     stores both, shows one in a log query, and may count two.
//   - http sends an Idempotency-Key, which is the same for the same records of the same chunk. A receiver that ignores the key may
//     store a batch twice.
//   - splunk_hec detects nothing.
//   - file and stdout know how much they wrote. A crash between a write and the answer repeats a chunk.
//
// The sinks elasticsearch, loki and splunk_hec send a batch that is answered with 400 again in halves, in at most 128 requests a chunk,
// until the records at fault are found: Loki stores the other records of such a batch and does not say which. A batch that is
// answered with 413 is halved for every receiver. The requests of a chunk begin and end at the same records in every attempt, and
// no request begins later than twice Timeout after the first.
//
// Two records that are equal in every byte, including the time, are one record for Elasticsearch and Loki.
//
// # Formats
//
// A record is a MessagePack map with any content; [AppendJSON] says what becomes of it. All sinks except Loki and Splunk, whose entries have
// their own time, add the time of the event as the first member, @timestamp, unless the record has one.
//
// # A new sink
//
// Each kind of sink is a protocol, declared in a file of its own, such as loki.go, and listed in protocol.go. The protocol states the
// name, the path, the content type, the formats, the options, the authentication, the encoder and how answers are read. The options,
// their help, the checks and the messages follow from it.
//
// # Concurrency
//
// All methods of a Delivery may run concurrently. Several Deliveries, also in several processes, may write the same file: each write
// is whole lines under a lock. A chunk must not change while Deliver runs, except as Bodies says, and may be freed afterwards.
//
// # Cost
//
// Deliver encodes a batch into a buffer that is used again, and sends the request from there. It allocates nothing for a record, and
// what net/http allocates for a request. While the last request of a chunk waits for its answer, Deliver holds neither the bodies of
// the records (see Bodies) nor the encoded records, only the compressed request if there is one. The requests of one Deliver follow
// each other; for concurrent requests, call Deliver from several goroutines.
package sink
