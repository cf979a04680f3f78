package sink

import (
	"encoding/base64"
	"strconv"
	"time"
)

// deadLetters keeps the records that were refused for good, one JSON object a line:
//
//	{"time":"…","status":400,"reason":"…","tag":"…","record":{…}}
//
// time is when it was refused; the record starts with its own, @timestamp. A record that is not MessagePack is in
// "raw", as base64, in place of "record".
type deadLetters struct {
	file *appendFile
	now  func() time.Time
}

// add writes the records of c that are Refused. Those that could not be written become Pending again: they are not lost.
func (d *deadLetters) add(c *Chunk, out []Outcome) error {
	var lines []byte
	var items []item
	now := d.now()
	for pos := range out {
		if out[pos].State == Refused {
			from := len(lines)
			lines = appendDeadLetter(lines, now, c.Tag, &c.Records[pos], &out[pos])
			items = append(items, item{pos: pos, from: from, to: len(lines)})
		}
	}
	if len(items) == 0 {
		return nil
	}
	kept, err := d.file.write(lines)
	for _, it := range items {
		if it.to > kept {
			out[it.pos] = Outcome{Reason: "refused, but the dead letter file cannot be written"}
		}
	}
	return err
}

func appendDeadLetter(dst []byte, now time.Time, tag string, r *Record, o *Outcome) []byte {
	dst = append(dst, `{"time":"`...)
	dst = AppendTime(dst, now.Unix(), uint32(now.Nanosecond()))
	dst = append(dst, `","status":`...)
	dst = strconv.AppendInt(dst, int64(o.Status), 10)
	dst = append(dst, `,"reason":`...)
	dst = appendQuoted(dst, []byte(o.Reason))
	dst = append(dst, `,"tag":`...)
	dst = appendQuoted(dst, []byte(tag))
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
