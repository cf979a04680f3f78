package host

// A Version of Fluent Bit that the program can be built to look like. There is one for each layout that a plugin meets.
type Version string

// The versions.
const (
	V2_1   Version = "2.1"   // no cb_pre_run: refused by the plugin
	V2_2   Version = "2.2"   // filter of 80 bytes, definition of 32
	V3_2   Version = "3.2"   // filter of 88 bytes
	V5_0_3 Version = "5.0.3" // options of 104 bytes, definition of 40
	V5_1_1 Version = "5.1.1" // definition of 48 bytes, with options
)

// Versions are all versions, the oldest first. The plugin works in all but the first.
var Versions = []Version{V2_1, V2_2, V3_2, V5_0_3, V5_1_1}

// number is what the C source is compiled with.
func (v Version) number() string {
	return map[Version]string{V2_1: "20100", V2_2: "20200", V3_2: "30200", V5_0_3: "50003", V5_1_1: "50101"}[v]
}
