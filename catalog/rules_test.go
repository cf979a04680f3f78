package catalog

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines returns the lines of a file under testdata that are not comments.
func lines(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	require.NoError(t, err)
	defer f.Close()
	var all []string
	for in := bufio.NewScanner(f); in.Scan(); {
		if !strings.HasPrefix(in.Text(), "#") {
			all = append(all, in.Text())
		}
	}
	return all
}

// Nothing of the public lists gets lost, and nothing is in the catalog that the list of codes does not have.
func TestTheListedCodesAreThere(t *testing.T) {
	known := lines(t, "codes.txt")
	assert.Len(t, known, Embedded().Len())
	for _, line := range known {
		number, name, _ := strings.Cut(line, " ")
		code, err := ParseCode(number)
		require.NoError(t, err)
		e, ok := Embedded().Lookup(code)
		if assert.True(t, ok, "code %d is missing", code) {
			assert.Equal(t, name, e.Name, "name of %d", code)
		}
	}
}

// beginning are words with which no description may begin: they say nothing, or what the reader knows already.
var beginning = regexp.MustCompile(`(?i)^(error|failure|aadsts|code)\b`)

// filler are actions that are none.
var filler = regexp.MustCompile(`(?i)^(contact (microsoft )?support|check (the )?logs?|(try|retry)( again)?( later)?|investigate|none|n/a|do nothing)\.?$`)

// invented are details that no public source has. A description is not made different from another by saying that the
// service checked twice, or what the numbers before and after the code are about.
var invented = regexp.MustCompile(`(?i)\b(second|another|third|later|separate) (check|step)\b|separately numbered|neighbor|\bnumbered\b|to judge by|judging by|nearby code`)

// terms are words that the catalog does not use, with the word that it does use.
var terms = map[string]string{
	`repl(y|ies) (address|URL)`:                            "redirect URI",
	`redirect (address|URL)`:                               "redirect URI",
	`\b(passing|short-lived) (fault|failure|error|reason)`: "temporary error",
	`\blasting\b|\bfor good\b`:                             "permanent error",
	`\bfaults?\b`:                                          "error",
	`\banew\b|\bafresh\b`:                                  "again",
	`[;,] else\b`:                                          "otherwise",
	`\be-mail`:                                             "email",
	`\boutside (user|account|provider|identity|issuer)`:    "external",
}

func TestOneTermForOneThing(t *testing.T) {
	c := Embedded()
	for i := range c.Len() {
		e := c.At(i)
		for term, instead := range terms {
			text := strings.ReplaceAll(e.Description+" "+e.Action, "fault domain", "")
			assert.NotRegexp(t, "(?i)"+term, text, "code %d: say %q", e.Code, instead)
		}
	}
}

// An address is an IP address or an email address. Everything else is a URL, a URI or an endpoint.
func TestAnAddressSaysOfWhatKind(t *testing.T) {
	address := regexp.MustCompile(`(?i)(\S*) ?\baddress(es)?\b`)
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		for _, m := range address.FindAllStringSubmatch(e.Description+" "+e.Action, -1) {
			assert.Contains(t, []string{"IP", "email"}, m[1], "code %d: %q", e.Code, m[0])
		}
	}
}

// weakening are pieces of advice that open something. An action may name such a switch only with the condition for it.
var weakening = regexp.MustCompile(`(?i)enable the implicit|turn off|lift the requirement|create the missing service principal|enable public client|or allow public client|disable (the )?(policy|MFA)`)

func TestNoActionOpensTheTenant(t *testing.T) {
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		assert.NotRegexp(t, weakening, e.Action, "action of %d", e.Code)
	}
}

// table reads a file under testdata of lines of codes, separated by spaces, a tab and what is to say of them.
func table(t *testing.T, file string) map[string]string {
	t.Helper()
	rows := make(map[string]string)
	for _, line := range lines(t, file) {
		codes, reason, ok := strings.Cut(line, "\t")
		require.True(t, ok, line)
		require.Greater(t, len(reason), 10, line)
		rows[codes] = reason
	}
	return rows
}

