package flow

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// messagesOf are the types of messages that a condition asks for: one for
// msg.type === 'chat', several for msg.type in ('a', 'b') and for alternatives.
// It is nil for other conditions.
func (in *interp) messagesOf(x ir.Expr) []string {
	if l, ok := x.(*ir.Logical); ok && l.Op == "||" {
		a, b := in.messagesOf(l.X), in.messagesOf(l.Y)
		if len(a) == 0 || len(b) == 0 {
			return nil
		}
		return union(a, b, maxTypes)
	}
	b, ok := x.(*ir.Binary)
	if !ok {
		return nil
	}
	subject, values := b.X, []ir.Expr{b.Y}
	switch b.Op {
	case "==":
		if _, ok := b.X.(*ir.Lit); ok {
			subject, values = b.Y, []ir.Expr{b.X}
		}
	case "in":
		list, ok := b.Y.(*ir.List)
		if !ok {
			return nil
		}
		values = list.Elems
	default:
		return nil
	}
	for _, v := range values {
		if l, ok := v.(*ir.Lit); !ok || l.Kind != ir.String || l.Value == "" {
			return nil
		}
	}
	steps := in.steps
	v := in.eval(subject)
	in.steps = steps
	if !in.tellsApart(subject, v) {
		return nil
	}
	return in.named(values)
}

// tellsApart is namesMessage for a field that isn't asked within a type: what is
// told apart there, such as an action, makes no types of its own.
func (in *interp) tellsApart(x ir.Expr, v *value) bool {
	f := v.flow(model.FromMessage)
	if f != nil && f.field != "" && (in.env.message != "" || len(in.env.among) > 0) && in.env.by != "" && in.env.by != f.wireName() {
		return false
	}
	if !in.namesMessage(x, v) {
		return false
	}
	if f != nil && in.env.message == "" && len(in.env.among) == 0 {
		in.env.by = f.wireName()
	}
	return true
}

// negated is the condition that holds where x, a comparison for being different,
// doesn't; nil for others.
func negated(x ir.Expr) ir.Expr {
	b, ok := x.(*ir.Binary)
	if !ok || b.Op != "!=" && b.Op != "not in" {
		return nil
	}
	op := "=="
	if b.Op == "not in" {
		op = "in"
	}
	return &ir.Binary{Pos: b.Pos, Op: op, X: b.X, Y: b.Y}
}

// maxTypes bounds the types that one condition tells from the others.
const maxTypes = 512

// named are the types of messages that expressions name.
func (in *interp) named(values []ir.Expr) []string {
	var out []string
	untyped := false
	for _, x := range values {
		name, ok := in.eval(x).str()
		if ok && name == "" {
			untyped = true
		}
		if ok && name != "" && !slices.Contains(out, name) {
			if len(out) == maxTypes {
				in.unfinished()
				break
			}
			out = append(out, name)
			in.out.message(in.env.endpoint, name, in.place(x.At()))
		}
	}
	if untyped {
		in.out.untyped(in.env.endpoint, out, in.place(values[0].At()))
	}
	return out
}

// narrow says that the message is of one of the types.
func (in *interp) narrow(names []string) {
	switch len(names) {
	case 0:
	case 1:
		in.env.message, in.env.among = names[0], nil
	default:
		in.env.message, in.env.among = "", names
	}
}

