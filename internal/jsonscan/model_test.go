package jsonscan_test

import (
	"encoding/json"
	"strings"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// model does to a tree what an Editor does to a document. Its nodes are in the
// order of the document.
type model struct {
	nodes []*modelNode
	added int
}

type modelNode struct {
	value    jsonscan.Value
	parent   *modelNode
	children []*modelNode
	name     string // of a member
	edited   bool
	dropped  bool
	raw      string
	extra    map[string]string // members that were added, and their values
}

func newModel(root jsonscan.Value) *model {
	m := &model{}
	m.add(root, nil, "")
	return m
}

func (m *model) add(v jsonscan.Value, parent *modelNode, name string) *modelNode {
	n := &modelNode{value: v, parent: parent, name: name, extra: map[string]string{}}
	m.nodes = append(m.nodes, n)
	switch v.Kind() {
	case jsonscan.Array:
		for elem := range v.Elements() {
			n.children = append(n.children, m.add(elem, n, ""))
		}
	case jsonscan.Object:
		for name, member := range v.Members() {
			n.children = append(n.children, m.add(member, n, string(name)))
		}
	}
	return n
}

// edit makes one change, chosen by two bytes.
func (m *model) edit(e *jsonscan.Editor, what, where byte) {
	n := m.nodes[int(where)%len(m.nodes)]
	raw := []string{`1`, `"x\n"`, `{"y":[]}`, `[null]`}[int(what>>2)%4]
	switch what % 4 {
	case 0:
		e.Replace(n.value, []byte(raw))
		n.edited, n.dropped, n.raw = true, false, raw
	case 1:
		e.Drop(n.value)
		if n.parent != nil {
			n.edited, n.dropped = true, true
		}
	case 2:
		m.setAdded(e, raw)
	case 3:
		m.setRoot(e, raw)
	}
}

// setAdded sets one of three members of the root, which few documents have.
func (m *model) setAdded(e *jsonscan.Editor, raw string) {
	root := m.nodes[0]
	name := "added " + string(rune('a'+m.added%3))
	m.added++
	if e.Set(jsonscan.NamePath(name), []byte(raw)) != nil {
		return
	}
	root.extra[name] = raw
	for _, c := range root.children {
		switch {
		case c.name == name:
			c.edited, c.dropped, c.raw = true, false, raw
			delete(root.extra, name)
		case strings.EqualFold(c.name, name):
			c.edited, c.dropped = true, true
		}
	}
}

// setRoot sets the whole document, which only works while nothing else changed.
func (m *model) setRoot(e *jsonscan.Editor, raw string) {
	if e.Set(jsonscan.Path{}, []byte(raw)) == nil {
		root := m.nodes[0]
		root.edited, root.dropped, root.raw = true, false, raw
	}
}

// result returns what the edited document must decode to.
func (m *model) result() any { return m.nodes[0].decode() }

func (n *modelNode) decode() any {
	if n.edited {
		return decodeText(n.raw)
	}
	switch n.value.Kind() {
	case jsonscan.Array:
		list := []any{}
		for _, c := range n.children {
			if !c.dropped {
				list = append(list, c.decode())
			}
		}
		return list
	case jsonscan.Object:
		object := map[string]any{}
		for _, c := range n.children {
			if !c.dropped {
				object[c.name] = c.decode()
			}
		}
		for name, raw := range n.extra {
			object[name] = decodeText(raw)
		}
		return object
	}
	return decode(n.value)
}

func decodeText(raw string) any {
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		panic(err)
	}
	return numbers(v)
}

// numbers replaces float64 by json.Number, as the decoders of these tests do.
func numbers(v any) any {
	switch v := v.(type) {
	case float64:
		text, _ := json.Marshal(v)
		return json.Number(text)
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}
