package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNewerThanTested(t *testing.T) {
	for version, want := range map[string]bool{
		"2.2.0": false, "4.2.3.1": false, "5.0.10": false, testedUpTo: false,
		testedUpTo + ".1": true, "5.1.2": true, "5.1.10": true, "5.2.0": true, "5.2.0-dev": true, "10.0.0": true,
		"": false, "x": false, "6": true, "5.x": false, "99999999999999999999.0": false,
	} {
		assert.Equal(t, want, newerThanTested(version), "version %q", version)
	}
}
