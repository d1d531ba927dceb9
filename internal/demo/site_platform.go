package demo

import "net/http"

// sameSites are the ways in which a platform may hand out its session cookie. Without
// SameSite, browsers decide; None needs Secure, which they accept on loopback.
var sameSites = map[string]func(c *http.Cookie){
	"lax":    func(c *http.Cookie) { c.SameSite = http.SameSiteLaxMode },
	"strict": func(c *http.Cookie) { c.SameSite = http.SameSiteStrictMode },
	"none":   func(c *http.Cookie) { c.SameSite, c.Secure = http.SameSiteNoneMode, true },
	"unset":  func(c *http.Cookie) { c.SameSite = http.SameSiteDefaultMode },
}

// platformHandler is a platform with the pages of the demo: what the victim has
// open, and what mallory types into his own.
func (s *Site) platformHandler(platform http.Handler, origin string) http.Handler {
	m := s.addresses
	framed := "frame-ancestors " + m.pageOrigin()
	connect := "connect-src 'self' " + m.unguardedSocket() + " " + m.guardedSocket() + " " + m.ticket()
	mux := http.NewServeMux()
	// The victim's page is that of the guide: it makes markup of what others wrote, and
	// no policy keeps a script in it from running. It may talk to nobody else, though.
	mux.Handle("GET /pane.html", document("pane.html", policy("script-src 'self' 'unsafe-inline'", connect, framed)))
	mux.Handle("GET /insider.html", document("insider.html", policy(append(trusted, connect, framed)...)))
	mux.Handle("GET /assets/", assets())
	mux.HandleFunc("GET /site.json", s.serveMap)
	mux.Handle("POST /login", shapeCookie(platform))
	mux.Handle("/", platform)
	return hosted(mux, origin)
}

// shapeCookie hands the session cookie of a sign-in out with the SameSite that
// ?samesite= names, and as the platform does where it names none.
func shapeCookie(platform http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("samesite")
		shape, known := sameSites[name]
		switch {
		case name == "":
			platform.ServeHTTP(w, r)
		case !known:
			http.Error(w, "samesite is lax, strict, none or unset.", http.StatusBadRequest)
		default:
			platform.ServeHTTP(&cookieShaper{ResponseWriter: w, shape: shape}, r)
		}
	})
}

// cookieShaper changes the cookies of an answer before they leave.
type cookieShaper struct {
	http.ResponseWriter
	shape func(*http.Cookie)
}

// WriteHeader implements [http.ResponseWriter].
func (s *cookieShaper) WriteHeader(status int) {
	cookies := (&http.Response{Header: s.Header()}).Cookies()
	s.Header().Del("Set-Cookie")
	for _, c := range cookies {
		s.shape(c)
		http.SetCookie(s.ResponseWriter, c)
	}
	s.ResponseWriter.WriteHeader(status)
}
