package celpolicy

import (
	"reflect"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/wswarden/wswarden/guard"
)

// The names of the CEL types of the variables that are not JSON.
const (
	typeSession = "Session"
	typeConn    = "Conn"
)

var (
	sessionType = types.NewObjectType(typeSession)
	connType    = types.NewObjectType(typeConn)
)

// attribute is a field of such a variable.
type attribute struct {
	typ *types.Type
	// get returns the field, nil if it is not set.
	get func(*guard.Facts) any
}

// attributes are the fields, by the name of the type.
var attributes = map[string]map[string]attribute{
	typeSession: {
		"user":          {types.StringType, func(f *guard.Facts) any { return f.Session.User }},
		"name":          {types.StringType, func(f *guard.Facts) any { return f.Session.Name }},
		"roles":         {types.NewListType(types.StringType), func(f *guard.Facts) any { return f.Session.Roles }},
		"session":       {types.StringType, func(f *guard.Facts) any { return f.Session.Session }},
		"claims":        {types.NewMapType(types.StringType, types.DynType), func(f *guard.Facts) any { return f.Session.Claims }},
		"authenticated": {types.TimestampType, func(f *guard.Facts) any { return moment(f.Session.Authenticated) }},
		"expires":       {types.TimestampType, func(f *guard.Facts) any { return moment(f.Session.Expires) }},
		"anonymous":     {types.BoolType, func(f *guard.Facts) any { return f.Session.Anonymous() }},
	},
	typeConn: {
		"id":     {types.StringType, func(f *guard.Facts) any { return f.Conn.ID }},
		"ip":     {types.StringType, func(f *guard.Facts) any { return f.Conn.Client }},
		"origin": {types.StringType, func(f *guard.Facts) any { return f.Conn.Origin }},
		"route":  {types.StringType, func(f *guard.Facts) any { return f.Conn.Route }},
		"opened": {types.TimestampType, func(f *guard.Facts) any { return moment(f.Conn.Opened) }},
	},
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return types.Timestamp{Time: t}
}

// session is the variable of that name, and the value that stands for it as a
// whole, which has no use but to be passed on.
type session struct{ opaque }

// connection is the variable conn.
type connection struct{ opaque }

// opaque is a value whose fields alone can be read.
type opaque struct{ e *evaluation }

// Equal implements ref.Val.
func (opaque) Equal(ref.Val) ref.Val { return fail(errType) }

// Value implements ref.Val.
func (o opaque) Value() any { return o.e }

// ConvertToNative implements ref.Val.
func (opaque) ConvertToNative(t reflect.Type) (any, error) { return nil, errNative(t) }

// ConvertToType implements ref.Val.
func (opaque) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("it can't be converted to %s", t.TypeName())
}

// Type implements ref.Val.
func (*session) Type() ref.Type { return sessionType }

// Type implements ref.Val.
func (*connection) Type() ref.Type { return connType }

// envelope is the variable of that name: what the dialect says of the message
// beside its payload. Its member "type" is the type of the message, unless the
// dialect has one of its own.
type envelope struct{ opaque }

var _ traits.Mapper = (*envelope)(nil)

func (v *envelope) lookup(name string) ([]byte, bool) {
	f := v.e.facts
	if text, ok := f.Envelope.Get(name); ok || name != "type" {
		return text, ok
	}
	return f.Type, true
}

// FindStringKey spares the interpreter a conversion of the name.
func (v *envelope) FindStringKey(name string) (any, bool) {
	text, ok := v.lookup(name)
	return types.String(text), ok
}

// Find implements traits.Mapper.
func (v *envelope) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return fail(errType), false
	}
	if text, ok := v.lookup(string(name)); ok {
		return types.String(text), true
	}
	return nil, false
}

// Get implements traits.Indexer.
func (v *envelope) Get(key ref.Val) ref.Val {
	if text, _ := v.Find(key); text != nil {
		return text
	}
	return fail(errMissing)
}

// Contains implements traits.Container.
func (v *envelope) Contains(key ref.Val) ref.Val {
	text, ok := v.Find(key)
	if !ok && text != nil {
		return text
	}
	return types.Bool(ok)
}

func (v *envelope) names() []ref.Val {
	names := []ref.Val{}
	if _, own := v.e.facts.Envelope.Get("type"); !own {
		names = append(names, types.String("type"))
	}
	for _, f := range v.e.facts.Envelope {
		names = append(names, types.String(f.Name))
	}
	return names
}

// Size implements traits.Sizer.
func (v *envelope) Size() ref.Val { return types.Int(len(v.names())) }

// Iterator implements traits.Iterable.
func (v *envelope) Iterator() traits.Iterator { return &iterator{rest: v.names()} }

// Type implements ref.Val.
func (*envelope) Type() ref.Type { return types.MapType }

// Value implements ref.Val: the envelope stands for itself.
func (v *envelope) Value() any { return v }
