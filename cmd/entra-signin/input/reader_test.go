package input

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"fluent-bit-entra-signin/cmd/entra-signin/records"
)

const data = "../../../test/data/inputs/"

// A line is what a test makes of a piece or a row.
type line struct {
	input string
	text  string // a record in JSON, or "!" and what is wrong
	line  int
}

// collect reads a file whole.
func collect(name string, f io.Reader) (all []line, err error) {
	r := Reader{Emit: func(b *Batch) error {
		defer b.Release()
		if b.Table != nil {
			b.EachRow(func(row Row) bool {
				text := "!"
				if row.Err != nil {
					text += row.Err.Error()
				} else {
					text = string(b.Table.AppendJSON(nil, row.Cells))
				}
				all = append(all, line{b.Name, text, row.Line})
				return true
			})
			return nil
		}
		add := func(p records.Piece) {
			text := string(p.Text)
			if !p.Object {
				text = "!" + text
			}
			all = append(all, line{b.Name, text, p.Line})
		}
		for _, p := range b.Pieces {
			if p.Unchecked && !gjson.ValidBytes(p.Text) {
				p.Recheck(add)
				continue
			}
			add(p)
		}
		return nil
	}}
	err = r.File(name, f)
	return all, err
}

func collectFile(t *testing.T, path string) []line {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	all, err := collect(filepath.Base(path), f)
	require.NoError(t, err)
	return all
}

// Each format has a file as people have it. All but those with apps hold the same six sign-ins.
func TestEveryFormat(t *testing.T) {
	codes := "50126 0 50074 500121 50057 0"
	for _, test := range []struct{ file, code, user, want string }{
		{"InteractiveSignIns_2026-03-02_2026-03-03.json", "status.errorCode", "userPrincipalName", codes},
		{"InteractiveSignIns_2026-03-02_2026-03-03.csv", "status.errorCode", "userPrincipalName", codes},
		{"NonInteractiveSignIns_2026-03-02_2026-03-03.csv", "status.errorCode", "userPrincipalName", "0 700082"},
		{"ApplicationSignIns_2026-03-02_2026-03-03.csv", "status.errorCode", "servicePrincipalName", "7000222 7000222 0"},
		{"MSISignIns_2026-03-02_2026-03-03.csv", "status.errorCode", "servicePrincipalName", "0"},
		{"utf16.csv", "status.errorCode", "userPrincipalName", codes},
		{"semicolons.csv", "status.errorCode", "userPrincipalName", codes},
		{"graph.csv", `status\.errorCode`, "userPrincipalName", codes},
		{"loganalytics.csv", "Status.errorCode", "UserPrincipalName", codes},
		{"crlf.jsonl", "properties.status.errorCode", "properties.userPrincipalName", codes},
		{"PT1H.json.gz", "properties.status.errorCode", "properties.userPrincipalName", codes},
		{"elastic.ndjson", "azure.signinlogs.properties.status.error_code", "azure.signinlogs.properties.user_principal_name", codes},
		{"graph.json", "value.#.status.errorCode", "value.0.userPrincipalName", "[50126,0,50074,500121,50057,0]"},
		{"loganalytics.json", "tables.0.rows.#.5", "tables.0.rows.0.23", `["50126","0","50074","500121","50057","0"]`},
		{"capture.avro", "records.#.resultType", "records.0.properties.id", `["50126","0","50074","500121"] ["50057","0","7000222","7000222","0"]`},
		{"signins.zip", "status.errorCode", "status", codes + " 7000222 7000222 0"},
	} {
		t.Run(test.file, func(t *testing.T) {
			var got []string
			for _, l := range collectFile(t, data+test.file) {
				require.True(t, gjson.Valid(l.text), l.text)
				got = append(got, gjson.Get(l.text, test.code).String())
				assert.NotEmpty(t, gjson.Get(l.text, test.user).String(), l.text)
			}
			assert.Equal(t, test.want, strings.Join(got, " "))
		})
	}
	archive := collectFile(t, data+"signins.zip")
	assert.Equal(t, "signins.zip: InteractiveSignIns_2026-03-02_2026-03-03.csv", archive[0].input)
	assert.Equal(t, "signins.zip: ApplicationSignIns_2026-03-02_2026-03-03.csv", archive[6].input)
}

