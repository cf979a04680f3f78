// Package rules says how the other fields of a sign-in record change what the catalog says of its error code: a sign-in that
// succeeded at high risk is no longer info, an MFA prompt that the user reported as fraud is worse than one that timed out. It
// knows the names of fields, and no log format.
//
//	program := rules.Embedded().Compile(catalog.Embedded())
//	decision := program.Decide(&answer, position, entry, early, plain, record)
//	if change, ok := decision.Change(); ok {
//		verdict := program.Verdict(entry, change)
//	}
//
// # The rules
//
// The built-in rules are in rules.csv, which is part of the program. docs/context.md has each of them with its source and an example.
//
//	rule         a name; rows of one name stand for each other: any of them is enough
//	condition    what must hold of the code and of the record
//	effect       floor S, cap S, set S, keep, ignore NAME, or in a user's file off
//	reason       why the severity differs from that of the code, in a few words
//	topic        a name that rules have in common, for ignore
//	description  in the place of the code's
//	technique    in the place of the code's; none for no technique
//	credential   in the place of the code's
//	source       who says so
//
// The further rows of a rule repeat the name and have a condition of their own; their other cells are empty.
//
// # Conditions
//
// A condition is one or more comparisons with & between them, all of which must hold. A value that holds |, & or = stands in
// quotation marks.
//
//	riskState = atRisk | confirmedCompromised    the field is one of these
//	appId != 1b730954-1685-4b74-9bfd-dac224a7b894    the field says something, and something else
//	userAgent contains azurehound/ | sharphound/     one of these stands in the field
//	deviceDetail.trustType = none                    the field says nothing
//
// Fields have the names that Microsoft Graph gives them ([Fields] returns them), whatever the record calls them. code, outcome,
// credential and category are those of the catalog's entry, credential and category as they are before any rule. Words match in any
// case of their ASCII letters. Of a list, any element may match.
//
// A field that is missing, null, empty, none, hidden or unknownFutureValue says nothing. Only = none holds for such a field. Of a
// value that cannot be compared (a number where a text should be, a text of more than 4096 bytes) nothing holds, so the rule does not
// fire.
//
// # Effects, and their order
//
// Of the rules that fire, first those are left out that another one ignores. Then set gives the severity; without one the highest
// floor, and without a floor the lowest cap. Where two say the same, the first in the file gives the reason. The rules of the user
// come last and work on what the built-in rules have made of the code, so they have the last word. A description, a technique or a
// credential comes from the first rule that has one, those of the user first.
//
// # The user's file
//
// [Set.Overlay] reads a file with the column rule and those that are needed. A row without a condition changes the built-in rule of
// that name; off takes the rule out. A row with a condition is a rule of the user's own. Errors are those of package csvfile: all
// that is wrong, with file, line and column.
//
// # What may run at once
//
// A [Set] and a [Program] never change once they are made: any number of goroutines may use them. An [Answer] belongs to one goroutine at
// a time.
//
// # What it costs
//
// A decision allocates nothing. Each field is read at most once. Of most records only the early fields are looked at: those that the
// first comparison of a rule asks, if the rule is not for some codes of failures alone. If none of them meets a comparison, no rule
// fires. So a rule is cheapest if its first comparison holds for few records, and one with != or = none alone is dearest: such
// comparisons hold for most records, so all fields of the rule are early. Time is bounded by the length of the fields, of which no more
// than 4096 bytes each are looked at, and by the number of rules.
package rules
