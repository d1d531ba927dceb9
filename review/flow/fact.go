package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// fact makes a fact about an expression.
func (in *interp) fact(kind model.FactKind, at ir.Node) *model.Fact {
	return &model.Fact{Place: in.place(at.At()), Kind: kind, Text: in.text(at), Phase: in.env.phase}
}

// condition evaluates an expression whose truth decides, and adds what its
// truth checks.
func (in *interp) condition(x ir.Expr) *value {
	v := in.eval(x)
	return v.with(func(c *value) {
		for _, a := range in.truthiness(x, v) {
			c.atoms = unionFunc(c.atoms, []atom{a}, maxAtoms, sameAtom)
		}
	})
}

// truthiness is what the bare truth of a value checks: that it is there, that
// it is somebody.
func (in *interp) truthiness(x ir.Expr, v *value) []atom {
	switch x := x.(type) {
	case *ir.Unary, *ir.Binary, *ir.Logical, *ir.Lit, *ir.FuncLit:
		return nil
	case *ir.Await:
		return in.truthiness(x.X, v)
	case *ir.Assign:
		if x.Op == "" {
			return in.truthiness(x.Target, v)
		}
	}
	var out []atom
	add := func(kind model.FactKind, when bool, flows []*flow, typ string) {
		f := in.fact(kind, x)
		f.Type = typ
		for _, fl := range flows {
			f.Flows = append(f.Flows, fl.export())
		}
		out = append(out, atom{f, when})
	}
	_, isCall := x.(*ir.Call)
	name := conditionName(in.file().Text(x.At()))
	if id := v.flow(model.FromIdentity); id != nil {
		if roleWords.any(words(name)) {
			add(model.RoleFact, !negative(name), nil, "")
		}
		if sessionWords.any(words(name)) {
			add(model.SessionFact, !negative(name), nil, "")
		}
		add(model.IdentityFact, true, nil, "")
		if isCall && len(v.funcs) == 0 { // isMember(user, room)
			for _, kind := range factsOfName(name) {
				if kind == model.OwnerFact || kind == model.MemberFact {
					add(kind, !negative(name), nil, "")
					out[len(out)-1].fact.Guessed = true
				}
			}
		}
	}
	if v.has(model.FromOrigin) {
		add(model.OriginFact, true, nil, "presence")
	}
	if v.has(model.FromRecord) {
		add(model.TypeFact, true, select1(v, model.FromRecord), "present")
		for _, f := range select1(v, model.FromRecord) {
			if len(f.key) > 0 { // what finds an entry is the key of one
				add(model.TypeFact, true, f.key, "member")
			}
		}
	}
	if data := select1(v, model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie, model.FromPush); len(data) > 0 && !isCall {
		add(model.TypeFact, true, data, "present")
	}
	if (len(out) == 0 || v.isNothing()) && (!isCall || len(v.atoms) == 0) {
		for _, kind := range factsOfName(name) {
			if slices.ContainsFunc(v.atoms, func(a atom) bool { return a.fact.Kind == kind }) {
				continue
			}
			if kind == model.IdentityFact && in.isConnection(v) {
				continue // whether a connection is there says nothing of who it is
			}
			if v.has(model.FromMessage) && !isCall {
				continue // a field of the message proves nothing by its name
			}
			add(kind, !negative(name), nil, "")
			out[len(out)-1].fact.Guessed = true
		}
	}
	counted := func(a atom) bool { return a.fact.Kind == model.RateFact }
	if isCall && rateWords.any(words(name)) && !slices.ContainsFunc(v.atoms, counted) && !slices.ContainsFunc(out, counted) {
		// A limiter in view, whose arithmetic needn't be understood.
		add(model.RateFact, !negative(name), nil, "")
	}
	if len(out) == 0 && isCall && len(v.atoms) == 0 && len(v.funcs) == 0 {
		add(model.UnresolvedFact, true, nil, "")
	}
	return out
}

