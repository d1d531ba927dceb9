// Package catalogue lists the WebSocket weaknesses that wswarden knows, with
// the prose that explains each one.
//
// Every finding of review, every refusal of guard, every result of probe and
// every page under docs/weaknesses names an entry of this package by its ID, so
// that the three tools carry one identifier, one severity, one CWE and one
// piece of advice. An ID or slug never changes its meaning and is never reused.
//
// The hundreds of the IDs follow the life of a connection: WS1xx handshake and
// transport, WS2xx authentication and session, WS3xx message input, WS4xx
// authorization, WS5xx what is sent to others, WS6xx the browser client, WS7xx
// resource limits, WS8xx framing, WS9xx dependencies.
//
// It is not a rule engine: how a weakness is found, refused or shown lives in
// review, guard and probe. It holds no findings and reads nothing but its own
// embedded text, and it imports no other package of the module.
package catalogue

import (
	"strings"
)

// A Weakness is one way to get WebSockets wrong. The values of this package
// are shared and must not be modified.
type Weakness struct {
	ID       string   // stable for ever, such as "WS101"
	Slug     string   // stable for ever, such as "origin-unchecked"
	Title    string   // one line, no full stop
	Severity Severity // the default; review moves it with what it sees
	CWE      []int    // Common Weakness Enumeration numbers, most specific first
	ASVS     []string // OWASP ASVS 5.0 requirements, such as "V4.4.2"; empty where none fits
	Guide    []int    // sections of the code review guide, ascending, 1 to 7

	Review bool // review can find it in source code
	Guard  bool // guard prevents or contains it
	Probe  bool // probe can show it on a live endpoint
}

// Lookup returns the weakness with the given ID or slug. Case and surrounding
// space are ignored. It returns nil and false if there is none.
func Lookup(s string) (*Weakness, bool) {
	s = strings.TrimSpace(s)
	for _, w := range All {
		if strings.EqualFold(w.ID, s) || strings.EqualFold(w.Slug, s) {
			return w, true
		}
	}
	return nil, false
}

// Match returns the weaknesses that pattern selects, in ID order. A pattern is
// a slug, or an ID in which "." or "x" stands for any digit: "WS101", "WS4..",
// "ws4xx". Case and surrounding space are ignored. The result is empty if
// nothing matches, which a caller should report: a misspelt pattern must not
// silently select nothing.
func Match(pattern string) []*Weakness {
	pattern = strings.ToUpper(strings.TrimSpace(pattern))
	var out []*Weakness
	for _, w := range All {
		if matchID(pattern, w.ID) || strings.EqualFold(pattern, w.Slug) {
			out = append(out, w)
		}
	}
	return out
}

// matchID reports whether the upper-case pattern selects id.
func matchID(pattern, id string) bool {
	if len(pattern) != len(id) {
		return false
	}
	for i := range len(id) {
		isDigit := '0' <= id[i] && id[i] <= '9'
		isWild := pattern[i] == '.' || pattern[i] == 'X'
		if pattern[i] != id[i] && !(isDigit && isWild) {
			return false
		}
	}
	return true
}
