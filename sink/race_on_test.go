//go:build race

package sink

const matrixRecords = 1_000
