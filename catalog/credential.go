package catalog

import (
	"fmt"
	"strings"
)

// Credential says what an error code proves about the first factor of the sign-in: most often a password, but a passkey, a
// certificate or the secret of an app counts too. The record says which, not the code. The zero value is NoCredential: the
// code proves nothing, or no public source says what it proves. docs/severity.md holds the evidence.
type Credential uint8

// What a code may prove.
const (
	NoCredential Credential = iota
	Accepted                // the first factor had been accepted, in this request or in the one that the session goes back to
	Rejected                // the credential was checked and refused
	NoAccount               // there is no such account, so no credential was checked
)

var credentialNames = [...]string{"", "accepted", "rejected", "no_account"}

var credentialMeanings = [...]string{
	NoCredential: "",
	Accepted:     "the first factor had been accepted",
	Rejected:     "the credential was checked and refused",
	NoAccount:    "no account was found, so no credential was checked",
}

// String returns the word that is appended to records, "" for NoCredential.
func (c Credential) String() string { return credentialNames[c] }

// Meaning returns what the word says, as half a sentence; "" for NoCredential.
func (c Credential) Meaning() string { return credentialMeanings[c] }

// Credentials returns the values but NoCredential.
func Credentials() []Credential { return []Credential{Accepted, Rejected, NoAccount} }

// ParseCredential is the inverse of String, in any case, for the values of Credentials.
func ParseCredential(word string) (Credential, error) {
	for _, c := range Credentials() {
		if strings.EqualFold(c.String(), word) {
			return c, nil
		}
	}
	return NoCredential, fmt.Errorf("credential %q: want accepted, rejected or no_account", word)
}
