package host

// A Version of Fluent Bit that the program can be built to look like. There is one for each layout that a plugin meets.
type Version string

// The versions.
const (
	V21  Version = "2.1"   // no cb_pre_run: refused by the plugin
	V22  Version = "2.2"   // filter of 80 bytes, definition of 32
	V32  Version = "3.2"   // filter of 88 bytes
	V503 Version = "5.0.3" // options of 104 bytes, definition of 40
	V511 Version = "5.1.1" // definition of 48 bytes, with options
)

// Versions are all versions, the oldest first. The plugin works in all but the first.
var Versions = []Version{V21, V22, V32, V503, V511}

// number is what the C source is compiled with.
func (v Version) number() string {
	return map[Version]string{V21: "20100", V22: "20200", V32: "30200", V503: "50003", V511: "50101"}[v]
}
