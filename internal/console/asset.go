package console

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// assetsPath is below which the page finds its script and style.
const assetsPath = "/assets/"

// assets are built from dashboard/ by make web.
//
//go:embed assets
var assets embed.FS

// pagePolicy lets the page run its own script, and talk to its own address. No
// text becomes markup or code: Trusted Types are required, and no policy exists
// that makes them.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://HOST wss://HOST; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// wantsPage reports whether a browser asks, not a program.
func wantsPage(r *http.Request) bool {
	for accept := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		if kind, _, err := mime.ParseMediaType(accept); err == nil && kind == "text/html" {
			return true
		}
	}
	return false
}

// page serves the dashboard. It is the same for everybody and holds nothing of
// the guard: what it shows comes for a ticket.
func (c *Console) page(w http.ResponseWriter, r *http.Request) {
	// Not every browser takes 'self' to mean the socket as well. The Host was
	// compared with the list, so that it is a name and a port and nothing else.
	w.Header().Set("Content-Security-Policy", strings.ReplaceAll(pagePolicy, "HOST", r.Host))
	serveAsset(w, r, "index.html")
}

func (c *Console) asset(w http.ResponseWriter, r *http.Request) {
	serveAsset(w, r, path.Join("assets", r.PathValue("name")))
}

// kinds are what the build consists of. The tables of the machine do not matter.
var kinds = map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

// serveAsset answers with a file of the build.
func serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	data, err := fs.ReadFile(assets, path.Join("assets", name))
	kind, known := kinds[path.Ext(name)]
	if err != nil || !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Write(data)
}
