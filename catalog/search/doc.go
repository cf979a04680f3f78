// Package search finds entries of a catalog for people, who know a code, a name, or only some words.
//
// [Find] returns what matches, best first. [Suggest] returns what may have been meant when nothing matches. Both read every entry,
// which takes milliseconds: they are made for a command line and not for every record of a log. Both may run concurrently.
package search
