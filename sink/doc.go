// Package sink delivers enriched sign-in records: to Elasticsearch or OpenSearch, Loki, any HTTP endpoint, a file or the
// standard output. It loses nothing and repeats nothing, as far as the receiver allows.
//
// # What it is for
//
// A host that hands over a chunk of records, wants to hear OK or Retry, and sends the same chunk again after Retry. Deliver
// sends what is missing, now, in the calling goroutine, and says what became of it. Each record ends as one of
//
//   - delivered: the receiver said so, for this record
//   - left for a retry: no answer, half an answer, an answer of another protocol, a redirect, a certificate that is not
//     accepted, status 401, 403, 404, 407, 408, 425, 429 or 5xx
//   - refused for good: any other 4xx, and what no format can carry. It is counted, logged with the reason, and written
//     to Dead_Letter_File where that is set; if that fails, it is left for a retry.
//
// A chunk is OK when nothing of it is left, even if everything was refused. What is done of a chunk that comes back is
// remembered, within bounds, so that only the rest is sent.
//
// # What it is not
//
// It is no queue: nothing waits in it between two calls, nothing sleeps in it, and it retries nothing by itself, but for
// what net/http sends again when a connection it had kept turns out to be closed. Retrying is Fluent Bit's part, with its
// filesystem buffer. It makes no index, no template and no policy.
//
// # Repeats
//
// An answer that got lost leaves open whether the records arrived, and after a restart the memory is empty. Then the receiver must
// tell that it has a record:
//
//   - elasticsearch creates each record under an _id that follows from the record as it came in, with the sign-in's own id
//     before it; 409 says it is there. In a data stream that holds until the next rollover.
//   - loki drops an entry with the time, the line and the labels of one it has, as long as the block with that one is open;
//     later it stores the entry beside it, shows one in a log query and may count two.
//   - http sends an Idempotency-Key, the same for the same records of the same chunk. A receiver that ignores it may
//     store a batch twice.
//   - file and stdout know how much was written. A crash between the write and the answer repeats a chunk.
//
// Where the receiver tells repeats, a batch that is answered with 400 is sent again in halves, some hundred requests at
// most, until the records at fault are found: Loki stores the others of such a batch and does not say which. A batch answered with
// 413 is halved with every receiver. The requests of a chunk begin and end at the same records in every attempt, and none
// begins later than twice Timeout after the first.
//
// Two records that are equal in every byte, time included, are one to Elasticsearch and Loki.
//
// # Formats
//
// A record is a MessagePack map, and may hold anything: see [AppendJSON] for what becomes of it. All sinks but Loki,
// whose entries have a time of their own, put the time of the event first, as @timestamp, unless the record has one.
//
// # What may run at once
//
// All methods of a Delivery, from any number of goroutines. Several may write the same file, also from several processes; each
// write is whole lines, under a lock of their own. One chunk must not be changed while Deliver runs; afterwards it may be freed.
//
// # What it costs
//
// A few copies of a batch in pooled buffers, no allocation for a record on its way out, and those of net/http for a
// request. The answer of Elasticsearch is decoded with encoding/json. Requests of one Deliver follow each other; to have
// several at once, call Deliver from several goroutines.
package sink
