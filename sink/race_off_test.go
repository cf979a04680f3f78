//go:build !race

package sink

const matrixRecords = 10_000
