package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// sinkCall is a call that hands data to an interpreter.
func (in *interp) sinkCall(e *frameworks.Effect, c *callSpec, self *value, data []*value) {
	switch {
	case e.Argv != "" && !in.shell(e, c):
		data = in.program(c, data)
	case e.Where > 0:
		// What is bound as a parameter is no part of the statement.
		if i := e.Where - 1; i < len(c.args) {
			bound := c.args[i].v
			data = slices.DeleteFunc(slices.Clone(data), func(v *value) bool { return v == bound && v != c.at(0) })
		}
	}
	if e.Sink == model.SQLSink && len(data) > 0 {
		in.sqlAct(c, data)
	}
	in.sink(e.Sink, data, c.x, in.text(c.x.Fn), self)
}

// sink notes what reaches an interpreter, where it is data from outside.
func (in *interp) sink(class string, data []*value, at ir.Node, callee string, self *value) {
	carries := false
	for _, v := range data {
		if len(in.deep(v).flows) > 0 {
			carries = true
		}
	}
	if !carries {
		return
	}
	if class == model.CodeSink && data[0].has(model.FromPush, model.FromPage) {
		class = model.ScriptSink
	}
	in.emit(&model.Event{Kind: model.Sink, Op: class, Callee: callee}, at, data...)
}

// shell reports whether a program is started through a shell.
func (in *interp) shell(e *frameworks.Effect, c *callSpec) bool {
	if e.Argv == "always" {
		return false
	}
	v := c.named(e.Argv)
	if v == nil {
		return false
	}
	truth, known := v.truth()
	return truth || !known
}

var shells = setOf("sh bash zsh dash ksh cmd cmd.exe powershell powershell.exe pwsh /bin/sh /bin/bash /usr/bin/env")

// program returns what of an argument vector is interpreted: the program
// itself, and what follows a shell's -c.
func (in *interp) program(c *callSpec, data []*value) []*value {
	var argv []*value
	for _, v := range data {
		flat := false
		for _, o := range v.objects {
			if o.list {
				argv = append(argv, in.orderedElements(o)...)
				flat = true
			}
		}
		if !flat {
			argv = append(argv, v)
		}
	}
	if len(argv) == 0 {
		return nil
	}
	if s, ok := argv[0].str(); ok {
		if shells[strings.ToLower(s)] {
			return argv[1:]
		}
		// Later arguments can still be flags of the program; that is another
		// weakness than a shell's.
		return nil
	}
	for _, v := range argv[1:] {
		if s, ok := v.str(); ok && (s == "-c" || s == "/c" || s == "-Command") {
			return argv
		}
	}
	return argv[:1]
}

// orderedElements are the elements of a list as far as they are told apart: a
// list that is written in place is evaluated again.
func (in *interp) orderedElements(o *object) []*value {
	if o.elem == nil {
		return nil
	}
	if len(o.items) > 0 {
		return o.items
	}
	return []*value{o.elem}
}

// sqlAct tells from a statement what it does.
func (in *interp) sqlAct(c *callSpec, data []*value) {
	text, ok := data[0].str()
	if !ok {
		text = strings.TrimLeft(in.file().Text(c.x.Args[0].Value.At()), "`\"'fFrRbB(")
	}
	word, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(text)), " ")
	act := ""
	switch strings.TrimSpace(word) {
	case "SELECT", "WITH":
		act = model.ReadAct
	case "INSERT", "UPDATE", "REPLACE", "MERGE":
		act = model.WriteAct
	case "DELETE", "TRUNCATE", "DROP":
		act = model.DeleteAct
	default:
		return
	}
	args := c.positional()
	// What a ping makes the program do is worth noting whatever is in it.
	if in.env.phase != model.Control && !slices.ContainsFunc(args, func(v *value) bool { return in.deep(v).has(model.FromMessage) }) {
		return
	}
	in.emit(&model.Event{Kind: model.Operation, Op: act, Callee: in.text(c.x.Fn)}, c.x, args...)
}

// actCall is an operation on stored things.
func (in *interp) actCall(e *frameworks.Effect, c *callSpec, data []*value) {
	args := c.positional()
	for _, a := range c.args {
		if a.name != "" {
			args = append(args, a.v)
		}
	}
	if e.Act == "sql" {
		if e.Sink == "" && len(c.args) > 0 {
			in.sqlAct(c, args)
		}
		return
	}
	in.emit(&model.Event{Kind: model.Operation, Op: e.Act, Callee: in.text(c.x.Fn), Receiver: in.exportValue(c.recv, nil)}, c.x, args...)
}

// deleted is delete x and del x.
func (in *interp) deleted(x *ir.Unary, v *value) {
	in.stripped(x.X)
	ix, ok := x.X.(*ir.Index)
	if !ok || ix.Key == nil {
		return
	}
	k := in.eval(ix.Key)
	if k.has(model.FromMessage) {
		in.emit(&model.Event{Kind: model.Operation, Op: model.DeleteAct + model.Own, Callee: in.text(ix.X)}, x, k)
	}
	in.emit(&model.Event{Kind: model.Count, Op: "drop", Callee: in.text(ix.X)}, x)
}

// cleaned is the result of a function by whose name it is made harmless as the
// name of a file.
func cleaned(name string, v *value) *value {
	if !cleansPaths(name) {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		f.closed = union(f.closed, []string{model.PathSink}, 16)
		return &f
	})
}
