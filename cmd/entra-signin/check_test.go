package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCheck(t *testing.T) {
	good := write(t, "good.csv", "code,description,severity\n50126,,high\n50053,,\n42,Ours.,low\n43,Ours too.,low\n")
	assert.Equal(t, result{0, good + ": ok, 1 code changed, 2 codes added\n", ""}, command(t, "", "check", good))
	assert.Equal(t, "-: ok, 0 codes changed, 0 codes added\n", command(t, "code\n50126\n", "check", "-").out)
}

func TestCheckReportsEverything(t *testing.T) {
	good := write(t, "good.csv", "code,severity\n50126,high\n")
	bad := write(t, "bad.csv", "code,severity,colour\n50126,urgent,red\nx,low,\n50053,low\n50055,low,\n50055,low,\n")
	r := command(t, "", "check", bad, "no/such.csv", good)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, good+": ok, 1 code changed, 0 codes added\n", r.out, "a bad file does not hide a good one")
	assert.Equal(t, bad+`:1:15: unknown column "colour": want code,name,description,severity,outcome,category,action,technique
`+bad+`:2:7: severity "urgent": want info, low, medium, high or critical
`+bad+`:3:1: code "x": want a whole number from 0 to 999999999
`+bad+`:4: 2 columns where the header has 3
`+bad+`:6:1: code 50055 stands twice, first in line 5
no/such.csv: no such file or directory
`, r.err)
}
