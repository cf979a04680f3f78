package sink

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"fluent-bit-entra-signin/internal/jsontext"
)

// deadLetters keeps the records that were refused for good, one JSON object a line:
//
//	{"id":"…","time":"…","status":400,"reason":"…","tag":"…","record":{…}}
//
// The id follows from the chunk and the position in the chunk: lines with the same id are the same record. The time is when the record
// was refused; its own time is in @timestamp. If a record is not a MessagePack map, the line has "raw", base64 of the bytes, in place of
// "record".
type deadLetters struct {
	file *appendFile
	now  func() time.Time
	// earlier holds the ids of lines that an earlier process wrote. A chunk that was not done when that process ended comes back
	// whole, and the same records are refused again.
	earlier map[string]struct{}
}

// maxEarlier is how much of the end of the file is read for ids at the start, in bytes.
const maxEarlier = 16 << 20

// openDeadLetters opens the file and reads the ids at its end.
func openDeadLetters(path string) (*deadLetters, error) {
	file, err := openAppendFile(path, true)
	if err != nil {
		return nil, err
	}
	text, err := file.tail(maxEarlier)
	if err != nil {
		_ = file.close() // nothing was written
		return nil, err
	}
	d := &deadLetters{file: file, now: time.Now, earlier: map[string]struct{}{}}
	for line := range bytes.Lines(text) {
		// A torn line does not count: its record is not in the file.
		if rest, ok := bytes.CutPrefix(line, []byte(deadLetterHead)); ok && json.Valid(line) {
			if id, _, ok := bytes.Cut(rest, []byte{'"'}); ok {
				d.earlier[string(id)] = struct{}{}
			}
		}
	}
	return d, nil
}

// deadLetterHead begins every line, before the id.
const deadLetterHead = `{"id":"`

// letterID identifies a record of a chunk. It is the same in every process.
func letterID(c *Chunk, pos int) string {
	id := c.Identify()
	return hex.EncodeToString(id[:]) + "-" + strconv.Itoa(pos)
}

// add writes the refused records of c. A record that cannot be written becomes pending again, so that it is not lost.
func (d *deadLetters) add(c *Chunk, out []outcome) error {
	var lines []byte
	var items []item
	now := d.now()
	for pos := range out {
		if out[pos].state == refused {
			id := letterID(c, pos)
			if _, there := d.earlier[id]; there {
				continue
			}
			c.restore()
			from := len(lines)
			lines = appendDeadLetter(lines, id, now, c.Tag, &c.Records[pos], &out[pos])
			items = append(items, item{pos: pos, from: from, to: len(lines)})
		}
	}
	if len(items) == 0 {
		return nil
	}
	kept, err := d.file.write(lines)
	for _, it := range items {
		if it.to > kept {
			out[it.pos] = outcome{reason: "refused, but the dead letter file cannot be written"}
		}
	}
	return err
}

func appendDeadLetter(dst []byte, id string, now time.Time, tag string, r *Record, o *outcome) []byte {
	dst = append(append(dst, deadLetterHead...), id...)
	dst = append(dst, `","time":"`...)
	dst = AppendTime(dst, now.Unix(), uint32(now.Nanosecond()))
	dst = append(dst, `","status":`...)
	dst = strconv.AppendInt(dst, int64(o.status), 10)
	dst = append(dst, `,"reason":`...)
	dst = jsontext.AppendQuoted(dst, []byte(o.reason))
	dst = append(dst, `,"tag":`...)
	dst = jsontext.AppendQuoted(dst, []byte(tag))
	head := len(dst)
	dst = append(dst, `,"record":`...)
	dst, err := appendRecord(dst, r)
	if err != nil {
		dst = append(dst[:head], `,"raw":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, r.Body)
		dst = append(dst, '"')
	}
	return append(dst, '}', '\n')
}
