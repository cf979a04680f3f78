package filter

import "fluent-bit-entra-signin/internal/keypath"

// A place is where a scan takes note of a value.
type place struct {
	path  string
	role  role
	trust trust             // for the roles that can yield a code
	exact bool              // the case of the keys matters
	named bool              // the user named it: keys match in any case, and those spelled as the user did come first
	marks func(string) mark // for signInMark
}

// role is what a value at a place is good for. A place may have several.
type role uint16

const (
	codeValue  role = 1 << iota // holds the code itself: 50126, "50126", "AADSTS50126: …", or a list of codes
	codeText                    // text that may hold AADSTS50126
	codeName                    // holds the symbolic name of the code
	signInMark                  // says by its value whether the record is a sign-in
	signInKey                   // only sign-ins have it
	principal                   // who signs in; directory audits and programs' logs have it too
	reasonText                  // the record's own words for what went wrong
	jsonText                    // may hold the record as JSON
	eventTime                   // when the sign-in happened
	recordList                  // the records of an envelope
	azureHead                   // every record of Azure Monitor has it
)

// candidate are the roles that can yield a code.
const candidate = codeValue | codeText | codeName

// trust is what it takes to believe a code at a place.
type trust uint8

const (
	always  trust = iota // the user named the place, or the value says AADSTS50126 itself
	own                  // the path is Entra's own: if the record says that it is something else, only a code of the catalog
	shared               // others use the path: not if the record says so; 0 and codes nobody knows only beside a sign of a sign-in
	marked               // the path is common: only beside a mark of a sign-in
	inWords              // anybody may write such a text: not if the record says that it is something else, and never over a field of the record
)

// maxPlaces is what the bits of a sighting can tell apart.
const maxPlaces = 64

// placesOf returns the places that an engine with these options asks.
func placesOf(o *Options) (places []place) {
	for _, path := range o.CodeKey {
		places = append(places, place{path: path, role: codeValue | codeText, named: true})
	}
	for _, p := range builtin {
		if len(o.CodeKey) > 0 {
			p.role &^= candidate
		}
		if !o.Split {
			p.role &^= recordList | azureHead
		}
		if p.role != 0 {
			places = append(places, p)
		}
	}
	for _, path := range o.JSONKey {
		places = append(places, place{path: path, role: jsonText})
	}
	if o.TimeFromRecord {
		for _, path := range times {
			places = append(places, place{path: path, role: eventTime})
		}
	}
	return places
}

// spotsOf returns where a scan notes the places, whose paths were checked.
func spotsOf(places []place) (spots []spot) {
	for i, p := range places {
		path, _ := parsePath(p.path)
		for _, grouped := range groupings(path) {
			spots = append(spots, spot{path: grouped, fold: !p.exact, places: 1 << i, target: -1})
			if p.named {
				spots = append(spots, spot{path: grouped, places: 1 << i, asNamed: 1 << i, target: -1})
			}
		}
	}
	for _, key := range textMaps {
		spots = append(spots, spot{path: keypath.Keys(key), fold: true, target: -1, text: true})
	}
	return spots
}