// A description belongs to one code, unless what is public of several codes is the same and testdata/shared.tsv says so.
func TestDescriptionsAreSharedOnlyForAReason(t *testing.T) {
	users := make(map[string][]string)
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		d := strings.ToLower(e.Description)
		users[d] = append(users[d], strconv.Itoa(int(e.Code)))
	}
	reasons := table(t, "shared.tsv")
	for d, codes := range users {
		if len(codes) == 1 {
			continue
		}
		line := strings.Join(codes, " ")
		assert.Contains(t, reasons, line, "%q: say in testdata/shared.tsv why these codes share a description", d)
		delete(reasons, line)
	}
	assert.Empty(t, reasons, "testdata/shared.tsv has codes that share no description")
}

func TestLikeGetsLike(t *testing.T) {
	for line, what := range table(t, "sisters.tsv") {
		codes := strings.Fields(line)
		require.Greater(t, len(codes), 1, line)
		first, ok := Embedded().Lookup(mustCode(t, codes[0]))
		require.True(t, ok, line)
		for _, code := range codes[1:] {
			e, ok := Embedded().Lookup(mustCode(t, code))
			require.True(t, ok, code)
			assert.Equal(t, first.Severity, e.Severity, "severity of %d and %d: %s", first.Code, e.Code, what)
			assert.Equal(t, first.Outcome, e.Outcome, "outcome of %d and %d: %s", first.Code, e.Code, what)
		}
	}
}

func TestEveryTechniqueHasASource(t *testing.T) {
	sources := make(map[uint32]string)
	for _, line := range lines(t, "techniques.tsv") {
		field := strings.Split(line, "\t")
		require.Len(t, field, 3, line)
		sources[mustCode(t, field[0])] = field[1]
	}
	for i := range Embedded().Len() {
		e := Embedded().At(i)
		assert.Equal(t, sources[e.Code], e.Technique, "code %d: testdata/techniques.tsv has the source", e.Code)
	}
}

// Codes that were high once and are not: each of them also comes from something harmless that the record can tell.
var notHigh = []uint32{50053, 50057, 500171, 500183, 500532, 500571, 5000224, 7000214}

func TestHighIsForWhatNeedsAPersonToday(t *testing.T) {
	for _, code := range notHigh {
		e, ok := Embedded().Lookup(code)
		require.True(t, ok)
		assert.Equal(t, Medium, e.Severity, "%d", code)
	}
	for i := range Embedded().Len() {
		if e := Embedded().At(i); e.Severity >= High {
			assert.EqualValues(t, "risk", e.Category, "%d", e.Code)
		}
	}
}

func TestEveryEntryFollowsTheRules(t *testing.T) {
	c := Embedded()
	for i := range c.Len() {
		e := c.At(i)
		if i > 0 {
			assert.Greater(t, e.Code, c.At(i-1).Code, "codes ascend")
		}
		for _, text := range []string{e.Name, e.Description, e.Action, e.Technique} {
			assert.Regexp(t, `^[ -~]*$`, text, "%d: plain ASCII on one line", e.Code)
			assert.NotContains(t, text, "  ", "%d: single spaces", e.Code)
		}
		assert.Regexp(t, `^([A-Za-z][A-Za-z0-9_]*)?$`, e.Name, "name of %d", e.Code)

		d := e.Description
		assert.GreaterOrEqual(t, len(d), 20, "description of %d", e.Code)
		assert.LessOrEqual(t, len(d), 160, "description of %d", e.Code)
		assert.Regexp(t, `^[A-Z].*\.$`, d, "description of %d is a sentence", e.Code)
		assert.NotRegexp(t, `[.!?] [A-Z]`, d, "description of %d is one sentence", e.Code)
		assert.NotRegexp(t, beginning, d, "description of %d", e.Code)
		assert.NotRegexp(t, `\d{5}|AADSTS`, d, "description of %d names no code", e.Code)
		if e.Code != 0 { // a digit 0 stands in many a number
			assert.NotContains(t, d, strconv.Itoa(int(e.Code)), "description of %d repeats the code", e.Code)
		}
		assert.NotRegexp(t, invented, d, "description of %d", e.Code)

		if a := e.Action; a != "" {
			assert.LessOrEqual(t, len(a), 140, "action of %d", e.Code)
			assert.GreaterOrEqual(t, len(a), 20, "action of %d", e.Code)
			assert.Regexp(t, `^[A-Z].*\.$`, a, "action of %d is a sentence", e.Code)
			assert.NotRegexp(t, `[.!?] [A-Z]`, a, "action of %d is one sentence", e.Code)
			assert.NotRegexp(t, filler, a, "action of %d", e.Code)
		}
		if e.Severity >= Medium {
			assert.NotEmpty(t, e.Action, "%d is %s and needs an action", e.Code, e.Severity)
		}
		if e.Technique != "" {
			assert.GreaterOrEqual(t, e.Severity, Medium, "%d is evidence of a technique", e.Code)
		}
	}
}

