package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What people download or compress, and what to do with it.
func TestInputsThatAreNotJSON(t *testing.T) {
	const portal = `Date (UTC),Request ID,User agent,"User, if any",Status,Sign-in error code`
	workbook := "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00bad sumsizesize\x13\x00\x00\x00"[:30] + "[Content_Types].xml"
	for name, test := range map[string]struct{ text, want string }{
		"CSV":              {portal + "\r\n2026-03-02T09:07:13Z,1,\"Mozilla,\n5.0\",a,Failure,50126\r\n", `looks like CSV with 6 columns, the first is "Date (UTC)"`},
		"CSV, mark":        {"\xef\xbb\xbf" + portal + "\n1,2,3,4,5,6\n", `the first is "Date (UTC)"`},
		"CSV, header only": {portal, "looks like CSV"},
		"CSV, semicolons":  {"Date;User;Status\n1;2;3\n", "looks like CSV with 3 columns"},
		"CSV, tabs":        {"TimeGenerated [UTC]\tResultType\tIdentity\n1\t2\t3\n", "looks like CSV with 3 columns"},
		"CSV, gzip":        {zipped(t, portal+"\n1,2,3,4,5,6\n"), "looks like CSV"},
		"zip":              {"PK\x03\x04" + strings.Repeat("\x00", 26) + "signins.json", "zip archive: unpack it first, for example with unzip -p"},
		"zip, cut":         {"PK\x03\x04", "zip archive"},
		"Excel":            {workbook, "Excel workbook"},
		"bzip2":            {"BZh91AY&SY", "bzip2 -dc"},
		"xz":               {"\xfd7zXZ\x00\x00", "xz -dc"},
		"zstd":             {"\x28\xb5\x2f\xfd\x04", "zstd -dc"},
		"7z":               {"7z\xbc\xaf\x27\x1c", "7z archive"},
		"Avro":             {"Obj\x01\x04", "Avro"},
		"UTF-16LE":         {"{\x00\"\x00", "iconv -f UTF-16LE -t UTF-8"},
		"UTF-16BE":         {"\x00{\x00\"", "iconv -f UTF-16BE -t UTF-8"},
		"UTF-16LE, array":  {"\r\x00\n\x00[\x00", "iconv -f UTF-16LE"},
	} {
		t.Run(name, func(t *testing.T) {
			r := command(t, test.text, "enrich")
			assert.Equal(t, exitFailed, r.code)
			assert.Empty(t, r.out, "nothing passes")
			assert.Contains(t, r.err, "entra-signin: standard input: the ")
			assert.Contains(t, r.err, test.want)
			file := write(t, "in", test.text)
			r = command(t, "", "enrich", file, write(t, "good", record))
			assert.Equal(t, exitFailed, r.code)
			assert.Equal(t, enriched, r.out, "the next file is read")
			assert.Contains(t, r.err, file+": the ")
		})
	}
}

// A log with lines of every kind passes.
func TestLinesThatAreNotCSV(t *testing.T) {
	for _, text := range []string{
		"started\n", "a,b,c\nd,e,f\n", "2026-03-02, 09:07, user a, status ok\nx\n", "user a, user a, status ok\n",
		"error, user, date of a line\nand another line\n", "time is up\n", "user,status\n1,2\n", "user,\"status,time\n", ",,\n",
		"[2026-03-02] user, status, time\n" + record, "{user, status, time\n",
	} {
		r := command(t, text+"\n"+record, "enrich")
		assert.Zero(t, r.code, "%q: %s", text, r.err)
		assert.True(t, strings.HasSuffix(r.out, enriched), text)
	}
}
