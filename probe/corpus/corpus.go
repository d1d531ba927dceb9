// Package corpus knows the messages that an endpoint speaks: which types there
// are, what each may hold, and what was recorded of them. It reads that from an
// AsyncAPI document, from recordings (HAR, JSON lines) and from the inventory of
// review, and makes valid messages and near misses of them.
//
// It sends nothing and judges no answer; that is package probe's. Files that it
// reads are taken for hostile: each reader has limits.
package corpus

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Limits of what is kept of one source.
const (
	// MaxBytes is the longest file.
	MaxBytes = 64 << 20
	// maxTypes is how many types of messages are kept.
	maxTypes = 500
	// maxSamples is how many recorded messages are kept of a type.
	maxSamples = 8
	// maxMessage is the longest message that is kept.
	maxMessage = 64 << 10
)

// Corpus is what is known of an endpoint's messages. The zero Corpus knows
// nothing.
type Corpus struct {
	// Dialect is the language, as a configuration of guard names it; empty means
	// "json".
	Dialect string
	// TypeField is the path of the field that names the type of a message of the
	// dialect json; empty means "type".
	TypeField string
	// Client are the types of messages that clients send, Server those that they
	// get, in the order of their names.
	Client, Server []*Type
	// Recorded are the client's messages in the order of a recording.
	Recorded [][]byte
}

// Type is one type of messages.
type Type struct {
	Name string
	// Schema is a JSON Schema of the payload, nil if there is none.
	Schema []byte
	// Fields are the names of members that are known without a schema.
	Fields []string
	// Samples are recorded messages, whole.
	Samples [][]byte
}

// Find returns the type of that name among types, nil if there is none.
func Find(types []*Type, name string) *Type {
	if i := slices.IndexFunc(types, func(t *Type) bool { return t.Name == name }); i >= 0 {
		return types[i]
	}
	return nil
}

// Field returns TypeField or its default.
func (c *Corpus) Field() string {
	if c.TypeField == "" {
		return "type"
	}
	return c.TypeField
}

// client returns the type of that name of the client's messages, made if it is
// not there. It returns nil beyond the limit.
func (c *Corpus) client(name string) *Type { return get(&c.Client, name) }

func (c *Corpus) server(name string) *Type { return get(&c.Server, name) }

func get(types *[]*Type, name string) *Type {
	i, ok := slices.BinarySearchFunc(*types, name, func(t *Type, name string) int { return strings.Compare(t.Name, name) })
	if ok {
		return (*types)[i]
	}
	if len(*types) >= maxTypes {
		return nil
	}
	t := &Type{Name: name}
	*types = slices.Insert(*types, i, t)
	return t
}

// Add adds what other knows to c. Where both have a schema that of c stays.
func (c *Corpus) Add(other *Corpus) {
	if c.Dialect == "" {
		c.Dialect = other.Dialect
	}
	if c.TypeField == "" {
		c.TypeField = other.TypeField
	}
	merge := func(to *[]*Type, from []*Type) {
		for _, f := range from {
			t := get(to, f.Name)
			if t == nil {
				continue
			}
			if t.Schema == nil {
				t.Schema = f.Schema
			}
			for _, name := range f.Fields {
				if !slices.Contains(t.Fields, name) {
					t.Fields = append(t.Fields, name)
				}
			}
			for _, s := range f.Samples {
				t.sample(s)
			}
		}
	}
	merge(&c.Client, other.Client)
	merge(&c.Server, other.Server)
	c.Recorded = append(c.Recorded, other.Recorded...)
}

// sample keeps a recorded message, unless it is a repetition or one too many.
func (t *Type) sample(m []byte) {
	if len(t.Samples) < maxSamples && len(m) <= maxMessage && !slices.ContainsFunc(t.Samples, func(s []byte) bool { return bytes.Equal(s, m) }) {
		t.Samples = append(t.Samples, bytes.Clone(m))
	}
}

// typeFields are the names under which applications put the type of a message,
// the usual ones first.
var typeFields = []string{"type", "action", "event", "op", "cmd", "command", "kind", "method", "t"}

// observe keeps recorded messages. The field of the type is the first of the
// usual ones that most messages of clients have as a text.
func (c *Corpus) observe(client, server [][]byte) {
	c.Recorded = client
	if c.TypeField == "" {
		c.TypeField = guessField(append(slices.Clone(client), server...))
	}
	for _, m := range client {
		if name := TypeOf(c.Field(), m); name != "" {
			if t := c.client(name); t != nil {
				t.sample(m)
			}
		}
	}
	for _, m := range server {
		if name := TypeOf(c.Field(), m); name != "" {
			if t := c.server(name); t != nil {
				t.sample(m)
			}
		}
	}
}

func guessField(messages [][]byte) string {
	count := map[string]int{}
	for _, m := range messages {
		var object map[string]json.RawMessage
		if json.Unmarshal(m, &object) != nil {
			continue
		}
		for _, name := range typeFields {
			if raw := object[name]; len(raw) > 1 && raw[0] == '"' {
				count[name]++
			}
		}
	}
	best := ""
	for _, name := range typeFields {
		if count[name] > count[best] {
			best = name
		}
	}
	return best
}

// TypeOf returns the type of a JSON message by the path of its field, empty if
// it has none.
func TypeOf(field string, m []byte) string {
	var v any
	if json.Unmarshal(m, &v) != nil {
		return ""
	}
	for name := range strings.SplitSeq(field, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = object[name]
	}
	name, _ := v.(string)
	return name
}