func TestOutcomesAndSeveritiesGoTogether(t *testing.T) {
	c := Embedded()
	for i := range c.Len() {
		e := c.At(i)
		assert.Equal(t, e.Code == 0, e.Outcome == Success, "only 0 is a success: %d", e.Code)
		assert.Equal(t, e.Code == 0, e.Category == "success", "category of %d", e.Code)
		switch e.Outcome {
		case Interrupt:
			assert.LessOrEqual(t, e.Severity, Low, "a step of a normal sign-in: %d", e.Code)
		case Failure:
			assert.GreaterOrEqual(t, e.Severity, Low, "a failure is never just information: %d", e.Code)
		}
		if e.Category == "undocumented" {
			assert.Equal(t, Low, e.Severity, "nothing is known of %d", e.Code)
			assert.Regexp(t, `publi(c|shed)`, e.Description, "the description of %d says that nothing is published", e.Code)
		}
	}
}

// Microsoft's own sign-in workbook, and its portal, show these as waiting for the user and not as failed.
var interrupted = []uint32{16000, 16001, 16003, 165100, 29200, 50019, 50055, 50058, 50059, 50072, 50074, 50076, 50097,
	50125, 50127, 50129, 50140, 50143, 50144, 50158, 51006, 52004, 65001, 81010, 81012, 81014}

func TestInterruptsAreThoseOfMicrosoft(t *testing.T) {
	for _, code := range interrupted {
		e, ok := Embedded().Lookup(code)
		require.True(t, ok)
		assert.Equal(t, Interrupt, e.Outcome, "%d", code)
	}
}

// The 100 codes seen most. Nobody publishes how often a code occurs, so they are taken to be those that users of this
// project named (29 of them), and of the rest those that the largest number of public lists and detection rules name.
var seenMost = []uint32{16000, 16001, 16003, 20001, 20012, 20033, 40008, 40009, 40010, 40015, 50000, 50001, 50002, 50003,
	50005, 50006, 50007, 50008, 50010, 50011, 50012, 50013, 50014, 50015, 50017, 50020, 50027, 50029, 50032, 50034, 50048,
	50053, 50055, 50056, 50057, 50058, 50059, 50072, 50074, 50076, 50079, 50087, 50088, 50089, 50097, 50099, 50105, 50125,
	50126, 50127, 50128, 50129, 50131, 50132, 50133, 50135, 50140, 50143, 50144, 50146, 50155, 50158, 50173, 50199, 50203,
	53000, 53001, 53002, 53003, 53004, 65001, 65002, 70000, 70008, 70044, 80001, 80002, 80005, 80007, 81004, 81009, 81010,
	81012, 90002, 90014, 90072, 90094, 90095, 135011, 140000, 399218, 500011, 500113, 500121, 502031, 530032, 700005,
	700016, 1000000, 7000112}

func TestTheCodesSeenMostSayWhatToDo(t *testing.T) {
	assert.Len(t, seenMost, 100)
	for _, code := range seenMost {
		e, ok := Embedded().Lookup(code)
		require.True(t, ok)
		assert.NotEmpty(t, e.Action, "%d", code)
	}
}

func TestTheExampleOfTheREADME(t *testing.T) {
	e, ok := Embedded().Lookup(50126)
	require.True(t, ok)
	assert.Equal(t, "Invalid user name or password.", e.Description)
	assert.Equal(t, Medium, e.Severity)
}
