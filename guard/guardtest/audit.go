package guardtest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// Audit keeps audit events for a test to look at.
type Audit struct {
	mu     sync.Mutex
	events []guard.Event
	added  chan struct{} // closed and replaced with each event
}

var _ guard.Auditor = (*Audit)(nil)

// Record implements [guard.Auditor].
func (a *Audit) Record(e guard.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, e)
	if a.added != nil {
		close(a.added)
		a.added = nil
	}
}

// Events returns what was recorded so far.
func (a *Audit) Events() []guard.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]guard.Event(nil), a.events...)
}

// Wait returns the first event that match accepts, waiting for it.
func (a *Audit) Wait(t testing.TB, what string, match func(guard.Event) bool) guard.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		a.mu.Lock()
		for _, e := range a.events {
			if match(e) {
				a.mu.Unlock()
				return e
			}
		}
		if a.added == nil {
			a.added = make(chan struct{})
		}
		added := a.added
		a.mu.Unlock()
		select {
		case <-added:
		case <-ctx.Done():
			t.Fatalf("no audit event: %s; got %+v", what, a.Events())
		}
	}
}

// WaitRule waits for an event of this rule.
func (a *Audit) WaitRule(t testing.TB, rule string) guard.Event {
	t.Helper()
	return a.Wait(t, "rule "+rule, func(e guard.Event) bool { return e.Rule == rule })
}

// Tokens is a [guard.TokenVerifier] that knows some tokens by heart.
type Tokens map[string]guard.Identity

// VerifyToken implements [guard.TokenVerifier].
func (v Tokens) VerifyToken(_ context.Context, token string) (*guard.Identity, error) {
	if id, ok := v[token]; ok {
		return &id, nil
	}
	return nil, fmt.Errorf("%w: unknown token", guard.ErrCredentialRefused)
}

// Cookies is a [guard.RequestVerifier] that knows some Cookie headers by heart.
type Cookies map[string]guard.Identity

// VerifyRequest implements [guard.RequestVerifier].
func (v Cookies) VerifyRequest(_ context.Context, h http.Header) (*guard.Identity, error) {
	if id, ok := v[h.Get("Cookie")]; ok {
		return &id, nil
	}
	return nil, fmt.Errorf("%w: unknown cookie", guard.ErrCredentialRefused)
}

// Judges implements [guard.RequestVerifier].
func (Cookies) Judges() []string { return []string{"Cookie"} }
