package celpolicy

import (
	"encoding/json"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// evaluation is one evaluation of an expression: the variables it sees, and memory
// for the views of what it reads.
type evaluation struct {
	facts    *guard.Facts
	root     *shape
	session  session
	conn     connection
	envelope envelope
	objects  []object
	arrays   []array
}

// keptViews is how many objects, and how many arrays, an expression reads without
// an allocation. Views are referred to by pointers, so that the memory is never
// moved.
const keptViews = 8

var evaluations = sync.Pool{New: func() any {
	e := &evaluation{objects: make([]object, 0, keptViews), arrays: make([]array, 0, keptViews)}
	e.session.e, e.conn.e, e.envelope.e = e, e, e
	return e
}}

func begin(f *guard.Facts, root *shape) *evaluation {
	e := evaluations.Get().(*evaluation)
	e.facts, e.root = f, root
	return e
}

// end gives the memory back. Nothing that the evaluation gave away is used any
// more.
func (e *evaluation) end() {
	e.facts, e.root = nil, nil
	clear(e.objects)
	clear(e.arrays)
	e.objects, e.arrays = e.objects[:0], e.arrays[:0]
	evaluations.Put(e)
}

func (e *evaluation) object(v jsonscan.Value, s *shape) *object {
	if len(e.objects) == cap(e.objects) {
		return &object{e, v, s}
	}
	e.objects = append(e.objects, object{e, v, s})
	return &e.objects[len(e.objects)-1]
}

func (e *evaluation) array(v jsonscan.Value, s *shape) *array {
	if len(e.arrays) == cap(e.arrays) {
		return &array{e, v, s}
	}
	e.arrays = append(e.arrays, array{e, v, s})
	return &e.arrays[len(e.arrays)-1]
}

// ResolveName implements cel.Activation.
func (e *evaluation) ResolveName(name string) (any, bool) {
	switch name {
	case varMessage:
		if !e.facts.Message.Exists() {
			return fail(errNoJSON), true
		}
		return e.value(e.facts.Message, e.root), true
	case varSession:
		return &e.session, true
	case varConn:
		return &e.conn, true
	case varEnvelope:
		return &e.envelope, true
	}
	return nil, false
}

// Parent implements cel.Activation.
func (e *evaluation) Parent() cel.Activation { return nil }

// The variables.
const (
	varMessage  = "message"
	varSession  = "session"
	varConn     = "conn"
	varEnvelope = "envelope"
)

// claims converts what verifiers keep in claims.
type claims struct{ types.Adapter }

var adapter types.Adapter = claims{types.DefaultTypeAdapter}

// NativeToValue implements types.Adapter.
func (c claims) NativeToValue(v any) ref.Val {
	switch v := v.(type) {
	case ref.Val:
		return v
	case []any:
		return types.NewDynamicList(c, v)
	case map[string]any:
		return types.NewStringInterfaceMap(c, v)
	case json.Number:
		return fromNumber(v)
	}
	return c.Adapter.NativeToValue(v)
}

// fromNumber keeps an integer exact, for verifiers that do.
func fromNumber(n json.Number) ref.Val {
	if i, err := n.Int64(); err == nil {
		return types.Int(i)
	}
	f, err := n.Float64()
	if err != nil {
		return fail(errRange)
	}
	return types.Double(f)
}