// conditionName is the part of an expression that names what is asked: the
// name of a called function, else the last names of the path.
func conditionName(text string) string {
	if i := strings.IndexByte(text, '('); i > 0 {
		head := text[:i]
		name := lastName(head)
		if len(words(name)) == 1 && strings.Contains(head, ".") {
			// limiter.check(...), user.can(...): the receiver says what
			rest := head[:len(head)-len(name)]
			return lastName(strings.TrimRight(rest, ".?")) + "." + name
		}
		return name
	}
	name := lastName(text)
	if len(words(name)) == 1 && strings.Contains(text, ".") {
		rest := strings.TrimSuffix(strings.TrimRight(text, ")]'\""), name)
		return lastName(strings.TrimRight(rest, ".?[('\"")) + "." + name
	}
	return name
}

func select1(v *value, labels ...model.Label) []*flow {
	var out []*flow
	for _, f := range v.flows {
		if slices.Contains(labels, f.label) {
			out = append(out, f)
		}
	}
	return out
}

// binary evaluates an operator.
func (in *interp) binary(x *ir.Binary) *value {
	switch x.Op {
	case "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "instanceof":
		a, b := in.eval(x.X), in.eval(x.Y)
		return in.compared(x.Op, x.Pos, a, b, x.X, x.Y)
	case "+":
		return in.plus(x)
	case "%":
		a := in.eval(x.X)
		b := in.eval(x.Y)
		if a.lit != nil && a.lit.kind == ir.String || a.form == "template" || a.form == "concat" { // Python's formatting
			place := in.place(x.Pos)
			format, _ := a.str()
			args, exprs := in.operands(b, x.Y)
			shape := in.formatted(firstNonEmpty(format, a.shape), args, exprs)
			return (&value{form: "template", shape: shape, flows: joinFlows(a.flows, in.deep(b).flows)}).mapFlows(func(f flow) *flow {
				f.whole = false
				return f.through(place, partOfText)
			})
		}
		return join(numeric(a), numeric(b))
	case "|", "&": // sets, and Python's dict union
		a, b := in.eval(x.X), in.eval(x.Y)
		return join(a, b).with(func(c *value) { c.lit = nil })
	case "/":
		a, b := in.eval(x.X), in.eval(x.Y)
		if a.kind != nil { // pathlib's division
			return join(a, b.data()).with(func(c *value) { c.form = "concat"; c.lit = nil })
		}
		return join(numeric(a), numeric(b))
	}
	a, b := in.eval(x.X), in.eval(x.Y)
	in.counts(x, a, b)
	out := join(numeric(a), numeric(b))
	return out.with(func(c *value) {
		c.stored = firstNonEmpty(a.stored, b.stored)
		c.lit = arithmetic(x.Op, a, b)
		if x.Op == "-" && b.lit != nil {
			c.delta = -1
		}
	})
}

