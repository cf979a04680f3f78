// Package catalog says what the error codes of Microsoft Entra ID sign-ins (AADSTS codes) mean, how bad they are and what
// to do about them. It knows codes only, no log format.
//
//	e, ok := catalog.Embedded().Lookup(50126)
//	fmt.Println(e.Description, e.Severity) // Invalid user name or password. medium
//
// # What is in it
//
// The codes of the public lists that docs/severity.md names, in codes.csv, which is part of the program. A code that is not
// in the catalog is no error: Microsoft adds codes as it likes, and Lookup says false.
//
// # The file format
//
// RFC 4180 csv in UTF-8, with a header. Line ends may be LF or CRLF, a byte order mark is skipped, a cell that holds line
// breaks is read as one line.
//
//	code         a whole number, also with AADSTS before it; unique
//	name         Microsoft's symbolic name, or empty
//	description  one sentence: what happened to the sign-in
//	severity     info, low, medium, high or critical
//	outcome      success, interrupt or failure
//	category     one of the closed list that Categories returns
//	action       one sentence: what to do next, or empty
//	technique    MITRE ATT&CK ids separated by blanks or commas, or empty
//	credential   what the code proves about the first factor: accepted, rejected or no_account; empty where nothing is proven
//	source       where the meaning comes from: reference, documentation, error_page, public_code or inferred
//
// The names of columns match in any case, and so do the words that a column takes.
//
// Parse reads a complete file. [Catalog.Overlay] reads a user's file, which has the column code and those it changes. Both
// are strict, report everything that is wrong and not just the first thing, and say where: file:line:column, counted in
// bytes from 1.
//
// # Severities
//
// The severity is that of one event, whatever came before it:
//
//	info      success, and the steps of a normal sign-in
//	low       a mistake of a user or of an app's configuration, trouble of the service
//	medium    a refused sign-in worth trending: wrong password, blocked by policy, MFA failed
//	high      needs a person today, whatever else the record says: the user, or a partner's administrator, is at risk
//	critical  an identity or a tenant in confirmed danger
//
// A step of a normal sign-in (an interrupt) is info or low; a failure is at least low. Codes that report the same thing have
// the same severity. Where a public source gives a level, ours is within one step of it; docs/severity.md lists the
// exceptions with their reasons, and the tests hold the catalog to both.
//
// # What may run at once
//
// A [Catalog] never changes once it is made: any number of goroutines may use one, and an overlay is a new catalog.
// Entries belong to their catalog and must not be written to.
//
// # What it costs
//
// A lookup takes about 6 ns and allocates nothing. Loading the embedded catalog takes about 2 ms, once, at the first call of
// Embedded. Search and Suggest read every entry, which is a matter of milliseconds: they are for people.
//
// # Where the facts come from
//
// Codes and symbolic names are Microsoft's; levels and techniques were compared with Microsoft's security operations guide
// and the public rules of Microsoft Sentinel and Elastic; what is an interrupt follows Microsoft's sign-in workbooks. Every
// sentence was written for this project.
package catalog
