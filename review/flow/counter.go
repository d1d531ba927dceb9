package flow

import (
	"slices"
	"strconv"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// counted notes x += n and x -= n on what is kept for each client.
func (in *interp) counted(x *ir.Assign, old, v *value) {
	op := ""
	switch x.Op {
	case "+":
		op = "up"
	case "-":
		op = "down"
	default:
		return
	}
	if v.lit != nil && v.lit.kind != ir.Number {
		return
	}
	ix, ok := x.Target.(*ir.Index)
	if !ok {
		return
	}
	in.emit(&model.Event{Kind: model.Count, Op: op, Callee: in.text(ix.X)}, x)
}

// counting notes counts.set(client, n + 1) and its like, and what takes a
// client's entry away.
func (in *interp) counting(x, k, v *value, at ir.Node) {
	text := in.containerText(at)
	if text == "" {
		return
	}
	switch {
	case v.delta > 0:
		in.emit(&model.Event{Kind: model.Count, Op: "up", Callee: text}, at)
	case v.delta < 0:
		in.emit(&model.Event{Kind: model.Count, Op: "down", Callee: text}, at)
	case v == nothing && k != nil && len(x.objects) > 0:
		in.emit(&model.Event{Kind: model.Count, Op: "drop", Callee: text}, at)
	}
}

// containerText is the collection that an expression stores into, as written.
func (in *interp) containerText(at ir.Node) string {
	switch x := at.(type) {
	case *ir.Index:
		return in.text(x.X)
	case *ir.Call:
		if m, ok := x.Fn.(*ir.Member); ok {
			return in.text(m.X)
		}
		if len(x.Args) > 0 { // Go's delete(m, k)
			return in.text(x.Args[0].Value)
		}
	}
	return ""
}

// joined notes a connection that is put into a collection which data of a
// message chose: a room, a channel.
func (in *interp) joined(x, k, v *value, at ir.Node) {
	key, op := x.chosen, "own"
	if len(key) == 0 && k != nil && k.has(model.FromMessage) {
		key = k.flows
	}
	member := in.isConnection(v) || in.isConnection(k) || v.element
	for _, o := range v.objects { // channels[name] = new Set([ws])
		if o.list && o.elem != nil && in.isConnection(o.elem) {
			member = true
		}
	}
	if !member && k != nil && k.has(model.FromMessage) && in.keyedByConnection(at) {
		in.emit(&model.Event{Kind: model.Join, Callee: in.containerText(at)}, at, &value{flows: k.flows})
		return
	}
	if !member {
		// ws.rooms.add(msg.room): what the connection itself collects.
		op = ""
		if !v.has(model.FromMessage) || !collectsRooms(in.containerText(at)) || !in.onConnection(at) {
			return
		}
		key = v.flows
	}
	if len(key) == 0 || k != nil && in.isConnection(v) && !in.namesRooms(key, at) {
		return
	}
	in.emit(&model.Event{Kind: model.Join, Op: op, Callee: in.containerText(at)}, at, &value{flows: key})
}

// placed notes a connection that is said to be in a room: ws.room = msg.room, and
// client.topics = append(client.topics, m.Topic).
func (in *interp) placed(x *value, name string, v *value, at ir.Expr) {
	if v.has(model.FromMessage) && heldRooms.any(words(name)) && in.isConnection(x) {
		in.emit(&model.Event{Kind: model.Join, Callee: in.text(at)}, at, &value{flows: select1(v, model.FromMessage)})
	}
}

// heldRooms name the property of a connection that says where it is.
var heldRooms = setOf("room rooms channel channels topic topics feed feeds subscription subscriptions subs lobby")

// namesRooms reports whether names tell of rooms. A connection that is kept under
// a key is one of a room in rooms[name][id], and in sources[path] who provides
// something.
func (in *interp) namesRooms(key []*flow, at ir.Node) bool {
	if roomNames.any(words(in.containerText(at))) {
		return true
	}
	return slices.ContainsFunc(key, func(f *flow) bool { return roomNames.any(words(f.field)) })
}

var roomNames = setOf("room rooms channel channels topic topics group groups feed feeds subscription subscriptions subscriber subscribers subscribed listener listeners watcher watchers " +
	"member members participant participants audience lobby lobbies chat chats thread threads conversation conversations game games match matches stream streams")

// makesEntry notes an entry that a message may add to a collection by its name.
func (in *interp) makesEntry(k *value, at ir.Node) {
	if k.has(model.FromMessage) {
		in.emit(&model.Event{Kind: model.Make, Callee: in.containerText(at)}, at, k)
	}
}

// collectsRooms reports whether a name is that of what a connection listens to.
func collectsRooms(text string) bool {
	return setOf("rooms channels topics subscriptions subscribed subs groups channel feeds streams watching following listening joined").any(words(lastName(text)))
}

// onConnection reports whether what is stored into belongs to a connection.
func (in *interp) onConnection(at ir.Node) bool {
	c, ok := at.(*ir.Call)
	if !ok {
		return false
	}
	m, ok := c.Fn.(*ir.Member)
	if !ok {
		return false
	}
	owner, ok := m.X.(*ir.Member)
	if !ok {
		return false
	}
	v := in.eval(owner.X)
	return in.isConnection(v) || v.kind != nil && v.kind.Is == "client"
}

// literalInt is the integer that a value is known to be.
func literalInt(v *value) (int64, bool) {
	if v.lit == nil || v.lit.kind != ir.Number {
		return 0, false
	}
	n, err := strconv.ParseInt(cleanNumber(v.lit.text), 0, 64)
	if err != nil {
		f, err := strconv.ParseFloat(cleanNumber(v.lit.text), 64)
		if err != nil {
			return 0, false
		}
		return int64(f), true
	}
	return n, true
}

func cleanNumber(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != '_' && s[i] != 'n' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// arithmetic computes with known integers: 64 * 1024, 1 << 20.
func arithmetic(op string, a, b *value) *literal {
	x, okx := literalInt(a)
	y, oky := literalInt(b)
	if !okx || !oky {
		return nil
	}
	var n int64
	switch op {
	case "+":
		n = x + y
	case "-":
		n = x - y
	case "*":
		n = x * y
	case "**":
		n = 1
		for range min(y, 62) {
			n *= x
		}
	case "<<":
		if y < 0 || y > 62 {
			return nil
		}
		n = x << y
	case "/", "//":
		if y == 0 {
			return nil
		}
		n = x / y
	default:
		return nil
	}
	return &literal{ir.Number, strconv.FormatInt(n, 10)}
}

// compareLiterals compares what is known in full.
func compareLiterals(op string, a, b *value) *literal {
	if a.lit == nil || b.lit == nil {
		return nil
	}
	var t bool
	switch op {
	case "==", "is":
		t = a.lit.text == b.lit.text
	case "!=", "is not":
		t = a.lit.text != b.lit.text
	default:
		return nil
	}
	return &literal{ir.Bool, strconv.FormatBool(t)}
}

// literalText is a value for people.
func (in *interp) literalText(v *value) string {
	if s, ok := v.str(); ok {
		return s
	}
	if v.lit != nil {
		return "none"
	}
	return "a value that isn't in view"
}

// keyedByConnection reports whether what is stored into is what a table keeps
// of a connection, channels[ws][name] = true, or what a connection keeps itself:
// client.feeds[name] = true.
func (in *interp) keyedByConnection(at ir.Node) bool {
	outer, ok := at.(*ir.Index)
	if !ok {
		return false
	}
	if m, ok := outer.X.(*ir.Member); ok {
		return collectsRooms(m.Name) && in.isConnection(in.eval(m.X))
	}
	inner, ok := outer.X.(*ir.Index)
	return ok && inner.Key != nil && in.isConnection(in.eval(inner.Key))
}
