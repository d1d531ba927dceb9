package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// secretNames are the members that never reach a client. Where a message sends a
// name of them on purpose, it stays out of the list.
func (d *drafter) secretNames(r *route) yamltext.List {
	names := slices.DeleteFunc(d.secrets(), func(n string) bool {
		// What a message names is left to the rule of that message.
		return !model.SecretField(n) && slices.ContainsFunc(r.sayings, func(s saying) bool { return !s.page && slices.Contains(s.fields, n) })
	})
	if d.sendsRecords(r) || len(names) == 0 {
		names = append(names, commonSecrets...)
	}
	var out yamltext.List
	var seen []string
	for _, n := range names {
		lower := strings.ToLower(n)
		if slices.Contains(seen, lower) {
			continue
		}
		seen = append(seen, lower)
		out = append(out, n)
	}
	return out
}

// sendsRecords reports whether messages hold whole records.
func (d *drafter) sendsRecords(r *route) bool {
	if d.cite(r, "WS504") != "" {
		return true
	}
	if slices.ContainsFunc(r.sayings, func(s saying) bool { return s.open && !s.page }) {
		return true
	}
	for _, e := range r.all() {
		for _, ev := range e.Of(model.Send, model.Broadcast) {
			if slices.ContainsFunc(ev.Tainted(model.FromRecord), func(f *model.Flow) bool { return f.Whole || f.Field == "" }) {
				return true
			}
		}
	}
	return false
}

// server are the rules for what the program says: of types that it builds in full,
// the fields that it names. What else would be in one is taken out.
func (d *drafter) server(r *route) yamltext.Object {
	if r.dialect != "json" {
		return nil
	}
	byName := map[string][]string{}
	closed := map[string]bool{}
	at := map[string]lineOf{}
	var names []string
	for _, s := range r.sayings {
		if s.page || !usable(s.name) || typeWords[s.name] {
			continue
		}
		if _, ok := closed[s.name]; !ok {
			names, closed[s.name], at[s.name] = append(names, s.name), true, s.at
		}
		closed[s.name] = closed[s.name] && !s.open && !d.grows(s.at)
		for _, f := range s.fields {
			if f != "" && !slices.ContainsFunc(byName[s.name], func(g string) bool { return strings.EqualFold(f, g) }) {
				byName[s.name] = append(byName[s.name], f)
			}
		}
	}
	slices.Sort(names)
	out := yamltext.Object{}
	for _, n := range names[:min(len(names), maxTypes)] {
		if !closed[n] || len(byName[n]) == 0 {
			continue
		}
		properties := yamltext.Flow{}
		var left []string
		for _, f := range byName[n] {
			if secretName(f) {
				left = append(left, f)
				continue
			}
			properties = append(properties, yamltext.Member{Key: f, Value: yamltext.Flow{}})
		}
		note := place2(at[n])
		if len(left) > 0 {
			note = confirm("without "+strings.Join(left, ", ")+", which looks secret", note)
		}
		out = append(out, yamltext.Member{Key: n, Value: yamltext.Object{
			{Key: "schema", Value: yamltext.Flow{{Key: "type", Value: "object"}, {Key: "properties", Value: properties}}},
			{Key: "undeclared", Value: "drop"},
		}, Comment: note})
	}
	return out
}

var assigned = regexp.MustCompile(`([A-Za-z_$][A-Za-z0-9_$]*)\s*(?::[^=]*)?:?=\s*[^=]`)

// typeWords stand in fields named type of what is no message: options, schemas.
var typeWords = words("string number integer boolean object array null text file module date bool int float str json any function")

// grows reports whether the object that is written in a line is kept in a variable
// that gets members later.
func (d *drafter) grows(at lineOf) bool {
	i := slices.IndexFunc(d.Files, func(f *ir.File) bool { return f.Path == at.path })
	if i < 0 {
		return false
	}
	text := string(d.Files[i].Source)
	lines := strings.Split(text, "\n")
	if at.line < 1 || at.line > len(lines) {
		return false
	}
	m := assigned.FindStringSubmatch(lines[at.line-1])
	if m == nil {
		return false
	}
	name := regexp.QuoteMeta(m[1])
	later, err := regexp.Compile(`(?m)(?:^|[^A-Za-z0-9_$.])` + name + `(?:\.[A-Za-z_$][A-Za-z0-9_$]*|\[[^\]\n]*\])\s*=[^=]|Object\.assign\(\s*` + name + `\b|(?:^|[^A-Za-z0-9_$.])` + name + `\.update\(`)
	return err == nil && later.MatchString(text)
}
