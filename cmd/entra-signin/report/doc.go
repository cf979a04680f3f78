// Package report sums up sign-in records: what happened in a tenant, and who and what to look at first.
//
// An [Extractor] makes [Event] values of records in any form, one extractor for each goroutine. A [Tally] takes the events of all of
// them in the order of the input, in one goroutine, so that the same input gives the same report however many processors there are.
// [Tally.Report] computes the [Report], which knows how to write itself as text, HTML and JSON.
//
// # Memory
//
// Names of accounts, addresses and apps, and pairs of account and address, are kept up to a limit. Where one is reached, the half
// with the least to tell is dropped, and the report says so. Numbers of different accounts and addresses are counted with HyperLogLog
// where there are many, within about one percent. A record is never held longer than its batch.
//
// # Findings
//
// A finding has a rule, which the report states in words, and the evidence: counts, the first and last time, and the ids of records.
// Each rule asks first whether an outage, a changed password or a user on the road would look the same.
package report
