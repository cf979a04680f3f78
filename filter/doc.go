// Package filter finds the Microsoft Entra error code in a sign-in record and appends what the catalog says of the code. The package
// turns bytes into bytes: it does no I/O, has no global state, and knows nothing of Fluent Bit but the format of its chunks.
//
//	e, err := filter.New(filter.DefaultOptions(), catalog.Embedded())
//	r := e.Enrich(chunk)
//	defer r.Release()
//	out := r.AppendTo(nil)
//
// # Events
//
// A chunk is a row of MessagePack values, each of which is an event: [timestamp, record] of Fluent Bit 1 and 2.0, or
// [[timestamp, metadata], record] since 2.1, with array headers of any width. The events that begin or end a group, and values
// that are not events, pass as they are. If a chunk is damaged, everything before the damage is enriched, the rest passes
// byte for byte, and [Result].Err says where the damage is. Events are read in place and never decoded. [Engine.EnrichJSON] does
// the same for one record as a line of JSON.
//
// # Where the code is found
//
// These paths are asked, in this order. The first code that the catalog has and that is not 0 decides; else the first
// code that the catalog lacks; else 0.
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
//   - LogonError: the symbolic name, if no number says 0
//
// Keys match in any case, and dots in a path may be dots in a key. A code is a whole number, digits in a string, or a string
// that begins like AADSTS50126. If a key repeats, its first value that is more than 0 counts. Code_Key replaces the list by
// paths that the user names.
//
// # When a code is believed
//
// Nothing is guessed. A record says that it is a sign-in by its category or Type (…SignIn…), its operation (Sign-in
// activity, UserLoggedIn, UserLoginFailed), its dataset, or Defender's account keys. Any other category or Type says that
// the record is something else. Then:
//
//   - A code at a path of Code_Key, or a value that begins like AADSTS50126, is always believed.
//   - A code inside the text of error_description, message or log is believed unless the record says that it is something
//     else. Anybody may write such a text, so it never replaces a field that the record already has.
//   - status.errorCode and Elastic's paths are Entra's own. A code there is believed unless the record says that it is something
//     else, and even then if the catalog has the code.
//   - resultType, error_codes and LogonError are used by others too. A code of the catalog is believed there unless the record says
//     that it is something else; 0 and unknown codes only in a sign-in, or beside a userPrincipalName or servicePrincipalId.
//   - ErrorNumber, ErrorCode and error.code are common names. A code there is believed only in a record that says it is a sign-in.
//
// # What is appended
//
// By default the keys description and severity, at the end of the record; Fields, Prefix and the rest of [Options] change
// that. A code that the catalog lacks gets the severity unknown and a description with the record's own reason. A key
// that the record already has is replaced or, with Overwrite off, kept. No key is appended twice. If a key stands more than
// 32 times, only the first 32 are replaced. The schemas ecs and ocsf put the fields into the maps that these schemas name, and
// merge them into maps that exist. If the value at such a place is not a map, the value stays and the fields below it are left
// out. All other bytes of a record are those that came in, so enriching a record twice changes nothing.
//
// # Envelopes, and records inside records
//
// A record without a code may be an envelope: records or value holds a list of maps, tables holds the rows of a Log Analytics
// answer, or the value at Json_Key holds such a list, a map with such a list, or a record: as JSON in a string, or as a list or a
// map, up to three of them inside each other. A list or a map is treated as its JSON would be, unless it holds what JSON cannot say
// (a binary, an extension, NaN), or fields are written into it (log, with Schema ecs). Split makes an event of every record of every
// list if at least one of them has a code or the head of an Azure Monitor record. Each event gets the timestamp and the metadata of
// the envelope.
//
// What stands beside the records, on every layer, stays with each of them: the name of a pod or of a client says where the
// records came from. A key of the record itself wins, and what stands beside a record takes no part in the decision
// about its code. Only the keys of a Kafka message and the annotations of a page of Microsoft Graph (@odata…) are left out.
// Envelope_Key collects everything, these included, under one key.
//
// An envelope that cannot be split passes whole and is counted ([Counts].Unsplit): a list with an element that is not a map, or
// events that would repeat more than four times the length of the envelope. A record in a string or a map gets its fields beside
// that. Parse_Json replaces a string by the record: integers of 64 bits stay exact, longer ones become floats, and a number that
// no float holds becomes a string. A byte order mark before the JSON and a comma after it are ignored.
//
// # Concurrency
//
// All methods of an [Engine] may be called from any number of goroutines. [Engine.SetCatalog] affects chunks begun after
// the call. A [Result] belongs to one goroutine and refers to the chunk until Release.
//
// # Cost
//
// One scan of the chunk and one copy into the caller's buffer. A record costs no allocation unless its code is unknown or
// the record is in a string or a map. The fields of the catalog are encoded once, in New and SetCatalog.
//
// # Bounds
//
// Time is linear in the length of the chunk, and no value makes the scan recurse deeper than a path is long. No byte after
// the chunk is read. JSON that nests deeper than 64 is not looked into.
//
// The output is at most nine times as long as the chunk plus 1 MB, and what is allocated for the output is at most twice that.
// Real records stay far below. A chunk of tiny records that reaches the limit passes the rest of its records on without fields
// ([Counts].OverLimit).
//
// # The files, in the order in which a record passes them
//
//	options.go        what the user may set, and the check of the options
//	rules.go          where values may be in a record, and what each proves
//	trie.go           the paths of all rules and of all fields, as one trie
//	triekey.go        the keys of a map in the trie, as a hash table
//	outtree.go        the fields to append, flat or by schema
//	encode.go         both encodings, and the fields of a catalog entry encoded once
//	engine.go         Engine: New, SetCatalog, Enrich, EnrichJSON, Stats
//	counts.go         Counts
//	pass.go           the way of a chunk, an event and a line: scan, decide, unwrap, append
//	chunk.go          the header of an event, timestamps, Events
//	findings.go       what a scan has found
//	scan_msgpack.go   the scan of MessagePack
//	scan_json.go      the scan of JSON text
//	code.go           the forms of an error code
//	decide.go         which code counts, and whether it is believed
//	facts.go          the fields that rules about the severity (package rules) ask for: where a scan has found them
//	facts_read.go     what stands in these fields, read if a rule asks
//	context.go        these rules applied to a decision
//	time.go           the time that a record states
//	append.go         the edits that append fields to a record
//	arena.go          the memory of appended bytes
//	result.go         Result: the chunk and its edits
//	unwrap.go         records inside a record
//	siblings.go       what stands beside the records of an envelope
//	split_msgpack.go  an event for each record of an envelope
//	split_json.go     a line for each record of an envelope
//	tables.go         the tables of a Log Analytics answer
//
// # Glossary
//
//	rule      where a value may be, what the value is good for (role), and what it takes to believe a code there (trust);
//	          not to be confused with a rule about the severity, of package rules
//	fact      where a record has a field that a rule about the severity asks for
//	hint      what a record says about itself: a sign-in, something else, or nothing
//	findings  the values that one scan found for the rules, and the output fields that the record already has
//	decision  whether a record has a code, and which
//	envelope  a record that holds other records; its host is the event or line that it came in
//	layer     a JSON text on the way to an envelope in a string
//	sibling   a pair that stands beside the records of an envelope
//	pass      one way through a chunk, with all that it needs to remember
//	edit      bytes of a chunk and what replaces them
package filter
