// Package filter finds the Microsoft Entra error code in a record of a sign-in and appends what the catalog says of it:
// bytes in, bytes out. It does no I/O, has no global state and knows nothing of Fluent Bit but the form of its chunks.
//
//	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
//	r := e.Enrich(chunk)
//	defer r.Release()
//	out := r.AppendTo(nil)
//
// # Events
//
// A chunk is MessagePack values one behind the other, each an event: [timestamp, record] of Fluent Bit 1 and 2.0, or
// [[timestamp, metadata], record] since 2.1, with array headers of any width. The events that frame a group, and values
// that are no event, pass as they are. Where a chunk is damaged, what is whole before that is enriched, the rest passes
// byte for byte, and [Result].Err says where. Events are walked in place; none is decoded. [Engine.EnrichJSON] is the same
// for one record as a line of JSON.
//
// # Where the code is found
//
// These places are asked, in this order; the first that holds a code which the catalog has and which is not 0 decides,
// else the first code that the catalog lacks, else 0.
//
//   - status.errorCode, properties.status.errorCode: Microsoft Graph, Azure Monitor, Log Analytics. status and
//     properties may be JSON in a string.
//   - azure.signinlogs.properties.status.error_code: Elastic
//   - resultType: Azure Monitor, Log Analytics
//   - azure.signinlogs.result_type: Elastic
//   - ErrorNumber: Office 365 management activity
//   - properties.ErrorCode, ErrorCode: Defender
//   - error_codes, its first element: token endpoint
//   - error.code: ECS
//   - error_description, message, log: AADSTS50126 anywhere in the text
//   - LogonError: the symbolic name, where no number says 0
//
// Keys match in any case, and dots in a path may be dots in a key. A code is a whole number, digits in a string, or
// AADSTS50126 at its beginning; a key that stands twice counts where it first holds more than 0. Code_Key replaces the
// list by paths that the user names.
//
// # When it is believed
//
// Nothing is guessed. A record says that it is a sign-in by its category or Type (…SignIn…), its operation (Sign-in
// activity, UserLoggedIn, UserLoginFailed), its dataset, or Defender's account keys; any other category or Type says that
// it is something else. Then:
//
//   - A code that Code_Key names, or that begins a value as AADSTS50126 does, is always believed.
//   - A code inside the text of error_description, message or log is believed unless the record says that it is something
//     else. Anybody may write such a text, so a field that the record has already is never replaced because of one.
//   - status.errorCode and Elastic's paths are Entra's own: they are believed unless the record says that it is something
//     else, and then still if the catalog has the code.
//   - resultType, error_codes and LogonError are shared: a code of the catalog is believed unless the record says that it
//     is something else; 0 and unknown codes only in a sign-in, or beside a userPrincipalName or servicePrincipalId.
//   - ErrorNumber, ErrorCode and error.code are common names, believed only in a record that says it is a sign-in.
//
// # What is appended
//
// By default the keys description and severity at the end of the record; Fields, Prefix and the rest of [Options] say
// otherwise. A code that the catalog lacks gets severity unknown and a description with the record's own reason. A key
// that the record has already is replaced or, with Overwrite off, kept, but never repeated; of one that stands more than
// 32 times only the first 32 are replaced. Schema ecs and ocsf put the fields where those schemas have them, merged into
// maps that exist; a value that is in the way because it is no map stays, and what would go below it is left out. All
// other bytes of a record are those that came in, so that to enrich it again changes nothing.
//
// # Envelopes, and JSON in strings
//
// A record without a code may be an envelope: records or value holds a list of maps, tables holds the rows of a Log Analytics
// answer, or a string at Json_Key holds such a list, an object with one, or a record, as JSON, up to three strings inside each
// other. Split makes an event of every record of every list if one of them at least has a code or the head of an Azure Monitor
// record, and repeats the envelope's timestamp and metadata for each.
//
// What stands beside the records stays with each of them, on every layer: the names of a pod or of a client say where the
// records came from. A key that the record has itself wins, and what stands beside a record never takes part in the decision
// about its code. Only the keys of a Kafka message and the annotations of a page of Microsoft Graph (@odata…) are left out.
// Envelope_Key collects all of it, these included, under one key.
//
// An envelope that cannot be split passes whole and is counted ([Counts].Unsplit): a list with an element that is no map, or
// events that would repeat more than four times the length of the envelope. A record in a string gets its fields beside the
// string, which Parse_Json replaces by the record: integers of 64 bits stay exact, longer ones become floats, and a number that
// no float holds becomes a string. A byte order mark before the JSON and a comma behind it are passed over.
//
// # What may run at once
//
// All methods of an [Engine] may be called from any number of goroutines. [Engine.SetCatalog] affects chunks begun after
// it. A [Result] belongs to one goroutine, refers to the chunk, and is over with Release, after which nothing here points
// into the chunk.
//
// # What it costs
//
// One walk over the chunk and one copy into the caller's buffer. A record allocates nothing, unless its code is unknown or
// it is in a string. The catalog's fields are encoded once, in New and SetCatalog.
//
// # Bounds
//
// Time is linear in the length of the chunk and the walk does not recurse, whatever the chunk says of its own lengths; no
// byte behind the chunk is read. JSON that nests deeper than 64 is not looked into.
//
// The output is at most nine times as long as the chunk and 1 MB, and what is allocated for it at most twice that. Real records
// stay far below; a chunk of tiny records that reaches the limit passes on the rest of its records without fields
// ([Counts].OverLimit).
package filter
