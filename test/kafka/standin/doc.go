// Package standin has what stands in for Azure and for a receiver where the road from an Event Hub is tried: a Kafka broker, a
// producer of sign-ins in the envelopes of a diagnostic setting, a receiver that counts what arrives, and Fluent Bit as a process.
//
// The broker is kfake with TLS and SASL PLAIN. Fluent Bit's own librdkafka is the client: it logs in, joins a consumer group, commits
// offsets and is rebalanced as with an Event Hub. What kfake does not have: the throttling of throughput units, and OAUTHBEARER.
package standin
