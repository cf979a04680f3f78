package host

// A Version is a version of Fluent Bit that the program can imitate. There is one for each layout that a plugin meets.
type Version string

// Versions that exist.
const (
	V21  Version = "2.1"   // no cb_pre_run: refused by the plugin
	V220 Version = "2.2.0" // filter of 80 bytes, definition of 32; frees a refused output twice, so the plugin has no output in it
	V221 Version = "2.2.1" // the same without that fault
	V32  Version = "3.2.3" // filter of 88 bytes
	V503 Version = "5.0.3" // options of 104 bytes, definition of 40
	V511 Version = "5.1.1" // definition of 48 bytes, with options
)

// Versions that do not exist, each with a change that a newer Fluent Bit might make.
const (
	Newer       Version = "90.0.0" // nothing
	NewCallback Version = "91.0.0" // a callback is inserted before cb_init
	NewOption   Version = "92.0.0" // options are 112 bytes apart
	NewAPI      Version = "93.0.0" // a function is inserted before output_get_property
	NoSample    Version = "94.0.0" // built without the filter grep
)

// Versions are the versions in which all of the plugin works, the oldest first.
var Versions = []Version{V221, V32, V503, V511, Newer, NoSample}

// Others are the remaining versions.
var Others = []Version{V21, V220, NewCallback, NewOption, NewAPI}

var numbers = map[Version]string{
	V21: "20100", V220: "20200", V221: "20201", V32: "30203", V503: "50003", V511: "50101",
	Newer: "900000", NewCallback: "910000", NewOption: "920000", NewAPI: "930000", NoSample: "940000",
}

// number returns the version as the C source needs it.
func (v Version) number() string { return numbers[v] }