// exclude says that the message is of none of the types: where it was one of
// several, it is one of the others.
func (in *interp) exclude(names []string) {
	if len(names) == 0 || in.env.message != "" {
		return
	}
	if len(in.env.among) == 0 {
		in.env.except = union(slices.Clip(in.env.except), names, maxTypes)
		return
	}
	var rest []string
	for _, name := range in.env.among {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	in.narrow(rest)
}

// types are the types of message whose branch is in force.
func (e *environment) types() []string {
	if e.message != "" {
		return []string{e.message}
	}
	return e.among
}

// fieldName is what a field is called on the wire: in Go by its tag.
func (in *interp) fieldName(v *value, name string) string {
	if in.file().Lang != ir.Go {
		return name
	}
	for _, o := range v.objects {
		if o.class != nil {
			for _, f := range o.class.class.Fields {
				if f.Name == name {
					return jsonName(f)
				}
			}
		}
	}
	if t := v.typ; t != nil {
		for _, f := range t.Fields {
			if f.Name == name {
				return jsonName(f)
			}
		}
	}
	return name
}

// jsonName is the name of a struct's field in JSON.
func jsonName(f *ir.Field) string {
	tag, _, _ := strings.Cut(reflect.StructTag(f.Tag).Get("json"), ",")
	if tag == "" || tag == "-" {
		return f.Name
	}
	return tag
}

// reads notes that a field of a message is taken out of it.
func (in *interp) reads(f *flow, at ir.Node) {
	if f.label == model.FromMessage && f.field != "" && !f.steps.composed() && (f.loose == 0 || segments(f.field) == 1) {
		in.noteRead(&model.Read{Place: in.place(at.At()), Messages: in.env.types(), Except: in.env.except, Field: f.wireName(), Type: f.typ, Called: in.env.calling})
	}
}

// composed reports whether data became part of a text on its way: what is read of
// that is no field of the message.
func (s *step) composed() bool {
	for ; s != nil; s = s.before {
		if s.text == partOfText {
			return true
		}
	}
	return false
}

// partOfText is what happens to data that a text is made of.
const partOfText = "becomes part of a text"

// noteRead keeps a read of a message. What is done with stored data when a
// connection ends, or by a clock, tells nothing of messages.
func (in *interp) noteRead(rd *model.Read) {
	switch in.env.phase {
	case model.Closing, model.Timer, model.Elsewhere:
	default:
		in.out.read(in.env.endpoint, rd)
	}
}

// pins notes what a check, or an operator, says of the types of fields.
func (in *interp) pins(f *model.Fact) {
	for _, d := range f.Flows {
		if d.Label != model.FromMessage {
			continue
		}
		name := cmp.Or(d.Wire, d.Field)
		if name != "" && f.Type != "" {
			in.noteRead(&model.Read{Place: f.Place, Messages: in.env.types(), Except: in.env.except, Field: name, Type: f.Type, Checked: true})
		}
		for _, path := range slices.Sorted(maps.Keys(f.Types)) {
			if path != "" && path != "*" {
				in.noteRead(&model.Read{Place: f.Place, Messages: in.env.types(), Except: in.env.except, Field: below(name, path), Type: f.Types[path], Declared: true})
			}
		}
	}
}

// counts notes that fields are used as numbers.
func (in *interp) counts(at ir.Node, operands ...*value) {
	for _, v := range operands {
		for _, f := range v.flows {
			if f.label == model.FromMessage && f.field != "" && f.typ == "" {
				in.noteRead(&model.Read{Place: in.place(at.At()), Messages: in.env.types(), Except: in.env.except, Field: f.wireName(), Type: "number", Checked: true})
			}
		}
	}
}

// declares notes the fields of a struct that a message is decoded into.
func (in *interp) declares(v, target *value, at ir.Node) {
	for _, f := range v.flows {
		if f.label != model.FromMessage {
			continue
		}
		if in.env.message != "" && in.unseenMembers(target) {
			in.noteRead(&model.Read{Place: in.place(at.At()), Messages: in.env.types(), Field: f.wireName(), Opaque: true})
		}
		for _, o := range target.objects {
			if o.class != nil {
				in.declaresClass(f.wireName(), o.class, at, 0)
			}
		}
		if t := target.typ; t != nil && t.Kind == ir.StructType {
			in.declaresFields(f.wireName(), t.Fields, target.typFile, at, 0)
		}
	}
}

// unseenMembers reports whether a value that data is decoded into has members that
// aren't in view: it is of a type outside the program, or of none that is known.
func (in *interp) unseenMembers(target *value) bool {
	for _, o := range target.objects {
		if o.class != nil && len(o.class.class.Fields)+len(o.class.bases) > 0 {
			return false
		}
	}
	return target.typ == nil || target.typ.Kind != ir.StructType
}

func (in *interp) declaresClass(path string, ref *classRef, at ir.Node, depth int) {
	for _, b := range ref.bases {
		if b.class != nil && b.class != ref && depth < schemaDepth {
			in.declaresClass(path, b.class, at, depth+1)
		}
	}
	in.declaresFields(path, ref.class.Fields, ref.file, at, depth)
}

func (in *interp) declaresFields(path string, fields []*ir.Field, file *ir.File, at ir.Node, depth int) {
	if depth > schemaDepth {
		return
	}
	for _, f := range fields {
		name := jsonName(f)
		if reflect.StructTag(f.Tag).Get("json") == "-" || file.Lang == ir.Go && f.Tag == "" && !unicode.IsUpper([]rune(f.Name)[0]) {
			continue
		}
		at := in.prog.place(file, f.Pos, "")
		in.noteRead(&model.Read{Place: at, Messages: in.env.types(), Except: in.env.except, Field: below(path, name), Type: declaredPin(f.Type), Declared: true})
		if v := in.typeValue(f.Type, file); len(v.objects) > 0 && v.objects[0].class != nil {
			in.declaresClass(below(path, name), v.objects[0].class, nil, depth+1)
		}
	}
}

// defaulted notes what the default of a field says of its type: m.tags || [].
func (in *interp) defaulted(v *value, x ir.Expr) {
	typ := ""
	switch x.(type) {
	case *ir.List:
		typ = "array"
	case *ir.Object:
		typ = "object"
	default: // a text or a number may stand for one that is parsed
		return
	}
	for _, f := range v.flows {
		if f.label == model.FromMessage && f.field != "" {
			in.noteRead(&model.Read{Place: in.place(x.At()), Messages: in.env.types(), Except: in.env.except, Field: f.wireName(), Type: typ, Checked: true})
		}
	}
}

// overrides marks a field of a message in whose place the program takes who the
// connection is: msg.userId ?? user, msg.get("sender", me.name).
func (in *interp) overrides(v, other *value, x ir.Expr) *value {
	if _, ok := x.(*ir.Lit); ok || !v.has(model.FromMessage) || other.has(model.FromMessage) {
		return v
	}
	if !other.has(model.FromIdentity) && !personWords.any(words(in.file().Text(x.At()))) {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		f.over = f.over || f.label == model.FromMessage && f.field != ""
		return &f
	})
}

