package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// Credentials: where they are taken out of the handshake, how they are stored,
// made and judged.

// credentialCall notes what a call does with a credential.
func (in *interp) credentialCall(c *callSpec, out *value) {
	if !in.out.record {
		return
	}
	in.agedBy(c)
	in.extractedBy(c, out)
	in.kept(c)
	in.answeredProtocol(c)
	in.swallowedBy(c)
}

// extracted notes that a credential is taken out of the handshake's address: a
// field of its query that has the name of one.
func (in *interp) extracted(name string, before, after *value, at ir.Node) {
	if !in.out.record || at == nil || in.env.calling || !model.Credential(name) {
		return
	}
	taken := func(v *value) bool {
		return slices.ContainsFunc(v.flows, func(f *flow) bool {
			return f.label == model.FromQuery && strings.EqualFold(lastField(f.field), name) && !inParameter(f.field)
		})
	}
	if !taken(after) || taken(before) {
		return
	}
	in.emit(&model.Event{Kind: model.Extract, Op: string(model.FromQuery), Callee: name}, at, after)
}

// inParameter reports whether a field is that of a parameter of the address, such as
// an address in it: what is there is somebody else's.
func inParameter(path string) bool {
	outer := strings.Split(strings.ToLower(strings.TrimSuffix(path, ".[]")), ".")
	return !setOf("query searchparams params args parameters url uri path search querystring query_string [] 0 1").all(outer[:len(outer)-1])
}

func lastField(path string) string {
	path = strings.TrimSuffix(path, ".[]")
	return path[strings.LastIndexByte(path, '.')+1:]
}

// extractedBy is extracted for query.get("token") and its kind.
func (in *interp) extractedBy(c *callSpec, out *value) {
	name, ok := c.at(0).str()
	if !ok || !readsField[c.name] || len(c.at(0).flows) > 0 {
		return
	}
	in.extracted(name, c.recv, out, c.x)
}

var readsField = setOf("get getAll getlist getall getone get_list Get GetQuery Query QueryParam DefaultQuery FormValue QueryArray Peek getQuery getParameter query get_argument get_query_argument pop param params")

// queryParameter is a parameter that the framework fills with the one of the
// query that has its name.
func (in *interp) queryParameter(p *ir.Param, v *value) *value {
	whole := func(f flow) bool { return f.label == model.FromQuery && f.field == "" }
	if !slices.ContainsFunc(v.flows, func(f *flow) bool { return whole(*f) }) || basicType(p.Type) == "" {
		return v
	}
	v = v.mapFlows(func(f flow) *flow {
		if whole(f) {
			return f.fieldOf(p.Name)
		}
		return &f
	})
	in.extracted(p.Name, nothing, v, &ir.Unknown{Pos: p.Pos})
	return v
}

// ticketName reports whether a name speaks of a credential for one use.
func ticketName(text string) bool { return setOf("ticket tickets otp onetime").any(words(text)) }

// kept notes what a store does with a credential for one use. Collections in
// memory are not meant: nothing comes between two calls on them.
func (in *interp) kept(c *callSpec) {
	if act := statementAct(c); act != "" {
		in.emitEvent(model.Keep, act, c, c.positional()...)
		return
	}
	act, ok := storeActs[c.name]
	if !ok || !c.method || len(c.args) == 0 || len(c.recv.objects) > 0 && c.recv.kind == nil || c.recv.typ != nil && c.recv.kind == nil {
		return
	}
	args := c.positional()
	key := 0
	if in.file().Lang == ir.Go && len(args) > 1 {
		key = 1 // behind the context
	}
	if !ticketName(in.file().Text(c.x.Args[key].Value.At())) && (!ticketName(in.act.name) || !storeName(in.receiverName(c))) {
		return
	}
	if fn, ok := c.x.Fn.(*ir.Member); !ok || noStore(fn, in) {
		return
	}
	if o := keywordObject(c); o != nil {
		args = append(args, &value{objects: []*object{o}})
	}
	in.emitEvent(model.Keep, act, c, args[key:]...)
}

// keywordObject holds the keyword arguments of a call as if they had come in an
// options object; nil where there are none.
func keywordObject(c *callSpec) *object {
	var o *object
	for _, a := range c.args {
		if a.name != "" {
			if o == nil {
				o = newObject(nil, c.x.Pos)
			}
			o.set(a.name, a.v)
		}
	}
	return o
}

// noStore reports whether the receiver is the parameters of an address, a
// header, a form.
func noStore(fn *ir.Member, in *interp) bool {
	return setOf("searchparams params query headers form url body json formdata args get cookies values").any([]string{strings.ToLower(lastName(in.file().Text(fn.X.At())))})
}

func storeName(name string) bool {
	return setOf("redis rdb store cache kv client db memcache memcached valkey pool conn tickets").any(words(name))
}

