package draft

import (
	"slices"
	"strings"
)

// fallbacks are what stands in the place of a setting that the guard doesn't accept:
// for a condition that nothing passes, for a schema that an object passes. Others are
// left out.
var fallbacks = map[string]string{
	"allow": `"false"`, "schema": "{type: object}",
	"set": "", "clean": "", "limit": "", "secret": "", "subprotocols": "", "undeclared": "",
}

// Mend replaces the settings that lines of a draft belong to, counted from 1, by what
// the guard accepts for sure, and marks them. It is for a judge of the configuration
// that knows more than the drafter, such as what an expression may cost. It returns
// nil where a line belongs to no such setting.
func Mend(text []byte, lines []int) []byte {
	all := strings.SplitAfter(string(text), "\n")
	slices.Sort(lines)
	lines = slices.Compact(lines)
	done := len(all) + 1 // settings from here on are replaced
	for _, n := range slices.Backward(lines) {
		i := setting(all, n-1)
		if i < 0 {
			return nil
		}
		if i >= done {
			continue
		}
		done = i
		m := keyOf.FindStringSubmatch(all[i])
		end := i + 1
		for end < len(all) && (strings.TrimSpace(all[end]) == "" || indentOf(all[end]) > len(m[1])) {
			end++
		}
		key := strings.Trim(m[2], `"`)
		line := m[1] + "# " + Mark + " no " + key + " could be drafted that the guard accepts\n"
		if with := fallbacks[key]; with != "" {
			line = m[1] + key + ": " + with + " # " + Mark + " the guard does not accept what was drafted; write it\n"
		}
		all = append(all[:i], append([]string{line}, all[end:]...)...)
	}
	return []byte(strings.Join(all, ""))
}

// setting is the line of the setting with a fallback that a line belongs to, or -1.
func setting(all []string, i int) int {
	if i < 0 || i >= len(all) {
		return -1
	}
	indent := len(all[i]) + 1
	for ; i >= 0; i-- {
		m := keyOf.FindStringSubmatch(all[i])
		if m == nil || len(m[1]) >= indent {
			continue
		}
		indent = len(m[1])
		if _, ok := fallbacks[strings.Trim(m[2], `"`)]; ok && !strings.HasPrefix(strings.TrimSpace(all[i]), "-") {
			return i
		}
	}
	return -1
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
