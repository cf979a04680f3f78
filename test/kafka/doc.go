// Package kafka tries the road from an Event Hub: Fluent Bit with the plugin reads from a Kafka broker over TLS and SASL, is killed,
// stopped, reloaded, joined and left by other consumers while it does, and a receiver counts which records arrive, and how often.
//
// What these tests expect is the table of docs/event-hub.md. They need a fluent-bit with the kafka input, on PATH or in FLUENT_BIT, and
// are skipped without one. KAFKA_LONG=1 runs every row of the table, with ten times the records.
package kafka