// A row of the portal is the record that Graph has of the same sign-in, as far as the table goes.
func TestRowsAreLikeRecords(t *testing.T) {
	rows := collectFile(t, data+"InteractiveSignIns_2026-03-02_2026-03-03.csv")
	array := collectFile(t, data+"InteractiveSignIns_2026-03-02_2026-03-03.json")
	require.Len(t, rows, len(array))
	for i := range rows {
		for _, path := range []string{"createdDateTime", "id", "userPrincipalName", "userDisplayName", "userId", "appDisplayName", "appId",
			"ipAddress", "clientAppUsed", "userAgent", "correlationId", "status.errorCode", "status.failureReason",
			"status.additionalDetails", "deviceDetail.browser", "deviceDetail.operatingSystem", "location.city",
			"location.countryOrRegion", "conditionalAccessStatus"} {
			assert.Equal(t, gjson.Get(array[i].text, path).String(), gjson.Get(rows[i].text, path).String(), "%s of %d", path, i)
		}
		assert.Truef(t, strings.EqualFold(gjson.Get(array[i].text, "authenticationRequirement").String(),
			gjson.Get(rows[i].text, "authenticationRequirement").String()), "requirement of %d", i)
	}
}

func TestLocations(t *testing.T) {
	for cell, want := range map[string]string{
		"Lyon, Rhone, FR":             `{"city":"Lyon","state":"Rhone","countryOrRegion":"FR"}`,
		"Rhone, FR":                   `{"state":"Rhone","countryOrRegion":"FR"}`,
		"FR":                          `{"countryOrRegion":"FR"}`,
		"Washington, D.C., Dist, USA": `{"city":"Washington, D.C.","state":"Dist","countryOrRegion":"USA"}`,
	} {
		assert.Equal(t, want, string(appendLocation(nil, cell)))
	}
}

func TestWords(t *testing.T) {
	for words, want := range map[string]string{
		"Device code": "deviceCode", "Single-factor authentication": "singleFactorAuthentication", "None": "none", "ROPC": "rOPC",
		"deviceCodeFlow": "deviceCodeFlow", "": "",
	} {
		assert.Equal(t, want, camel(words))
	}
}

const header = "Date (UTC),Request ID,User,Username,Sign-in error code,Failure reason\n"

func TestRows(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"header only":     {header, nil},
		"no line end":     {strings.TrimSpace(header), nil},
		"one":             {header + "t,1,a,b,50126,r\n", []string{"2: 50126"}},
		"no last end":     {header + "t,1,a,b,50126,r", []string{"2: 50126"}},
		"blank lines":     {header + "\nt,1,a,b,50126,r\n\r\nt,1,a,b,0,r\n\n", []string{"3: 50126", "5: 0"}},
		"quotes":          {header + "t,1,\"a, \"\"b\"\"\nc\",b,50126,r\nt,1,a,b,0,r\n", []string{"2: 50126", "4: 0"}},
		"too few cells":   {header + "t,1\nt,1,a,b,0,r\n", []string{"2: !the row has another number of cells than the header", "3: 0"}},
		"stray quote":     {header + "t,1,a\"x\",b,7,r\nt,1,a,b,0,r\n", []string{"2: !a quotation mark of the row is in the wrong place, or never closed", "3: 0"}},
		"cut":             {header + "t,1,a,b,0,r\nt,1,\"a", []string{"2: 0", "3: !a quotation mark of the row is in the wrong place, or never closed"}},
		"JSON in between": {header + "{\"a\":1}\nt,1,a,b,0,r\n", []string{"2: !the row is JSON: is this two files in one?", "3: 0"}},
		"BOM":             {"\xef\xbb\xbf" + header + "t,1,a,b,0,r\n", []string{"2: 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range []io.Reader{strings.NewReader(test.text), iotest.DataErrReader(strings.NewReader(test.text))} {
				all, err := collect("in", f)
				require.NoError(t, err)
				var got []string
				for _, l := range all {
					text := l.text
					if text[0] != '!' {
						text = gjson.Get(text, "status.errorCode").String()
					}
					got = append(got, fmt.Sprintf("%d: %s", l.line, text))
				}
				assert.Equal(t, test.want, got)
			}
		})
	}
}