func firstNonEmpty(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// plus is a sum or a text.
func (in *interp) plus(x *ir.Binary) *value {
	a, b := in.eval(x.X), in.eval(x.Y)
	if l := arithmetic("+", a, b); l != nil {
		return &value{lit: l, form: "literal"}
	}
	if isNumber(a) && isNumber(b) {
		return join(numeric(a), numeric(b))
	}
	if b.lit != nil && b.lit.kind == ir.Number && len(a.flows) == 0 {
		return &value{stored: firstNonEmpty(a.stored, in.text(x.X)), delta: 1}
	}
	if !isText(a) && (a.typ != nil || b.typ != nil || len(a.objects) > 0 || len(b.objects) > 0) {
		return join(a, b)
	}
	out := &value{form: "concat", bound: a.bound || b.bound, stored: firstNonEmpty(a.stored, b.stored)}
	sa, oka := a.str()
	sb, okb := b.str()
	if oka && okb && len(a.flows)+len(b.flows) == 0 {
		out.lit = &literal{ir.String, sa + sb}
	}
	if out.lit == nil {
		out.shape = cut(in.piece(a, x.X) + in.piece(b, x.Y))
		out.lead, out.led = a.leading(), true
		if !leads(in.piece(a, x.X)) {
			out.lead = joinFlows(out.lead, b.leading())
		}
		out.composed = firstPlace(a.composed, b.composed)
		in.composes(out, x.Pos)
	}
	out.flows = joinFlows(a.flows, b.flows)
	place := in.place(x.Pos)
	return out.mapFlows(func(f flow) *flow {
		f.whole = false
		return f.through(place, partOfText)
	})
}

// isText reports whether a value is known to be a text.
func isText(v *value) bool {
	return v.form == "concat" || v.form == "template" || v.lit != nil && v.lit.kind == ir.String
}

func isNumber(v *value) bool {
	if v.lit != nil {
		return v.lit.kind == ir.Number
	}
	if len(v.flows) == 0 {
		return false
	}
	for _, f := range v.flows {
		if f.typ != "number" && f.typ != "integer" {
			return false
		}
	}
	return true
}

// typeNames are the words of typeof, isinstance and the like, as Flow.Type has
// them.
var typeNames = map[string]string{
	"string": "string", "str": "string", "number": "number", "int": "integer", "float": "number", "boolean": "boolean", "bool": "boolean",
	"bigint": "integer", "Number": "number", "String": "string", "Boolean": "boolean", "uuid": "uuid", "UUID": "uuid",
}

// compared is the result of comparing a with b, as a condition.
func (in *interp) compared(op string, p ir.Pos, a, b *value, xa, xb ir.Expr) *value {
	if v, ok := in.comparedWithConstant(op, a, b, xa, xb); ok {
		return v
	}
	when := op != "!=" && op != "not in" && op != "is not"
	out := &value{}
	node := &ir.Unknown{Pos: p}
	add := func(kind model.FactKind, typ string, flows ...*flow) {
		f := in.fact(kind, node)
		f.Type = typ
		for _, fl := range flows {
			f.Flows = append(f.Flows, fl.export())
		}
		out.atoms = unionFunc(out.atoms, []atom{{f, when}}, maxAtoms, sameAtom)
	}
	ordered := op == "<" || op == "<=" || op == ">" || op == ">="
	ta, tb := in.file().Text(xa.At()), in.file().Text(xb.At())
	names := slices.Concat(words(ta), words(tb))
	msg := slices.Concat(select1(a, model.FromMessage), select1(b, model.FromMessage))
	identity := a.has(model.FromIdentity) || b.has(model.FromIdentity) || a.bound || b.bound

	switch {
	case a.has(model.FromOrigin) || b.has(model.FromOrigin):
		add(model.OriginFact, "")
		in.out.originTest(in, node)
	case a.form == "typeof" || b.form == "typeof":
		lit, _ := b.str()
		data := a.flows
		if b.form == "typeof" {
			lit, _ = a.str()
			data = b.flows
		}
		add(model.TypeFact, typeNames[lit], data...)
	case ordered && sizeWords.any(names) && (len(a.flows)+len(b.flows) > 0):
		add(model.SizeFact, "", msg...)
	case len(msg) > 0 && identity:
		add(model.OwnerFact, "", msg...)
	case (a.has(model.FromRecord) || b.has(model.FromRecord) || ownerWords.any(names)) && identity && !ordered:
		add(model.OwnerFact, "", slices.Concat(select1(a, model.FromRecord), select1(b, model.FromRecord))...)
	case (op == "in" || op == "not in") && b.kind != nil && b.kind.Is == "session" && a.lit != nil && identityName(a.lit.text):
		add(model.IdentityFact, "")
	case op == "in" || op == "not in":
		if data := select1(a, model.FromMessage, model.FromQuery, model.FromHeader, model.FromPush, model.FromRecord); len(data) > 0 && !b.has(model.FromMessage) {
			typ := in.elementType(b, tb)
			if in.keyed(b) && typ == someElement {
				typ = inheritedKey
			}
			add(model.AllowFact, typ, data...)
		} else if b.has(model.FromMessage) && len(a.flows) == 0 {
			add(model.TypeFact, "present", select1(b, model.FromMessage)...)
		}
	case len(msg) > 0 && ordered:
		add(model.TypeFact, "number", msg...)
	case len(msg) > 0 && (a.lit != nil || b.lit != nil || len(a.flows) == 0 || len(b.flows) == 0) && !ordered:
		if !identity {
			other, x := b, xb
			if !a.has(model.FromMessage) {
				other, x = a, xa
			}
			add(model.AllowFact, in.comparedType(other, x), msg...)
		}
	}
	if a.has(model.FromHost) || b.has(model.FromHost) {
		add(model.HostFact, "")
	}
	if a.has(model.FromAddress) || b.has(model.FromAddress) {
		add(model.AddressFact, "")
	}
	in.secretCompared(op, node, a, b, ta, tb)
	for _, v := range []*value{a, b} { // what the operands check themselves: limiter.count(x) > 10
		for _, t := range v.atoms {
			out.atoms = unionFunc(out.atoms, []atom{{t.fact, when}}, maxAtoms, sameAtom)
		}
	}
	in.namedComparison(op, node, a, b, ta, tb, identity, add)
	if !ordered && (in.asksElement(xa) || in.asksElement(xb)) {
		add(model.MemberFact, "", msg...)
	}
	if a.stored != "" && ordered || b.stored != "" && ordered {
		out.stored = firstNonEmpty(a.stored, b.stored)
	}
	out.lit = compareLiterals(op, a, b)
	return out
}

// namedComparison reads the names in a comparison: role === 'admin', Date.now()
// - last > 60000.
func (in *interp) namedComparison(op string, node ir.Node, a, b *value, ta, tb string, identity bool, add func(model.FactKind, string, ...*flow)) {
	names := slices.Concat(words(ta), words(tb))
	ordered := op == "<" || op == "<=" || op == ">" || op == ">="
	untainted := !a.has(model.FromMessage) && !b.has(model.FromMessage)
	switch {
	case roleWords.any(names) && untainted && !ordered:
		add(model.RoleFact, "")
	case identity && untainted && !ordered:
		add(model.IdentityFact, "")
	}
	if !untainted {
		return
	}
	if sessionWords.any(names) {
		add(model.SessionFact, "")
	}
	if ordered {
		clock := setOf("now time date since monotonic elapsed timestamp").any(names)
		switch {
		case backoffWords.any(names):
			add(model.BackoffFact, "")
		case lengthWords.any(names) && !rateWords.any(names) && !clock: // of a file, a text, a list
		case rateWords.any(names), clock && !sessionWords.any(names), setOf("count counter messages requests tokens max window").any(names) && !countWords.any(names):
			add(model.RateFact, "")
		}
		if (countWords.any(names) && !isZero(a) && !isZero(b)) || setOf("ip addr address peruser perip").any(names) {
			add(model.CountFact, "")
		}
		if roomWords.any(names) {
			add(model.CapacityFact, "")
		}
		if bufferWords.any(names) {
			add(model.BufferFact, "")
		}
	}
	if openWords.any(names) && !ordered {
		add(model.OpenFact, "")
	}
	if schemeWords.any(names) {
		add(model.SchemeFact, "", slices.Concat(a.flows, b.flows)...)
	}
	if hostWords.any(names) && (a.has(model.FromHeader) || b.has(model.FromHeader)) {
		add(model.HostFact, "")
	}
	if !identity && !ordered && userWords.any(names) && len(a.flows)+len(b.flows) == 0 && (a.lit == nil && b.lit == nil) {
		add(model.IdentityFact, "")
	}
}

// comparedWithConstant is a comparison that only asks for truth or presence:
// x == null, x === true, i !== -1, n > 0.
func (in *interp) comparedWithConstant(op string, a, b *value, xa, xb ir.Expr) (*value, bool) {
	if _, ok := xa.(*ir.Lit); ok {
		if _, both := xb.(*ir.Lit); !both {
			return in.comparedWithConstant(mirror(op), b, a, xb, xa)
		}
	}
	l, ok := xb.(*ir.Lit)
	if !ok {
		u, isUnary := xb.(*ir.Unary)
		if !isUnary || u.Op != "-" {
			return nil, false
		}
		if l, ok = u.X.(*ir.Lit); !ok || l.Kind != ir.Number || l.Value != "1" {
			return nil, false
		}
		l = &ir.Lit{Kind: ir.Number, Value: "-1"}
	}
	same := op == "==" || op == "is"
	differs := op == "!=" || op == "is not"
	asks := func(positive bool) (*value, bool) {
		v := in.conditionOf(xa, a)
		if len(v.atoms) == 0 {
			return nil, false
		}
		if positive {
			return &value{atoms: v.atoms, stored: v.stored}, true
		}
		return &value{atoms: flip(v.atoms), stored: v.stored}, true
	}
	switch {
	case l.Kind == ir.Null && (same || differs):
		return asks(differs)
	case l.Kind == ir.Bool && (same || differs):
		return asks((l.Value == "true") == same)
	case l.Kind == ir.Number && l.Value == "-1" && (same || differs || op == ">"):
		return asks(differs || op == ">")
	case l.Kind == ir.Number && l.Value == "0" && op == ">=" && len(a.atoms) > 0:
		return asks(true)
	case l.Kind == ir.Number && l.Value == "0" && (op == "<" || op == "==") && len(a.atoms) > 0 && a.lit == nil:
		return asks(false)
	case l.Kind == ir.Number && l.Value == "0" && (op == ">" || differs) && len(a.atoms) > 0 && a.lit == nil:
		return asks(true)
	case l.Kind == ir.String && l.Value == "" && (same || differs):
		return asks(differs)
	}
	return nil, false
}

// conditionOf is condition for a value that was evaluated already.
func (in *interp) conditionOf(x ir.Expr, v *value) *value {
	return v.with(func(c *value) {
		for _, a := range in.truthiness(x, v) {
			c.atoms = unionFunc(c.atoms, []atom{a}, maxAtoms, sameAtom)
		}
	})
}

func mirror(op string) string {
	switch op {
	case "<":
		return ">"
	case ">":
		return "<"
	case "<=":
		return ">="
	case ">=":
		return "<="
	}
	return op
}

// secretCompared notes a secret that is compared with plain equality.
func (in *interp) secretCompared(op string, node ir.Node, a, b *value, ta, tb string) {
	if op != "==" && op != "!=" {
		return
	}
	if a.lit != nil && a.lit.kind != ir.String || b.lit != nil && b.lit.kind != ir.String {
		return
	}
	na, nb := conditionName(ta), conditionName(tb)
	if !secretName(na) && !secretName(nb) {
		return
	}
	if setOf("type typeof length kind name id status").any(slices.Concat(words(lastName(ta)), words(lastName(tb)))) || a.form == "typeof" || b.form == "typeof" {
		return
	}
	outside := []model.Label{model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie}
	if !a.has(outside...) && !b.has(outside...) {
		return
	}
	other, given := a, b
	name := nb
	if a.has(outside...) {
		other, given, name = b, a, na
	}
	if other.lit != nil && (!secretName(lastName(name)) || strings.ContainsAny(other.lit.text, " \t")) {
		return // what a message says of a password, not the password
	}
	if other.has(outside...) || other.lit != nil && other.lit.text == "" {
		return
	}
	in.emit(&model.Event{Kind: model.Compare, Op: "plain", Callee: in.text(node)}, node, given, other)
}

// isZero reports whether a value is the number 0: who compares with it asks whether
// there is anything, and sets no bound.
func isZero(v *value) bool { return v.lit != nil && v.lit.kind == ir.Number && v.lit.text == "0" }
