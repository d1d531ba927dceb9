package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/explain"
)

// pageHandler is the page that shows everything. Under the address that is printed it
// is a small one that leads there, or says why it can't.
func (s *Site) pageHandler() http.Handler {
	m := s.addresses
	frames := "frame-src " + m.unguardedPage() + " " + m.guardedPage() + " " + m.attackerPage() + " " + m.foreignPage()
	strict := append(slices.Clone(trusted), "frame-ancestors 'none'")
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", document("index.html", policy(append(strict, "connect-src 'self'", frames)...)))
	mux.Handle("GET /weakness.html", document("weakness.html", policy(append(strict, "connect-src 'self'")...)))
	mux.Handle("GET /assets/", assets())
	mux.HandleFunc("GET /site.json", s.serveMap)
	mux.HandleFunc("GET /config.yaml", s.serveConfig)
	mux.HandleFunc("GET /setting.json", s.serveSetting)
	mux.HandleFunc("GET /weakness/{id}", serveWeakness)
	mux.HandleFunc("GET /events", s.serveEvents)
	mux.HandleFunc("GET /attacks.json", serveAttacks)
	mux.HandleFunc("POST /attacks", s.runAttacks)
	main := hosted(mux, m.pageOrigin())

	boot := http.NewServeMux()
	printed := []string{"http://localhost:" + m.page, "http://" + foreignHost + ":" + m.page}
	boot.Handle("GET /{$}", document("boot.html", policy(append(strict, "connect-src 'self' "+m.pageOrigin())...)))
	boot.Handle("GET /assets/", assets())
	boot.HandleFunc("GET /site.json", s.serveMap)
	mux.HandleFunc("GET /alive", func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(printed, r.Header.Get("Origin")) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	first := hosted(boot, printed...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		if slices.Contains(printed, "http://"+r.Host) {
			first.ServeHTTP(w, r)
			return
		}
		main.ServeHTTP(w, r)
	})
}

// serveConfig answers with the configuration that the guard runs with.
func (s *Site) serveConfig(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(s.config)
}

// serveSetting answers with the place of the setting behind a rule.
func (s *Site) serveSetting(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	sendJSON(w, settingOf(s.config, q.Get("rule"), q.Get("message")))
}

// serveWeakness answers with an entry of the catalogue.
func serveWeakness(w http.ResponseWriter, r *http.Request) {
	weakness, ok := catalogue.Lookup(r.PathValue("id"))
	if !ok {
		http.Error(w, "There is no such weakness.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	explain.JSON(w, weakness)
}

// serveAttacks lists the attacks that run in this process.
func serveAttacks(w http.ResponseWriter, _ *http.Request) {
	type attack struct {
		Name     string `json:"name"`
		Weakness string `json:"weakness"`
	}
	var all []attack
	for _, a := range Attacks {
		all = append(all, attack{a.Name, a.Weakness.ID})
	}
	sendJSON(w, all)
}

// runAttacks carries out attacks of the table in this process, those of one weakness
// or all, on a platform and a guard of their own, and answers a line of JSON a row.
func (s *Site) runAttacks(w http.ResponseWriter, r *http.Request) {
	chosen := Attacks
	if id := r.URL.Query().Get("weakness"); id != "" {
		chosen = slices.DeleteFunc(slices.Clone(Attacks), func(a Attack) bool { return a.Weakness.ID != id })
	}
	if len(chosen) == 0 {
		http.Error(w, "No attack of the table is about that weakness.", http.StatusNotFound)
		return
	}
	if !s.table.TryLock() {
		http.Error(w, "Attacks are running already. Wait for their end.", http.StatusConflict)
		return
	}
	defer s.table.Unlock()
	stage, err := NewStage()
	if err != nil {
		http.Error(w, "A platform and a guard could not be started.", http.StatusServiceUnavailable)
		return
	}
	defer stage.Close()
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, flush := json.NewEncoder(w), http.NewResponseController(w)
	ctx, gone := context.WithCancel(r.Context())
	defer gone()
	RunAttacks(ctx, stage, chosen, func(row Row) {
		if out.Encode(row) != nil || flush.Flush() != nil {
			gone()
		}
	})
}

// serveEvents sends the audit lines of the guard as they are written, the latest of
// those before first.
func (s *Site) serveEvents(w http.ResponseWriter, r *http.Request) {
	lines, leave, ok := s.feed.join()
	if !ok {
		http.Error(w, "Too many pages are open.", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	if flush.Flush() != nil { // the page knows then that it reads
		return
	}
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for {
		var err error
		select {
		case line, open := <-lines:
			if !open {
				return // too slow; the browser comes back
			}
			_, err = w.Write(append(append([]byte("data: "), line...), "\n\n"...))
		case <-alive.C:
			_, err = w.Write([]byte(": alive\n\n"))
		case <-r.Context().Done():
			return
		}
		if err != nil || flush.Flush() != nil {
			return
		}
	}
}
