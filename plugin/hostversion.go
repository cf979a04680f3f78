package main

// #include "version.h"
import "C"

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// testedUpTo is the newest version of Fluent Bit in which the tests were run.
const testedUpTo = "5.1.1"

var untestedSaid atomic.Bool

// sayUntested adds a line, once in a process, when the host states a version that is newer than the newest tested one.
func sayUntested(l *lines) {
	host := C.GoString(C.entra_host_version())
	if newerThanTested(host) && untestedSaid.CompareAndSwap(false, true) {
		l.add(levelInfo, "tested up to Fluent Bit %s; this is %s", testedUpTo, host)
	}
}

// newerThanTested reports whether a version is newer than testedUpTo. It returns false for a version that it cannot read.
func newerThanTested(host string) bool {
	have, ok := numbers(host)
	tested, _ := numbers(testedUpTo)
	return ok && slices.Compare(have, tested) > 0
}

// numbers splits 5.1.1, or 5.2.0-dev, into its numbers.
func numbers(text string) ([]int, bool) {
	text, _, _ = strings.Cut(text, "-")
	var list []int
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		list = append(list, n)
	}
	return list, true
}
