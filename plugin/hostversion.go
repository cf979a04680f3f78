package main

// #include "version.h"
import "C"

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// testedUpTo is the newest version of Fluent Bit that the tests run in.
const testedUpTo = "5.1.1"

var untestedSaid atomic.Bool

// sayUntested adds a line, once in a process, when the host states a version that is newer than the newest tested one.
func sayUntested(l *lines) {
	version := C.GoString(C.entra_host_version())
	if newerThanTested(version) && untestedSaid.CompareAndSwap(false, true) {
		l.add(levelInfo, "tested up to Fluent Bit %s; this is %s", testedUpTo, version)
	}
}

// newerThanTested is false for a version that is not known.
func newerThanTested(version string) bool {
	have, ok := numbers(version)
	tested, _ := numbers(testedUpTo)
	return ok && slices.Compare(have, tested) > 0
}

// numbers splits 5.1.1, or 5.2.0-dev, into its numbers.
func numbers(version string) ([]int, bool) {
	version, _, _ = strings.Cut(version, "-")
	var list []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}
