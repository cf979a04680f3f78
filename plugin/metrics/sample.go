package metrics

import (
	"fluent-bit-entra-signin/catalog"
	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/sink"
)

// A Sample is what one instance has counted since it started.
type Sample struct {
	Records filter.Counts
	Codes   map[uint32]uint64 // records by code, of codes in the catalog
	Rules   map[string]uint64 // records by rule about the severity that had a part in what is said of them
	Chunks  *Histogram        // times to enrich a chunk

	Catalog  Catalog
	Meanings *catalog.Catalog // the catalog itself; nil: the codes are shown without a meaning
	Reloads  uint64           // of the files of the catalog and of the rules
	Refusals uint64           // reloads that were refused, so that the last good catalog stayed active

	Sink      string // "" for a filter, which delivers nothing
	Delivered sink.Stats
}

// A Catalog identifies a catalog.
type Catalog struct {
	File  string // SHA-256 of the user's own file, the first 12 hex digits; "" without one
	Codes int    // in all
}
