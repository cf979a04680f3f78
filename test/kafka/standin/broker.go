package standin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

// ConnectionString has the form of an Event Hub's. The broker accepts no other.
const ConnectionString = "Endpoint=sb://127.0.0.1/;SharedAccessKeyName=listen;SharedAccessKey=bm90IGEgc2VjcmV0IG9mIGFueW9uZQ=="

// user is the name that stands for a connection string in SASL PLAIN. It is the same for every Event Hub.
const user = "$ConnectionString"

// Topics are the Event Hubs that a diagnostic setting makes for two categories if it is not given one.
var Topics = []string{"insights-logs-signinlogs", "insights-logs-noninteractiveusersigninlogs"}

// A Broker is a Kafka cluster of one node on 127.0.0.1.
type Broker struct {
	Cluster *kfake.Cluster // to make it fail, and to look at its groups
	Address string         // host:port
	CA      []byte         // PEM: the certificate that signed the broker's

	client *kgo.Client
}

// A BrokerOption changes how a broker is started.
type BrokerOption struct {
	Partitions int32 // of each topic; 4 by default
	Port       int   // any by default; an Event Hub has 9093
}

// StartBroker starts a broker with Topics.
func StartBroker(o BrokerOption) (*Broker, error) {
	if o.Partitions == 0 {
		o.Partitions = 4
	}
	certificate, authority, err := newCertificate()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	options := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.TLS(&tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}),
		kfake.EnableSASL(),
		kfake.Superuser("PLAIN", user, ConnectionString),
		kfake.SeedTopics(o.Partitions, Topics...),
		// Event Hubs want 6 s at least. A shorter time keeps the tests short in which a consumer dies.
		kfake.GroupMinSessionTimeout(time.Second),
	}
	if o.Port != 0 {
		options = append(options, kfake.Ports(o.Port))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		return nil, fmt.Errorf("start the broker: %w", err)
	}
	b := &Broker{Cluster: cluster, Address: cluster.ListenAddrs()[0]}
	b.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	b.client, err = kgo.NewClient(
		kgo.SeedBrokers(b.Address),
		kgo.DialTLSConfig(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}),
		kgo.SASL(plain.Auth{User: user, Pass: ConnectionString}.AsMechanism()),
		// Azure spreads the messages of a setting over the partitions, without a key and without compression.
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
	)
	if err != nil {
		cluster.Close()
		return nil, fmt.Errorf("make a producer: %w", err)
	}
	return b, nil
}

// Close ends the broker and forgets what it holds.
func (b *Broker) Close() {
	b.client.Close()
	b.Cluster.Close()
}

// Env returns the environment that the pipelines in examples/event-hub need to read from this broker, if it has the port of an Event
// Hub. caFile holds b.CA: OpenSSL, which Fluent Bit uses, trusts the certificates in SSL_CERT_FILE in place of the system's.
func (b *Broker) Env(caFile string) []string {
	return []string{
		"EVENT_HUB_HOST=127.0.0.1",
		"EVENT_HUB_CONNECTION_STRING=" + ConnectionString,
		"SSL_CERT_FILE=" + caFile,
	}
}

// Produce sends messages to the topics in turn, waiting so long after each one, until all are acknowledged.
func (b *Broker) Produce(ctx context.Context, messages [][]byte, pause time.Duration) error {
	failed := make(chan error, len(messages))
	for i, message := range messages {
		b.client.Produce(ctx, &kgo.Record{Topic: Topics[i%len(Topics)], Value: message}, func(_ *kgo.Record, err error) { failed <- err })
		if pause > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
	}
	if err := b.client.Flush(ctx); err != nil {
		return fmt.Errorf("produce: %w", err)
	}
	close(failed)
	var all error
	for err := range failed {
		all = errors.Join(all, err)
	}
	return all
}

// Lag is the number of messages that a group has not committed yet.
func (b *Broker) Lag(group string) (n int64) {
	info := b.Cluster.GroupInfo(group)
	for _, topic := range Topics {
		for _, partition := range b.Cluster.PartitionInfos(topic) {
			n += partition.HighWatermark
			if info != nil {
				n -= info.Commits[topic][partition.Partition].Offset
			}
		}
	}
	return n
}

// Members returns the number of members that have partitions of a group which is not being rebalanced, or 0.
func (b *Broker) Members(group string) (n int) {
	info := b.Cluster.GroupInfo(group)
	if info == nil || !strings.EqualFold(info.State, "stable") {
		return 0
	}
	for _, member := range info.Members {
		if member.NumAssigned() > 0 {
			n++
		}
	}
	return n
}

// newCertificate makes an authority, and a certificate of 127.0.0.1 that it signed.
func newCertificate() (leaf tls.Certificate, authority *x509.Certificate, err error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return leaf, nil, err
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(30*24*time.Hour)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stand-in authority"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, authorityKey.Public(), authorityKey)
	if err != nil {
		return leaf, nil, err
	}
	if authority, err = x509.ParseCertificate(der); err != nil {
		return leaf, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return leaf, nil, err
	}
	template = &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "stand-in broker"}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, authority, key.Public(), authorityKey); err != nil {
		return leaf, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, authority, nil
}
