package filter

// An Origin says where a record of the output came from. It refers to the chunk.
type Origin struct {
	// Record is the record as it came in, before anything was added: the body of an event in MessagePack, or an element of an
	// envelope in MessagePack or JSON.
	Record []byte
	// Beside is what a record of an envelope got from beside the list; nil for nothing.
	Beside []byte
	// SignIn reports whether the record has a code, which makes it a sign-in.
	SignIn bool
}

// A Version is the catalog that a result was made with. The zero Version stands for the catalog of the moment.
type Version struct{ state *state }

// Version returns the version of the result's catalog.
func (r *Result) Version() Version { return Version{r.state} }

// EnrichTraced is Enrich for a chunk whose records are delivered one by one: it also notes the origin of every record of the
// output, group markers excepted ([Result].Origins).
//
// A chunk that is delivered again is enriched again. Given the version of the first result, the output is the same as then, even
// if the catalog has changed, and the records are not counted a second time.
func (e *Engine) EnrichTraced(chunk []byte, again Version) *Result {
	r := e.result(chunk)
	r.traced = true
	if again.state != nil {
		r.state = again.state
	}
	r.walk()
	if again.state == nil {
		e.count(r)
	}
	return r
}

// trace notes the origin of the next record of the output.
func (r *Result) trace(record []byte, signIn bool) {
	if r.traced {
		r.Origins = append(r.Origins, Origin{Record: record, SignIn: signIn})
	}
}
