// Package catalog explains the error codes of Microsoft Entra ID sign-ins (AADSTS codes): what each code means, how severe it is,
// and what to do next. The package knows codes only and no log format.
//
// # Content
//
// The file codes.csv, which is embedded into the program, holds the codes of the public lists that docs/severity.md names. A code
// that the catalog lacks is not an error, because Microsoft adds codes at any time: [Catalog.Lookup] returns false.
//
// # File format
//
// A catalog file is RFC 4180 CSV in UTF-8, with a header. Lines end with LF or CRLF. A byte order mark is skipped. A line break
// inside a cell is read as a space.
//
//	code         a whole number, optionally with the prefix AADSTS; unique in the file
//	name         Microsoft's symbolic name, or empty
//	description  one sentence: what happened to the sign-in
//	severity     info, low, medium, high or critical
//	outcome      success, interrupt or failure
//	category     one of the names that Categories returns
//	action       one sentence: what to do next; or empty
//	technique    MITRE ATT&CK ids, separated by spaces or commas; or empty
//	credential   what the code proves about the first factor: accepted, rejected or no_account; empty if the code proves nothing
//	source       where the meaning comes from: reference, documentation, error_page, public_code or inferred
//
// Column names and fixed words match in any case.
//
// [Parse] reads a complete catalog. [Catalog.Overlay] reads a user's file, which has the column code and the columns that it changes.
// Both report all errors of a file up to a limit, each with its position as file:line:column, where column counts bytes from 1.
//
// # Severity
//
// A severity rates a single event, whatever happened before:
//
//	info      success, and the steps of a normal sign-in
//	low       a mistake of a user or in the configuration of an app, or a problem of the service
//	medium    a refused sign-in that is worth trending: a wrong password, a block by policy, failed MFA
//	high      needs a person today, whatever the rest of the record says: the user, or a partner's administrator, is at risk
//	critical  an identity or a tenant in confirmed danger
//
// An interrupt, which is a step of a normal sign-in, is info or low. A failure is at least low. Codes that report the same thing have the
// same severity. Where a public source rates a code, the catalog differs by one step at most. docs/severity.md lists the
// exceptions, and tests compare the catalog with both.
//
// # Concurrency
//
// A [Catalog] never changes, so any number of goroutines may use it; an overlay returns a new catalog. Entries belong to their
// catalog and must not be modified.
//
// # Cost
//
// A lookup takes some 20 ns and does not allocate. Parsing the embedded catalog takes some 2 ms, once, in the first call of
// [Embedded].
//
// # Sources of the facts
//
// Codes and symbolic names are Microsoft's. Severities and techniques were compared with Microsoft's security operations guide and
// with the public rules of Microsoft Sentinel, Elastic and Sigma. Interrupts follow Microsoft's sign-in workbooks. Every sentence was
// written for this project.
package catalog
