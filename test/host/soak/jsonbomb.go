package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// jsonBomb returns a text that costs whoever takes it for JSON as much as it can.
func jsonBomb(r *rand.Rand) string {
	size := []int{60, 1000, 20_000, 300_000}[r.IntN(4)]
	switch r.IntN(12) {
	case 0:
		return strings.Repeat(`{"a":`, size)
	case 1:
		return strings.Repeat("[", size)
	case 2:
		return strings.Repeat(`{"records":[`, size/4) + `{"resultType":"50126"}` + strings.Repeat(`]}`, size/4)
	case 3:
		return `{"resultType":"50126","a":"` + strings.Repeat("x", size)
	case 4:
		return `{"a":"` + strings.Repeat(`\"`, size)
	case 5:
		return `{"records":[{"resultType":"50126","a":[` + strings.Repeat("1,", size) + `1]}]}`
	case 6:
		return `{` + strings.Repeat(`"status":{"errorCode":0},`, size/20) + `"resultType":"50126"}`
	case 7:
		return `[` + strings.Repeat(`{"resultType":"50126"},`, size/20) + `{}]`
	case 8: // texts in texts, whose quotes double in length each time
		text := `{"resultType":"50126"}`
		for len(text) < size && len(text) < 50_000 {
			text = `{"log":` + strconv.Quote(text) + `}`
		}
		return text
	case 9:
		return `{"resultType":` + strings.Repeat("9", size) + `,"status":{"errorCode":1e` + strings.Repeat("9", size) + `}}`
	case 10:
		return `{"records":[` + strings.Repeat(`{},`, size) + `{"resultType":"50126"}`
	}
	return `{"resultType":"\u00` + strings.Repeat(`\ud83d`, size) + `","status":{"errorCode":50126}} trailing`
}
