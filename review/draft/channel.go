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
		own = own || personal(hole)
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
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			x, ok := n.(ir.Expr)
			if !ok {
				return true
			}
			if m := formShape.FindStringSubmatch(shape(f, x)); m != nil {
				add(m[1], m[2], m[3], false)
				return false
			}
			return true
		})
	}
	slices.SortFunc(out, func(a, b channelForm) int { return strings.Compare(a.before+a.after, b.before+b.after) })
	const most = 12
	return out[:min(len(out), most)]
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
	if d.public == nil && len(d.channelForms()) > 0 {
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
	slices.Sort(out)
	return out
}

var channelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_:/.#-]{0,63}$`)

// anyCallee are names of functions that take any text.
var anyCallee = words("get set has delete add log info warn error debug print println printf sprintf errorf send push append write on once emit startswith endswith includes indexof split join replace require import fetch open query execute run getelementbyid queryselector setdefault pop error string number format write_message send_json json dumps stringify parse hasprefix hassuffix trimprefix trimsuffix cut contains")
