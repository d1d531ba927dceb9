package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// A channelForm is how the program puts the name of a channel together: a text
// around one value.
type channelForm struct {
	before, after string
	own           bool // the value is who somebody is: a channel of one user
}

// formShape is a shape with one hole.
var formShape = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*[:/.#|@-](?:[A-Za-z0-9_]+[:/.#|@-])*)\{([^{}]*)\}([:/.#|@-][A-Za-z0-9_]+)?$`)

// personWords are, besides the identities that rules know, words for whom a channel
// may belong to.
var personWords = words("user users userid uid username account accountid owner ownerid member player customer client person bidder bidderid seller buyer recipient me self")

// channelForms are the forms that names of channels have, as far as the program
// shows them: what it looks up listeners by, and what it hands to functions that
// speak to them.
func (d *drafter) channelForms() []channelForm {
	if d.forms == nil {
		d.forms = d.findForms()
	}
	return d.forms
}

func (d *drafter) findForms() []channelForm {
	out := []channelForm{}
	add := func(before, hole, after string, own bool) {
		own = own || personal(hole) || anyWord(before, personalChannels)
		for i := range out {
			if out[i].before == before && out[i].after == after {
				out[i].own = out[i].own || own
				return
			}
		}
		out = append(out, channelForm{before, after, own})
	}
	for _, ev := range d.Program.Events {
		if ev.Kind != model.Operation && ev.Kind != model.Broadcast && ev.Kind != model.Make && ev.Kind != model.Join {
			continue
		}
		if (ev.Kind == model.Operation || ev.Kind == model.Make) && !meetsChannel(ev.Callee) && !meetsChannel(ev.Receiver.Text) {
			continue // the id of a record may have a prefix, too
		}
		for i := range ev.Args {
			v := &ev.Args[i]
			if m := formShape.FindStringSubmatch(v.Shape); m != nil && v.Const == "" {
				add(m[1], m[2], m[3], slices.ContainsFunc(v.Flows, func(f *model.Flow) bool {
					return f.Label == model.FromMessage && f.Claims() || f.Label == model.FromIdentity
				}))
			}
		}
	}
	for _, f := range d.Files {
		if page(f) {
			continue
		}
		eachChannel(f, func(x ir.Expr) {
			if m := formShape.FindStringSubmatch(shape(f, x)); m != nil {
				add(m[1], m[2], m[3], false)
			}
		})
	}
	slices.SortFunc(out, func(a, b channelForm) int { return strings.Compare(a.before+a.after, b.before+b.after) })
	const most = 12
	return out[:min(len(out), most)]
}

var (
	// channelWords are words of what takes the name of a channel: functions,
	// collections and variables.
	channelWords = words("room rooms channel channels chan topic topics subscriber subscribers subscribe unsubscribe subscription subscriptions subs listener listeners publish publisher join joined leave broadcast group groups watcher watchers watch feed feeds stream streams audience audiences lobby hub fanout notify deliver relay announce cast tell multicast")
	// personalChannels begin the names of channels that are one person's.
	personalChannels = words("inbox dm direct user users private personal me my self mailbox notification notifications wallet account accounts own player member customer")
)

// meetsChannel reports whether something of this name takes the name of a channel.
func meetsChannel(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last == "to" || last == "in" || last == "To" || last == "In" || anyWord(name, channelWords)
}

// eachChannel visits the expressions of a file that stand where the name of a channel
// does: handed to what speaks to one, looked up among them, or kept as one. A text
// that is put together elsewhere may be anything: a salt, the id of a record.
func eachChannel(f *ir.File, visit func(ir.Expr)) {
	meets := func(x ir.Expr) bool {
		if x == nil {
			return false
		}
		switch x := x.(type) {
		case *ir.Lit, *ir.Template:
			return false
		case *ir.Member:
			return meetsChannel(f.Text(x.At()))
		}
		text := f.Text(x.At())
		return len(text) < 100 && meetsChannel(text)
	}
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Call:
			if meets(n.Fn) {
				for i := range n.Args {
					visit(n.Args[i].Value)
				}
			}
		case *ir.Index:
			if n.Key != nil && meets(n.X) {
				visit(n.Key)
			}
		case *ir.Assign:
			if n.Value != nil && meets(n.Target) {
				visit(n.Value)
			}
		case *ir.Binary:
			if n.Op == "==" || n.Op == "===" || n.Op == "!=" || n.Op == "!==" || n.Op == "in" {
				if meets(n.X) {
					visit(n.Y)
				}
				if meets(n.Y) {
					visit(n.X)
				}
			}
		}
		return true
	})
}

