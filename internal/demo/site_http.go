package demo

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// assetFiles are the built pages of demo/.
//
//go:embed assets
var assetFiles embed.FS

// assets are served on every origin of the site.
func assets() http.Handler {
	sub, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic(err) // the name is a constant
	}
	return http.FileServerFS(sub)
}

// document serves one page under a policy.
func document(name, policy string) http.Handler {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // the file is embedded
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Write(content)
	})
}

// policy joins the directives that all pages have with those of one.
func policy(directives ...string) string {
	return strings.Join(append([]string{"default-src 'none'", "style-src 'self'", "img-src 'self' data:", "base-uri 'none'", "form-action 'none'"}, directives...), "; ")
}

// trusted are the directives of a page on which no text ever becomes script.
var trusted = []string{"script-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'"}

// hosted answers requests for one of the origins alone: a page whose DNS name was
// pointed at loopback reads nothing (WS104), and no other origin writes (WS101).
func hosted(next http.Handler, origins ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		if !slices.Contains(origins, "http://"+r.Host) {
			http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
			return
		}
		if isWrite(r) && !slices.Equal(r.Header["Origin"], []string{"http://" + r.Host}) {
			http.Error(w, "Other origins may not do this.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

func sendJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
