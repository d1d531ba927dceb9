package demo

import "net/http"

// attackerHandler is the attacker's page, under the address that is the same site as
// the platforms and under the one that is not. Its policy lets it attack the two
// sockets, and nothing else in the world.
func (s *Site) attackerHandler() http.Handler {
	m := s.addresses
	connect := "connect-src 'self' " + m.unguardedSocket() + " " + m.guardedSocket()
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", document("attacker.html", policy(append(trusted, connect, "frame-ancestors "+m.pageOrigin())...)))
	mux.Handle("GET /assets/", assets())
	mux.HandleFunc("GET /site.json", s.serveMap)
	return hosted(mux, m.attackerPage(), m.foreignPage())
}
