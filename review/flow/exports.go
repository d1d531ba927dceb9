package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// frameworkExports runs the functions that a file hands to a framework by
// exporting them: export default {fetch(request) {…}}.
func (in *interp) frameworkExports(m *module) {
	for _, pack := range in.index().Packs {
		if len(pack.Exports) == 0 || !in.prog.imports(m.file, pack) && !mentions(m.file, pack) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(pack.Exports)) {
			first, rest, more := strings.Cut(name, ".")
			v := in.export(m, first)
			for at := (&ir.Unknown{}); more; {
				first, rest, more = strings.Cut(rest, ".")
				v = in.get(v, first, at)
			}
			for _, f := range v.funcs {
				in.runExport(pack, pack.Exports[name], f)
			}
		}
	}
}

func (in *interp) runExport(pack *frameworks.Pack, h *frameworks.Handler, f *closure) {
	head := headOf(f.fn)
	self := nothing
	if h.Endpoint {
		ep := in.newEndpoint(pack, head, report.Server)
		defer in.within(ep)()
		self = &value{endpoint: ep}
	}
	in.register(h, &value{funcs: []*closure{f}}, self, nil, &ir.Unknown{Pos: head}, "")
}

// mentions reports whether a file holds one of the words that tell of a
// framework without an import.
func mentions(f *ir.File, pack *frameworks.Pack) bool {
	return slices.ContainsFunc(pack.Words, func(word string) bool { return strings.Contains(string(f.Source), word) })
}