// personWords name who a connection is.
var personWords = setOf("user users userid uid username account person member player device agent customer client principal identity subject sub claims me owner nick login author actor profile viewer participant operator driver patient student employee seller buyer")

// besideIdentity reports whether a value is one field of a message or who the
// connection is, depending on which there is: it is no text, and no object, made of
// both.
func besideIdentity(v *value) bool {
	switch v.form {
	case "concat", "template", "object", "list", "call":
		return false
	}
	own, field := false, ""
	for _, f := range v.flows {
		switch {
		case f.label == model.FromIdentity:
			own = true
		case f.label == model.FromRecord:
			own = own || slices.ContainsFunc(f.key, func(k *flow) bool {
				return k.label == model.FromCookie || k.label == model.FromHeader || k.label == model.FromQuery
			})
		case f.label == model.FromMessage && (f.field == "" || field != "" && f.field != field):
			return false
		case f.label == model.FromMessage:
			field = f.field
		}
	}
	return own && field != ""
}

// wireName is the path of a flow as the message has it.
func (f *flow) wireName() string {
	if f.wire != "" {
		return f.wire
	}
	return f.field
}

// read keeps a read. Of several at one place with the same types one is kept.
func (r *recorder) read(ep *endpoint, rd *model.Read) {
	if !r.record || ep == nil || ep.Role == report.Client {
		return
	}
	key := readKey{ep, rd.Place.Span, rd.Field, rd.Type, rd.Checked, strings.Join(rd.Messages, "\x00") + "\x00\x00" + strings.Join(rd.Except, "\x00")}
	if r.reads[key] || len(ep.Reads) >= maxReads {
		return
	}
	if r.reads == nil {
		r.reads = map[readKey]bool{}
	}
	r.reads[key] = true
	ep.Reads = append(ep.Reads, rd)
}

// maxReads bounds what is kept of an endpoint.
const maxReads = 20_000

type readKey struct {
	ep         *endpoint
	span       report.Span
	field, typ string
	checked    bool
	messages   string
}

// untyped notes that messages without a type are handled, as those of the types.
func (r *recorder) untyped(ep *endpoint, as []string, at model.Place) {
	if r.record && ep != nil && ep.Untyped == nil && ep.Role != report.Client {
		ep.Untyped = &model.Untyped{Place: at}
		if len(as) > 0 {
			ep.Untyped.As = as[0]
		}
	}
}

// typeField notes the field that tells the types of messages apart: the first
// that is asked.
func (r *recorder) typeField(ep *endpoint, name string) {
	if r.record && ep != nil && ep.TypeField == "" {
		ep.TypeField = name
	}
}

// namesMessage reports whether a value is what tells the types of messages
// apart: a field of a message with such a name.
func (in *interp) namesMessage(x ir.Expr, v *value) bool {
	f := v.flow(model.FromMessage, model.FromPush)
	if f == nil {
		return false
	}
	name := f.field
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	if name == "" || name == "[]" {
		name = lastName(in.file().Text(x.At()))
	}
	if typeFields[strings.ToLower(strings.ReplaceAll(name, "_", ""))] || f.field != "" && segments(f.field) == 1 && isSwitchName(name) {
		in.out.typeField(in.env.endpoint, f.wireName())
		return true
	}
	return false
}

var typeFields = setOf("type action event op cmd command kind method msgtype messagetype request name topic t opcode evt eventtype operation channeltype intent")

func isSwitchName(name string) bool {
	return setOf("type action event op cmd command kind method").any(words(name))
}
