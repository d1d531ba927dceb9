package demo

import "net/http"

// siteName is the name of the page that shows everything; the platforms and the
// attacker's page are hosts below it.
const siteName = "wswarden.localhost"

// foreignHost is a host of another site.
const foreignHost = "127.0.0.1"

// siteMap has the ports of a site.
type siteMap struct {
	page, unguarded, guarded, guard, attacker string
}

func (m siteMap) pageOrigin() string    { return "http://" + siteName + ":" + m.page }
func (m siteMap) unguardedPage() string { return "http://unguarded." + siteName + ":" + m.unguarded }
func (m siteMap) guardedPage() string   { return "http://guarded." + siteName + ":" + m.guarded }
func (m siteMap) attackerPage() string  { return "http://evil." + siteName + ":" + m.attacker }
func (m siteMap) foreignPage() string   { return "http://" + foreignHost + ":" + m.attacker }
func (m siteMap) unguardedSocket() string {
	return "ws://unguarded." + siteName + ":" + m.unguarded + "/ws"
}
func (m siteMap) guardedSocket() string { return "ws://guarded." + siteName + ":" + m.guard + "/ws" }
func (m siteMap) ticket() string        { return "http://guarded." + siteName + ":" + m.guard + "/ws/ticket" }

// siteJSON is what every page of the site has to know of the others.
type siteJSON struct {
	Page      string   `json:"page"`
	Unguarded sideJSON `json:"unguarded"`
	Guarded   sideJSON `json:"guarded"`
	// Attacker is the origin of the attacker's page that is the same site as the
	// platforms, Foreign the one that is not.
	Attacker string `json:"attacker"`
	Foreign  string `json:"foreign"`
}

type sideJSON struct {
	Page   string `json:"page"`
	Socket string `json:"socket"`
	Ticket string `json:"ticket,omitempty"` // where the guard gives tickets
}

// serveMap answers /site.json.
func (s *Site) serveMap(w http.ResponseWriter, _ *http.Request) {
	m := s.addresses
	sendJSON(w, siteJSON{
		Page:      m.pageOrigin(),
		Unguarded: sideJSON{Page: m.unguardedPage(), Socket: m.unguardedSocket()},
		Guarded:   sideJSON{Page: m.guardedPage(), Socket: m.guardedSocket(), Ticket: m.ticket()},
		Attacker:  m.attackerPage(),
		Foreign:   m.foreignPage(),
	})
}
