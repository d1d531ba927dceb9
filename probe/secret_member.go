package probe

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/internal/redact"
)

// secretLeak is a member that looks like a secret.
type secretLeak struct{ name, value, why string }

// secretLeaks returns the members of a message that look like secrets.
func secretLeaks(text string) []secretLeak {
	var body any
	if i := strings.IndexAny(text, "{["); i < 0 || json.Unmarshal([]byte(strings.TrimRight(text[i:], "\x1e")), &body) != nil {
		return nil
	}
	var out []secretLeak
	pairs(body, func(name string, v any) {
		value := ""
		switch v := v.(type) {
		case string:
			value = v
		case float64:
			value = fmt.Sprint(v)
		}
		switch {
		case value == "":
		case secretValue.MatchString(value):
			out = append(out, secretLeak{name, value, "holds what looks like a hash of a password or a key"})
		case secretMember.MatchString(name):
			out = append(out, secretLeak{name, value, "is named like a secret"})
		}
	})
	return out
}

// maskMember masks a value in the text of evidence: a report is no place for
// what leaked.
func maskMember(text, value string) string {
	return strings.ReplaceAll(text, value, redact.Mask)
}
