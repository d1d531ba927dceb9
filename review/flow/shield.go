package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/ir"
)

// Middleware in front of whole routers. Where it is attached, and which handlers
// lie behind it, is often settled by code that can't be followed (groups, tables
// of routes); that there is some is enough to doubt that nobody asks who a
// client is.

// shielded are the frameworks whose handshakes pass through the middleware of
// the HTTP router, by language; nil means all of it.
var shielded = map[ir.Lang][]string{
	ir.Go:         nil,
	ir.JavaScript: {"express-ws", "fastify-websocket", "hono", "elysia", "koa", "feathers", "nestjs", "uwebsockets"},
	ir.Python:     {"aiohttp", "sanic", "fastapi", "starlette", "litestar", "quart", "flask-sock", "robyn", "channels"},
}

// finishShields names, for endpoints, middleware of a telling name that may
// authenticate.
func (in *interp) finishShields() {
	names := map[ir.Lang]string{}
	for _, f := range in.prog.files {
		if names[f.Lang] == "" && !f.Client {
			names[f.Lang] = shieldIn(f)
		}
	}
	for _, ep := range in.prog.endpointList {
		name := names[ep.file.Lang]
		if name == "" || ep.HiddenAuth != "" || ep.Role == report.Client {
			continue
		}
		if list := shielded[ep.file.Lang]; list == nil || slices.Contains(list, ep.Framework) {
			ep.HiddenAuth = name
		}
	}
}

// shieldIn is the name of middleware that authenticates in a file, or empty.
func shieldIn(f *ir.File) string {
	found := ""
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		if c, ok := n.(*ir.Call); ok && found == "" {
			found = shieldOf(f, c)
		}
		return found == ""
	})
	return found
}

func shieldOf(f *ir.File, c *ir.Call) string {
	switch name := lastName(f.Text(c.Fn.At())); {
	case setOf("Use use With Pre addHook").any([]string{name}):
		for i := range c.Args {
			if s := shieldName(f.Text(c.Args[i].Value.At())); s != "" {
				return s
			}
		}
	case f.Lang == ir.Python:
		// JWTAuthMiddleware(URLRouter(…)). Channels' own lets the anonymous pass.
		if strings.HasSuffix(name, "Middleware") && len(c.Args) > 0 && name != "AuthenticationMiddleware" && shieldName(name) != "" {
			return name
		}
		for i := range c.Args {
			if a := &c.Args[i]; a.Name == "dependencies" || a.Name == "middlewares" || a.Name == "guards" {
				if s := shieldName(f.Text(a.Value.At())); s != "" {
					return s
				}
			}
		}
	case f.Lang == ir.Go && registers[name]:
		// mux.Handle("/ws", requireAuth(serve)), r.GET("/ws", auth, serve)
		for i := 1; i < len(c.Args); i++ {
			x, ok := c.Args[i].Value.(*ir.Call)
			switch {
			case ok:
				if s := shieldName(f.Text(x.Fn.At())); s != "" {
					return s
				}
			case i < len(c.Args)-1:
				if s := shieldName(f.Text(c.Args[i].Value.At())); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

var registers = setOf("Handle HandleFunc GET Get Any POST Post Method Route Path Group Handler")

// shieldName is the part of an argument's text that says that it authenticates.
func shieldName(text string) string {
	if len(text) > 300 {
		return ""
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("()[]{}, \n\t", r) }) {
		list := words(part)
		switch {
		case setOf("cors csrf logger log recover").any(list):
		case setOf("auth authn authenticate authenticated authentication authenticator authorize authorized authorization jwt protected bearer authrequired requireauth basicauth").any(list),
			setOf("login token session user apikey signed").any(list) && setOf("require required requires check verify validate ensure must protect need").any(list):
			return lastName(part)
		}
	}
	return ""
}