// Rows of a table of any size are cut into batches between rows.
func TestLargeTable(t *testing.T) {
	const rows = 9_000
	var b strings.Builder
	b.WriteString(header)
	for i := range rows {
		fmt.Fprintf(&b, "2026-03-02T08:01:02Z,%d,\"A, with a\nline end\",a@contoso.com,%d,\"why \"\"so\"\"\"\r\n", i, 50126)
	}
	all, err := collect("in", strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Len(t, all, rows)
	for i, l := range all {
		require.Equal(t, fmt.Sprint(i), gjson.Get(l.text, "id").String())
		require.Equal(t, 2+2*i, l.line)
	}
}

func TestAQuotationMarkThatStaysOpen(t *testing.T) {
	text := header + "t,1,\"a,b,50126,r\n" + strings.Repeat("t,1,a,b,0,r\n", 2*longestRow/12)
	all, err := collect("in", strings.NewReader(text))
	require.NoError(t, err)
	assert.Len(t, all, 1+2*longestRow/12, "it costs its row")
}

// What cannot be read ends in one line that says what to do.
func TestBrokenInput(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(data + name)
		require.NoError(t, err)
		return string(b)
	}
	capture := read("capture.avro")
	for name, test := range map[string]struct{ text, want string }{
		"workbook":                {read("workbook.xlsx"), "the file is an Excel workbook: save the sheet as CSV UTF-8"},
		"old workbook":            {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old kind: save the sheet as CSV"},
		"zip in a pipe":           {read("signins.zip"), "a zip archive cannot be read from a pipe: name the file"},
		"bzip2":                   {"BZh91AY&SY", "compressed with bzip2: unpack it first"},
		"xz":                      {"\xfd7zXZ\x00\x00", "unxz"},
		"zstd":                    {"\x28\xb5\x2f\xfd\x04", "unzstd"},
		"7z":                      {"7z\xbc\xaf\x27\x1c", "7z archive"},
		"Parquet":                 {"PAR1\x15\x04", "Parquet"},
		"PDF":                     {"%PDF-1.7", "PDF"},
		"no gzip":                 {"\x1f\x8b\x08nonsense", "damaged gzip"},
		"half a gzip":             {read("PT1H.json.gz")[:900], "unexpected EOF"},
		"half an array":           {read("InteractiveSignIns_2026-03-02_2026-03-03.json")[:3000], "the text ends inside an array: it may be cut short"},
		"half a capture":          {capture[:len(capture)/2], "damaged Avro file"},
		"half a header":           {capture[:40], "damaged Avro file, it may be cut short"},
		"another Avro":            {strings.ReplaceAll(capture, `"Body"`, `"Bodi"`), "must be Avro as Event Hubs Capture writes it: records EventData with a Body"},
		"authentication details":  {"Date (UTC),Request ID,User,Username,IP address,Authentication method\nt,1,a,b,c,d\n", "no column with the error code"},
		"separated by |":          {strings.ReplaceAll(header, ",", "|") + "t|1|a|b|0|r\n", "separated by |: use a table separated by commas, semicolons or tabs"},
		"the portal in French":    {"Date (UTC),ID de demande,Agent utilisateur,Code d'erreur de connexion,Error\nt,1,a,50126,x\n", "the Entra portal names them in its own language, so set that to English"},
		"a table of other things": {"Time,Status,Message\n1,2,3\n", "looks like CSV with 3 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := collect("in", strings.NewReader(test.text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestBrokenArchives(t *testing.T) {
	b, err := os.ReadFile(data + "signins.zip")
	require.NoError(t, err)
	half := filepath.Join(t.TempDir(), "half.zip")
	require.NoError(t, os.WriteFile(half, b[:len(b)/2], 0o600))
	f, err := os.Open(half)
	require.NoError(t, err)
	defer f.Close()
	_, err = collect("half.zip", f)
	assert.ErrorContains(t, err, "damaged zip archive, it may be cut short")

	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	_, err = collect("in", &packed)
	assert.ErrorContains(t, err, "a zip archive inside another file")
}

// A log with lines of every kind is none of the formats that are refused.
func TestLinesThatAreNoTable(t *testing.T) {
	for _, text := range []string{
		"started\n", "a,b,c\nd,e,f\n", "2026-03-02, 09:07, user a, status ok\nx\n", "user a, user a, status ok\n",
		"error, user, date of a line\nand another line\n", "time is up\n", "user,status\n1,2\n", "user,\"status,time\n", ",,\n",
		"[2026-03-02] user, status, time\n", "{user, status, time\n",
	} {
		all, err := collect("in", strings.NewReader(text))
		assert.NoError(t, err, text)
		assert.NotEmpty(t, all, text)
	}
}

func TestColumnsByName(t *testing.T) {
	text := "when,Result,who\nt,50126,a\n"
	_, err := collect("in", strings.NewReader(text))
	require.ErrorContains(t, err, "none is known")
	var rows int
	r := Reader{CodeKeys: []string{"Result"}, Emit: func(b *Batch) error {
		require.NotNil(t, b.Table)
		b.EachRow(func(row Row) bool {
			rows++
			assert.Equal(t, `{"when":"t","Result":"50126","who":"a"}`, string(b.Table.AppendJSON(nil, row.Cells)))
			return true
		})
		return nil
	}}
	require.NoError(t, r.File("in", strings.NewReader(text)))
	assert.Equal(t, 1, rows)
}

// What comes piece by piece is handed out before the next read, and an error of the receiver ends the file.
func TestNothingWaits(t *testing.T) {
	in, feed := io.Pipe()
	got := make(chan string)
	stop := errors.New("enough")
	done := make(chan error)
	go func() {
		n := 0
		r := Reader{Emit: func(b *Batch) error {
			if n++; n == 3 {
				return stop
			}
			got <- string(b.Pieces[0].Text)
			return nil
		}}
		done <- r.File("in", in)
	}()
	for range 2 {
		_, err := io.WriteString(feed, "{\"a\":1}\n")
		require.NoError(t, err)
		assert.Equal(t, `{"a":1}`, <-got)
	}
	go func() { _, _ = io.WriteString(feed, "{\"a\":1}\n") }()
	assert.Equal(t, stop, <-done)
}

// A gzip file that contains itself would be unpacked for ever.
func TestLayersOfGzipAreBounded(t *testing.T) {
	text := []byte(`{"status":{"errorCode":50126}}` + "\n")
	for layers := range maxLayers + 2 {
		all, err := collect("f", bytes.NewReader(text))
		_, textErr := Text(bytes.NewReader(text))
		if layers <= maxLayers {
			require.NoError(t, err)
			require.NoError(t, textErr)
			assert.Len(t, all, 1)
		} else {
			assert.ErrorContains(t, err, "compressed with gzip more than 3 times")
			assert.ErrorContains(t, textErr, "compressed with gzip more than 3 times")
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(text)
		require.NoError(t, z.Close())
		text = packed.Bytes()
	}
}

func FuzzFile(f *testing.F) {
	for _, name := range []string{"InteractiveSignIns_2026-03-02_2026-03-03.csv", "loganalytics.csv", "utf16.csv", "capture.avro", "crlf.jsonl"} {
		b, err := os.ReadFile(data + name)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte(header + "\"a\n\"\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, _ := collect("in", bytes.NewReader(b))
		last := 0
		for _, l := range all {
			assert.GreaterOrEqual(t, l.line, last)
			last = l.line
			if l.text[0] != '!' {
				assert.True(t, gjson.Valid(l.text), l.text)
			}
		}
	})
}
