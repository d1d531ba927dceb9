package probe

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/probe/corpus"
)

// known is a type of messages that the endpoint is known to understand, with a
// payload that it is likely to accept.
type known struct {
	name    string
	payload map[string]any
}

// errNoMessages is the reason of checks that need messages and have none.
const noMessages = "no messages of the endpoint are known: name a recording, an AsyncAPI file or a report of review (--messages), or a configuration of guard (--config)"

// readName matches names of messages that read and change nothing.
var readName = regexp.MustCompile(`(?i)^(get|list|read|fetch|search|find|query|who|show|load|view|describe|status|history|me$|profile|info|subscribe|sub$)`)

// reads reports whether a message of the name is taken for one that changes
// nothing.
func (k known) reads() bool { return readName.MatchString(k.name) }

// knownMessages returns the types of messages that are known, recorded ones
// first, and the language that they are in; nil where there is none.
func (s *Session) knownMessages() ([]known, speech) {
	t := s.Target
	var out []known
	add := func(name string, payload map[string]any) {
		if name != "" && payload != nil && !strings.HasSuffix(name, "*") && !slices.ContainsFunc(out, func(k known) bool { return k.name == name }) {
			out = append(out, known{name, payload})
		}
	}
	dialect, field := "json", "type"
	if t.Promises != nil && t.Promises.Rules != nil {
		dialect, field = t.Promises.Rules.Dialect, t.Promises.Rules.TypeField
	} else if t.Corpus != nil {
		dialect, field = t.Corpus.Dialect, t.Corpus.Field()
	}
	speak := newSpeech(dialect, field)
	if t.Corpus != nil {
		for _, c := range t.Corpus.Client {
			var fullest map[string]any // with members that others leave out
			for _, sample := range decodeObjects(c.Samples) {
				if len(sample) > len(fullest) {
					fullest = sample
				}
			}
			add(c.Name, fullest)
			add(c.Name, example(c.Schema, field, c.Name, t.Identity()))
		}
	}
	if t.Promises != nil && t.Promises.Rules != nil {
		for _, m := range t.Promises.Rules.Client {
			add(m.Type, example(m.Schema, field, m.Type, t.Identity()))
		}
	}
	return out, speak
}

// example makes a payload of a schema, with the user's name where a member says
// who he is.
func example(schema []byte, field, name string, who *Identity) map[string]any {
	shape, err := corpus.NewShape(schema)
	if err != nil {
		return nil
	}
	top, _, _ := strings.Cut((&corpus.Corpus{TypeField: field}).Field(), ".")
	payload, err := shape.Example(map[string]any{top: name})
	if err != nil {
		return nil
	}
	claims, _ := claimsOf(who)
	for member, v := range payload {
		if _, isText := v.(string); isText && identityName.MatchString(member) && claims.User != "" {
			payload = corpus.With(payload, member, claims.User)
		}
	}
	return payload
}

// userOf is the name by which the application knows an identity.
func userOf(who *Identity) string {
	c, _ := claimsOf(who)
	return c.User
}

// sayUser reports whether a decoded message has the name of a user as a value
// of a member that says who somebody is.
func saysUser(body any, user string) bool {
	found := false
	if user == "" {
		return false
	}
	pairs(body, func(name string, v any) {
		if v == user && (identityName.MatchString(name) || strings.EqualFold(name, "name")) {
			found = true
		}
	})
	return found
}

// equalJSON reports whether two decoded messages are the same.
func equalJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil || a == nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}
