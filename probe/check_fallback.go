package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "fallback-transport",
		Summary:    "looks whether long-polling beside the WebSocket holds foreign pages to the same rules",
		Weaknesses: []*catalogue.Weakness{catalogue.OriginUnchecked},
		Cost:       Cost{Connections: 10, Messages: 4, Time: 10 * time.Second},
		Run:        runFallback,
	})
}

const fixFallback = "hold every transport to the same list of origins, or switch the others off"

// fallback is another way to the same messages.
type fallback struct {
	name   string
	target string
	method string
	is     func(Outcome) bool // the answer is one of this transport
}

// fallbacks are those of the libraries that have some, at the places that belong
// to the target's path.
func fallbacks(path string) []fallback {
	dir := strings.TrimSuffix(path, "/")
	parent := dir[:max(0, strings.LastIndexByte(dir, '/'))]
	body := func(start string) func(Outcome) bool {
		return func(o Outcome) bool { return o.Status == http.StatusOK && strings.HasPrefix(string(o.Body), start) }
	}
	eio := "/socket.io"
	if strings.Contains(path, "engine.io") || strings.Contains(path, "socket.io") {
		eio = dir
	}
	session := "/042/wswarden"
	sockjs := strings.TrimSuffix(dir, "/websocket")
	return []fallback{
		{"Socket.IO long-polling", eio + "/?EIO=4&transport=polling", http.MethodGet, body(`0{"sid"`)},
		{"SockJS xhr", sockjs + session + "/xhr", http.MethodPost, body("o\n")},
		{"SockJS xhr", parent + session + "/xhr", http.MethodPost, body("o\n")},
		{"long-polling", parent + "/poll", http.MethodGet, isMessage},
		{"Phoenix long-polling", parent + "/longpoll?vsn=2.0.0", http.MethodGet, func(o Outcome) bool {
			return strings.Contains(string(o.Body), `"token"`) && strings.Contains(string(o.Body), `"status"`)
		}},
	}
}

// isMessage reports whether an answer is a message of an application, in JSON.
func isMessage(o Outcome) bool {
	return o.Status == http.StatusOK && strings.Contains(o.Header.Get("Content-Type"), "json") && json.Valid(o.Body)
}

func runFallback(ctx context.Context, s *Session) error {
	w := catalogue.OriginUnchecked
	seen := 0
	for _, f := range fallbacks(s.Target.URL.Path) {
		own, err := s.poll(ctx, f, s.Target.Origin)
		if err != nil {
			return err
		}
		if !f.is(own) {
			continue
		}
		seen++
		o, err := s.poll(ctx, f, "https://"+s.Target.Foreign)
		if err != nil {
			return err
		}
		allowed := o.Header.Get("Access-Control-Allow-Origin")
		with := strings.EqualFold(o.Header.Get("Access-Control-Allow-Credentials"), "true")
		switch {
		case !f.is(o):
		case s.Facts().ForeignAccepted():
			s.NotJudged(w, "foreign pages are let in by %s and by the WebSocket itself: see check origin", f.name)
			return nil
		case allowed == "https://"+s.Target.Foreign || allowed == "*" && !with:
			severity, text := catalogue.High, "the page reads the answer, with the visitor's cookies"
			if !with {
				severity, text = catalogue.Medium, "the page reads the answer, without the visitor's cookies"
			}
			s.Weak(Finding{Weakness: w, Severity: severity, Evidence: o.Evidence, Anchor: f.name,
				Fix:     fixFallback,
				Message: fmt.Sprintf("The WebSocket refuses foreign pages, %s opens a session for https://%s, and Access-Control-Allow-Origin lets it in: %s.", f.name, s.Target.Foreign, text)})
			return nil
		default:
			s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Evidence: o.Evidence, Anchor: f.name, Fix: fixFallback,
				Message: fmt.Sprintf("The WebSocket refuses foreign pages, %s answers one from https://%s as it answers its own. Without Access-Control-Allow-Origin the page can't read the answer; what its requests do is done all the same.", f.name, s.Target.Foreign)})
			return nil
		}
	}
	if seen == 0 {
		s.Pass(w, "no other transport was found beside it")
		return nil
	}
	s.Pass(w, "the other transport holds foreign pages to the same rules")
	return nil
}

// poll asks for a transport as a page of the origin does.
func (s *Session) poll(ctx context.Context, f fallback, origin string) (Outcome, error) {
	r := s.plain().Without("Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol")
	r.Method, r.Target, r.Key = f.method, f.target, ""
	r = r.With("Origin", origin).With("Connection", "close")
	if f.method == http.MethodPost {
		r = r.Plus("Content-Length", "0")
	}
	if who := s.Target.Identity(); who != nil {
		for _, l := range who.Lines {
			r = r.With(l.Name, l.Value)
		}
	}
	return s.Fetch(ctx, r)
}
