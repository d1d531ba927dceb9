package draft

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// groups are the routers of a file that serve below a path, by the variable that
// holds each: r.Group("/api") of gin, echo, fiber and iris, PathPrefix of
// gorilla/mux, APIRouter(prefix=…) of FastAPI and Blueprint(url_prefix=…). Lines are
// taken in their order, so that a name means what it was given last.
type groups struct {
	prefix map[string]string
	below  []block // functions that a router is handed to for a path: r.Route("/api", func(r …) {
	depth  int
}

// A block is what stands between the braces of such a function.
type block struct {
	path  string
	depth int
}

var (
	groupMade    = regexp.MustCompile(`(\w+)\s*:?=\s*(\w+)\.(?:Group|PathPrefix|Party)\(\s*["` + "`" + `](/[A-Za-z0-9_./-]*)["` + "`" + `]`)
	routerMade   = regexp.MustCompile(`(\w+)\s*=\s*(?:\w+\.)*(?:APIRouter|Blueprint)\(.*\b(?:url_)?prefix\s*=\s*["'](/[A-Za-z0-9_./-]*)["']`)
	routeBlock   = regexp.MustCompile(`\.Route\(\s*["` + "`" + `](/[A-Za-z0-9_./-]*)["` + "`" + `]\s*,\s*func\(`)
	routedThere  = regexp.MustCompile("(\\w+)\\s*\\.\\s*\\w+\\(\\s*[\"'`](?:(?:GET|ANY) )?/")
	functionHead = regexp.MustCompile(`^(?:func|def|async def)\b`)
)

// take reads one line.
func (g *groups) take(line string) {
	if g.prefix == nil || functionHead.MatchString(line) && strings.HasPrefix(line, "func") {
		g.prefix = map[string]string{} // variables of another function
	}
	if m := groupMade.FindStringSubmatch(line); m != nil {
		g.prefix[m[1]] = strings.TrimSuffix(g.of(m[2])+m[3], "/")
	} else if m := routerMade.FindStringSubmatch(line); m != nil {
		g.prefix[m[1]] = strings.TrimSuffix(m[2], "/")
	}
	if m := routeBlock.FindStringSubmatch(line); m != nil {
		g.below = append(g.below, block{strings.TrimSuffix(m[1], "/"), g.depth})
	}
	g.depth += strings.Count(line, "{") - strings.Count(line, "}")
	for n := len(g.below); n > 0 && g.depth <= g.below[n-1].depth; n-- {
		g.below = g.below[:n-1]
	}
}

// of is the path below which a router serves.
func (g *groups) of(name string) string {
	if p := g.prefix[name]; p != "" {
		return p
	}
	out := ""
	for _, b := range g.below {
		out += b.path
	}
	return out
}

// above is the path that stands before the one which a line registers.
func (g *groups) above(line string) string {
	if m := routedThere.FindStringSubmatch(line); m != nil {
		return g.of(m[1])
	}
	return ""
}

// grouped is the path of an endpoint behind that of the group in which it is
// registered, at the endpoint's place or in a line or two of it.
func (p *places) grouped(e *model.Endpoint, text string) string {
	for line := max(e.Line-2, 1); line <= e.Line+2; line++ {
		at := fmt.Sprintf("%s:%d", e.Path, line)
		for _, h := range p.handlers {
			if h.at == at && h.path == text && h.above != "" {
				return h.above + text
			}
		}
	}
	if full := p.handled(e.Func); full != "" && text != "" && strings.HasSuffix(full, text) {
		return full // the endpoint stands in the handler, the path where that is registered
	}
	return text
}
