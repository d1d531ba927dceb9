package goserver

import (
	"encoding/json"
	"io"
	"io/fs"
	"mime"
	"net/http"

	"github.com/wswarden/wswarden/examples/trading"
)

// loginBytes bounds the body of POST /login.
const loginBytes = 4096

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	page := trading.Page()
	mux.Handle("GET /{$}", pageFile(page, "index.html", "text/html; charset=utf-8"))
	mux.Handle("GET /app.js", pageFile(page, "app.js", "text/javascript; charset=utf-8"))
	mux.Handle("GET /style.css", pageFile(page, "style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /whoami", s.whoami)
	mux.HandleFunc("GET /ws", s.socket)
	return mux
}

func pageFile(page fs.FS, name, contentType string) http.Handler {
	content, err := fs.ReadFile(page, name)
	if err != nil {
		panic(err) // the file is embedded
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-store")
		w.Write(content)
	})
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	// A form of a foreign page can't send this type, so it can't sign its
	// visitor in as somebody else.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "send application/json")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, loginBytes))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "request too large")
		return
	}
	var form struct {
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if json.Unmarshal(body, &form) != nil {
		refuse(w, http.StatusBadRequest, "send user and password")
		return
	}
	session := s.book.signIn(form.User, form.Password)
	if session == nil {
		refuse(w, http.StatusUnauthorized, "wrong user or password")
		return
	}
	setSessionCookie(w, session.cookie, 0)
	answer(w, http.StatusOK, map[string]string{"user": session.user, "token": s.book.issueToken(session)})
}

// whoami is what the guard asks as forward_auth.
func (s *Server) whoami(w http.ResponseWriter, r *http.Request) {
	who := s.book.fromRequest(r)
	if who == nil {
		refuse(w, http.StatusUnauthorized, "not signed in")
		return
	}
	answer(w, http.StatusOK, who)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if who := s.book.fromRequest(r); who != nil {
		s.book.signOut(who.Session)
	}
	setSessionCookie(w, "", -1)
	w.WriteHeader(http.StatusNoContent)
}

// setSessionCookie sets the cookie for the browser session; a negative maxAge
// removes it. SameSite=Lax keeps it from the sockets of foreign sites, but not
// from those of other ports and sibling hosts, which are the same site.
func setSessionCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func refuse(w http.ResponseWriter, status int, reason string) {
	answer(w, status, map[string]string{"error": reason})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