var storeActs = map[string]model.KeepAct{
	"get": model.KeepGet, "Get": model.KeepGet, "hget": model.KeepGet, "hgetall": model.KeepGet, "hGetAll": model.KeepGet, "exists": model.KeepGet,
	"getdel": model.KeepTake, "getDel": model.KeepTake, "GetDel": model.KeepTake, "GETDEL": model.KeepTake, "eval": model.KeepTake, "evalsha": model.KeepTake, "Eval": model.KeepTake,
	"findOneAndDelete": model.KeepTake, "find_one_and_delete": model.KeepTake, "FindOneAndDelete": model.KeepTake, "findOneAndUpdate": model.KeepTake, "find_one_and_update": model.KeepTake,
	"set": model.KeepSet, "Set": model.KeepSet, "setex": model.KeepSet, "setEx": model.KeepSet, "SetEx": model.KeepSet, "SetEX": model.KeepSet, "psetex": model.KeepSet, "put": model.KeepSet,
	"del": model.KeepDelete, "Del": model.KeepDelete, "delete": model.KeepDelete, "unlink": model.KeepDelete, "Delete": model.KeepDelete,
}

// statementAct is what an SQL statement does with a table of tickets.
func statementAct(c *callSpec) model.KeepAct {
	text, ok := c.at(0).str()
	if !ok || len(text) > 2000 || !ticketName(text) {
		return ""
	}
	head := strings.ToUpper(strings.TrimSpace(text))
	returning := strings.Contains(head, "RETURNING")
	switch {
	case strings.HasPrefix(head, "SELECT") && !strings.Contains(head, "FOR UPDATE"):
		return model.KeepGet
	case strings.HasPrefix(head, "DELETE") && returning, strings.HasPrefix(head, "UPDATE") && returning:
		return model.KeepTake
	case strings.HasPrefix(head, "DELETE"), strings.HasPrefix(head, "UPDATE"):
		return model.KeepDelete
	}
	return ""
}

// guessable are generators whose values can be computed from others.
var guessable = []string{"Math.random(", "uuid.uuid1(", "random.random(", "random.randint(", "random.choice(", "random.choices(", "random.getrandbits(", "rand.Intn(", "rand.Int63(", "rand.Int31n(", "rand.Int()", "rand.IntN(", "mt_rand("}

// minted notes a credential for one use that is made of values that can be
// guessed.
func (in *interp) minted(name string, x ir.Expr) {
	if !in.out.record || x == nil || !ticketName(name) {
		return
	}
	text := in.file().Text(x.At())
	for _, g := range guessable {
		if strings.Contains(text, g) && !strings.Contains(text, "secrets."+g) {
			in.emit(&model.Event{Kind: model.Mint, Callee: strings.TrimRight(g, "()")}, x)
			return
		}
	}
}

// swallowedBy is a check whose failure a handler of its promise turns into
// success: check(x).catch(() => true).
func (in *interp) swallowedBy(c *callSpec) {
	if c.name != "catch" || !c.method || len(c.x.Args) != 1 {
		return
	}
	lit, ok := c.x.Args[0].Value.(*ir.FuncLit)
	if !ok || !returnsTrue(lit.Func.Body) {
		return
	}
	if login := in.judgedWithin(c.x.Pos); login != nil {
		in.emit(&model.Event{Kind: model.Swallow, Callee: login.Callee}, c.x.Args[0].Value)
	}
}

// swallowed notes a try whose handler goes on as if the check in it had passed.
func (in *interp) swallowed(s *ir.Try) {
	if !in.out.record || len(s.Body) == 0 {
		return
	}
	login := in.judgedWithin(s.Pos)
	if login == nil {
		return
	}
	for i := range s.Catches {
		k := &s.Catches[i]
		if returnsTrue(k.Body) || in.env.timer && (len(k.Body) == 0 || onlyContinues(k.Body)) {
			in.emit(&model.Event{Kind: model.Swallow, Callee: login.Callee}, &ir.Unknown{Pos: k.Pos})
		}
	}
}

// judgedWithin is the check of a session or token that was seen within a place.
func (in *interp) judgedWithin(p ir.Pos) *model.Event {
	span := in.place(p)
	for _, ev := range in.out.events {
		if ev.Kind != model.Login || ev.Path != span.Path || ev.Op != model.CheckSession && ev.Op != model.VerifyToken && ev.Op != model.LoadSession {
			continue
		}
		if ev.Line >= span.Line && ev.Line <= span.EndLine {
			return ev
		}
	}
	return nil
}

// returnsTrue reports whether statements end with "valid".
func returnsTrue(body []ir.Stmt) bool {
	for _, s := range body {
		if r, ok := s.(*ir.Return); ok && r.X != nil && isTrue(r.X) {
			return true
		}
	}
	return false
}

func onlyContinues(body []ir.Stmt) bool {
	j, ok := body[0].(*ir.Jump)
	return len(body) == 1 && ok && j.Kind == ir.Continue
}

// failsOpen notes Go's form of it: if err != nil { return true }.
func (in *interp) failsOpen(s *ir.If) {
	b, ok := s.Cond.(*ir.Binary)
	if !in.out.record || !ok || b.Op != "!=" || in.file().Lang != ir.Go || lastName(in.file().Text(b.X.At())) != "err" {
		return
	}
	act := authCall(in.act.name)
	if act != model.CheckSession && act != model.VerifyToken {
		return
	}
	for _, t := range s.Then {
		r, ok := t.(*ir.Return)
		if !ok || r.X == nil {
			continue
		}
		x := r.X
		if l, ok := x.(*ir.List); ok && len(l.Elems) > 0 {
			x = l.Elems[0]
		}
		if isTrue(x) {
			in.emit(&model.Event{Kind: model.Swallow, Callee: lastName(in.act.name)}, s.Cond)
		}
	}
}
