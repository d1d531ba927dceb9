package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// sameSite is where cookies are kept from pages of other sites: the first place
// where a program of this language sets the attribute of that name, nil where one
// sets it to something else, or none sets it. Which cookie that is isn't known, nor
// whether others go without. The browsers' own default is no answer; not all have
// one.
func (p *Program) sameSite(lang ir.Lang) *model.Place {
	if at, ok := p.sites[lang]; ok {
		return at
	}
	var at *model.Place
	open := false
	for _, f := range p.files {
		if f.Lang != lang || f.Client {
			continue
		}
		note := func(name string, value ir.Node) {
			if !strings.EqualFold(strings.ReplaceAll(name, "_", ""), "samesite") || value == nil {
				return
			}
			if !keptFromSites(f.Text(value.At())) {
				open = true
			} else if at == nil {
				place := p.place(f, value.At(), "")
				at = &place
			}
		}
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Object:
				for i := range n.Props {
					note(n.Props[i].Name, n.Props[i].Value)
				}
			case *ir.Call:
				for i := range n.Args {
					note(n.Args[i].Name, n.Args[i].Value)
				}
			case *ir.Assign:
				if m, ok := n.Target.(*ir.Member); ok {
					note(m.Name, n.Value)
				}
			}
			return true
		})
	}
	if open {
		at = nil
	}
	if p.sites == nil {
		p.sites = map[ir.Lang]*model.Place{}
	}
	p.sites[lang] = at
	return at
}

// keptFromSites reports whether a value of the attribute, as written, is known to
// keep the cookie from other sites.
func keptFromSites(text string) bool {
	switch strings.ToLower(strings.Trim(lastName(text), `"'`+"`")) {
	case "strict", "lax", "true", "samesitestrictmode", "samesitelaxmode":
		return true
	}
	return false
}