// personal reports whether a value of this name is who somebody is.
func personal(name string) bool {
	return model.ClaimsIdentity(name[strings.LastIndexByte(name, '.')+1:]) || personWords[strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", ""))]
}

// shape is a text that an expression puts together, with {name} for what isn't
// fixed; empty where it is no such text.
func shape(f *ir.File, x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Template:
		var out strings.Builder
		for _, p := range x.Parts {
			out.WriteString(piece(f, p))
		}
		return out.String()
	case *ir.Binary:
		if x.Op != "+" {
			return ""
		}
		return piece(f, x.X) + piece(f, x.Y)
	case *ir.Call:
		m, ok := x.Fn.(*ir.Member)
		if !ok || m.Name != "Sprintf" || len(x.Args) != 2 {
			return ""
		}
		l, ok := x.Args[0].Value.(*ir.Lit)
		if !ok || l.Kind != ir.String || strings.Count(l.Value, "%") != 1 {
			return ""
		}
		return verb.ReplaceAllString(l.Value, strings.ReplaceAll(hole(f, x.Args[1].Value), "$", "$$"))
	}
	return ""
}

var verb = regexp.MustCompile(`%[svdq]`)

func piece(f *ir.File, x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Lit:
		if x.Kind == ir.String {
			return x.Value
		}
	case *ir.Binary, *ir.Template:
		return shape(f, x)
	}
	return hole(f, x)
}

var lastIdentifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// hole stands for a value: the last name of the expression.
func hole(f *ir.File, x ir.Expr) string {
	list := lastIdentifier.FindAllString(f.Text(x.At()), -1)
	if len(list) == 0 {
		return "{}"
	}
	return "{" + list[len(list)-1] + "}"
}

// publicChannels are fixed names that stand where the program elsewhere puts the
// name of a channel together: publish("news") beside publish(`orders:${user}`).
func (d *drafter) publicChannels() []string {
	if d.public == nil {
		d.public = d.findPublic()
	}
	return d.public
}

func (d *drafter) findPublic() []string {
	speakers := map[string]bool{}
	each := func(visit func(f *ir.File, name string, x ir.Expr)) {
		for _, f := range d.Files {
			if page(f) {
				continue
			}
			ir.InspectStmts(f.Body, func(n ir.Node) bool {
				c, ok := n.(*ir.Call)
				if !ok || len(c.Args) == 0 {
					return true
				}
				name := ""
				switch fn := c.Fn.(type) {
				case *ir.Name:
					name = fn.Name
				case *ir.Member:
					name = fn.Name
				}
				if name != "" && !anyCallee[strings.ToLower(name)] {
					visit(f, name, c.Args[0].Value)
				}
				return true
			})
		}
	}
	each(func(f *ir.File, name string, x ir.Expr) {
		if formShape.MatchString(shape(f, x)) {
			speakers[name] = true
		}
	})
	out := []string{}
	each(func(f *ir.File, name string, x ir.Expr) {
		if l, ok := x.(*ir.Lit); ok && l.Kind == ir.String && speakers[name] && channelName.MatchString(l.Value) && !slices.Contains(out, l.Value) && len(out) < 20 {
			out = append(out, l.Value)
		}
	})
	take := func(name string) {
		if channelName.MatchString(name) && !slices.Contains(out, name) && len(out) < 20 {
			out = append(out, name)
		}
	}
	for _, f := range d.Files {
		if page(f) {
			continue
		}
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			if a, ok := n.(*ir.Assign); ok && a.Value != nil && a.Target != nil && anyWord(f.Text(a.Target.At()), channelLists) {
				listed(a.Value, take)
			}
			return true
		})
	}
	slices.Sort(out)
	return out
}

// channelLists are words of collections of names of channels.
var channelLists = words("rooms channels topics feeds streams lobbies")

// listed hands over the texts of a list, and the keys of a table.
func listed(x ir.Expr, take func(string)) {
	switch x := x.(type) {
	case *ir.List:
		for _, e := range x.Elems {
			switch e := e.(type) {
			case *ir.Lit:
				if e.Kind == ir.String {
					take(e.Value)
				}
			case *ir.List: // an entry: its key comes first
				if len(e.Elems) > 0 {
					if l, ok := e.Elems[0].(*ir.Lit); ok && l.Kind == ir.String {
						take(l.Value)
					}
				}
			}
		}
	case *ir.Object:
		if x.Type != nil && x.Type.Kind == ir.NamedType {
			return
		}
		for i := range x.Props {
			if name := propName(&x.Props[i]); name != "" {
				take(name)
			}
		}
	case *ir.Call: // new Set([...]), set([...])
		if n, ok := x.Fn.(*ir.Name); ok && len(x.Args) == 1 && (n.Name == "Set" || n.Name == "Map" || n.Name == "set" || n.Name == "frozenset" || n.Name == "dict") {
			listed(x.Args[0].Value, take)
		}
	}
}

var channelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_:/.#-]{0,63}$`)

// anyCallee are names of functions that take any text.
var anyCallee = words("get set has delete add log info warn error debug print println printf sprintf errorf send push append write on once emit startswith endswith includes indexof split join replace require import fetch open query execute run getelementbyid queryselector setdefault pop error string number format write_message send_json json dumps stringify parse hasprefix hassuffix trimprefix trimsuffix cut contains")
