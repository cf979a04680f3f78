// Package logql checks the queries for Loki in deploy/loki and deploy/grafana: with Loki's own parser, and against the fields of
// the records. Where LOKI_URL names a running Loki (without authentication, that takes new records), the records of the project
// go there, and every query gives data.
package logql
