// Command embed is a WebSocket server behind a guard in the same process:
// strict Origin, sign-in by the application's own cookie, limits and back-pressure.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// sessions stands for the application's own sign-in, by Cookie header.
type sessions map[string]guard.Identity

func (s sessions) Judges() []string { return []string{"Cookie"} }

func (s sessions) VerifyRequest(_ context.Context, h http.Header) (*guard.Identity, error) {
	if who, ok := s[h.Get("Cookie")]; ok {
		return &who, nil
	}
	return nil, guard.ErrCredentialRefused
}

// answer serves one message. The guard has judged who sent it and how much.
func answer(_ context.Context, s *guard.Session, m guard.Message) error {
	return s.Send(guard.Message{Data: fmt.Appendf(nil, "%s said %q", s.Identity().User, m.Data)})
}

// newGuard admits pages of origin whose visitor has signed in.
func newGuard(origin string, in sessions) (*guard.Guard, error) {
	return guard.New(guard.Config{
		SignIn: guard.SignIn{Request: in},
		Routes: []guard.Route{{Path: "/ws", Origins: []string{origin}, Auth: guard.Auth{Cookie: true}}},
	})
}

func main() {
	g, err := newGuard("http://127.0.0.1:8080", sessions{"session=demo": {User: "demo"}})
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{Addr: "127.0.0.1:8080", Handler: g.Handler(answer), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
