package catalog

import (
	"fmt"
	"strings"
)

// Credential says what an error code proves about the first factor of the sign-in. The first factor is often a password, but may be a
// passkey, a certificate or the secret of an app; only the record says which. The zero value is NoCredential: the code proves
// nothing, or no public source says what it proves. docs/severity.md has the evidence.
type Credential uint8

// The values of Credential.
const (
	NoCredential Credential = iota
	Accepted                // the first factor had been accepted, in this request or when the session began
	Rejected                // the credential was checked and refused
	NoAccount               // the account does not exist, so no credential was checked
)

var credentialNames = [...]string{"", "accepted", "rejected", "no_account"}

var credentialMeanings = [...]string{
	NoCredential: "",
	Accepted:     "the first factor had been accepted",
	Rejected:     "the credential was checked and refused",
	NoAccount:    "no account was found, so no credential was checked",
}

// String returns the value that is appended to records, or "" for NoCredential.
func (c Credential) String() string { return credentialNames[c] }

// Meaning explains the value in a few words, or returns "" for NoCredential.
func (c Credential) Meaning() string { return credentialMeanings[c] }

// Credentials returns all values except NoCredential.
func Credentials() []Credential { return []Credential{Accepted, Rejected, NoAccount} }

// ParseCredential is the inverse of String for the values of Credentials, ignoring case.
func ParseCredential(word string) (Credential, error) {
	for _, c := range Credentials() {
		if strings.EqualFold(c.String(), word) {
			return c, nil
		}
	}
	return NoCredential, fmt.Errorf("credential %q: must be accepted, rejected or no_account", word)
}
