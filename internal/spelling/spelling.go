// Package spelling compares words, so that a message can ask "did you mean …?". Its functions may run concurrently.
package spelling

// Distance returns how many edits turn a into b. An edit changes, inserts or deletes one byte, or swaps two neighboring bytes. If
// the distance is greater than limit, the result is some number greater than limit.
func Distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	// Three rows of the table of distances between the prefixes of a and b: a swap looks back two rows.
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	last := make([]int, len(b)+1)
	before := make([]int, len(b)+1)
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
