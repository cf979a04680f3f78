package report

import (
	"encoding/hex"

	"fluent-bit-entra-signin/catalog"
)

// An Event is what a report needs of a record. Its texts refer to the record.
type Event struct {
	Time  int64 // seconds since 1970; 0 where the record has none
	Code  uint32
	Entry *catalog.Entry // of the code; nil where the catalog lacks it
	// Severity is that of the code; with Context the one after the rules, Unknown where the catalog lacks the code.
	Severity catalog.Severity
	App      string
	Account  string // user principal name, or what else names who signed in
	IsApp    bool   // the account is a service principal or managed identity
	Address  string
	Country  string
	Client   string
	Reason   string // the record's own words, for a code that the catalog lacks
	ID       ID
	Flags    Flags
}

// Flags are what else a finding asks for.
type Flags uint16

// What is known of a sign-in.
const (
	NonInteractive Flags = 1 << iota
	MultiFactor          // a second factor was required
	Token                // a refresh token took the place of a credential
	DeviceCode
	ROPC         // a program sent the user's password itself
	Declined     // the user refused an MFA prompt, or reported it
	ManagedPlace // the device is known to the tenant: joined, managed or compliant
	Legacy       // the protocol knows no second factor
)

// ID is the id of a record, which is a GUID; all zero where there is none.
type ID [16]byte

// parseID reads a GUID; all zero where it is none.
func parseID(s string) (id ID) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}
	}
	var digits [32]byte
	copy(digits[:], s[:8])
	copy(digits[8:], s[9:13])
	copy(digits[12:], s[14:18])
	copy(digits[16:], s[19:23])
	copy(digits[20:], s[24:])
	if _, err := hex.Decode(id[:], digits[:]); err != nil {
		return ID{}
	}
	return id
}

// String writes the id as the record has it, "" for none.
func (id ID) String() string {
	if id == (ID{}) {
		return ""
	}
	b := hex.EncodeToString(id[:])
	return b[:8] + "-" + b[8:12] + "-" + b[12:16] + "-" + b[16:20] + "-" + b[20:]
}
