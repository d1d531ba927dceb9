package draft

import (
	"regexp"
	"strings"
)

// A Line is a line of a draft that contains a finding.
type Line struct {
	Number  int    // from 1
	Setting string // its key, with those around it: "routes.messages.client.chat.set"
	Confirm bool   // it is to be confirmed
}

var (
	keyOf      = regexp.MustCompile(`^( *)(?:- )?("(?:[^"\\]|\\.)*"|[^\s:#"]+):`)
	weaknessID = regexp.MustCompile(`\bWS[0-9]{3}\b`)
)

// Contains lists, for each weakness, the lines of a draft that contain findings of
// it.
func Contains(text []byte) map[string][]Line {
	out := map[string][]Line{}
	type level struct {
		indent int
		key    string
	}
	var stack []level
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		m := keyOf.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		indent := len(m[1])
		if strings.HasPrefix(line[indent:], "- ") {
			indent += 2
		}
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, level{indent, strings.Trim(m[2], `"`)})
		_, comment, ok := strings.Cut(line, " # ")
		if !ok {
			continue
		}
		var keys []string
		for _, l := range stack {
			keys = append(keys, l.key)
		}
		at := Line{Number: n, Setting: strings.Join(keys, "."), Confirm: strings.HasPrefix(comment, Mark)}
		seen := map[string]bool{}
		for _, id := range weaknessID.FindAllString(comment, -1) {
			if !seen[id] {
				seen[id] = true
				out[id] = append(out[id], at)
			}
		}
	}
	return out
}
