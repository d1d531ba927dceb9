package serve

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/prom"
	"github.com/wswarden/wswarden/guard/redisstore"
	"github.com/wswarden/wswarden/internal/config"
)

// newStore makes the store that cfg asks for, nil for memory, and what measures
// it. It connects when it is first used.
func newStore(cfg *config.Store) (guard.Store, *prom.Store, error) {
	timed := prom.NewStore()
	if cfg == nil {
		return nil, timed, nil
	}
	redisstore.Quiet() // the guard logs the loss of its store once
	s, err := redisstore.New(redisstore.Config{
		Address: cfg.Address, Password: cfg.Password.Reveal(), SentinelPassword: cfg.SentinelPassword.Reveal(), TLS: cfg.TLS,
		ConfirmReplicas: cfg.ConfirmReplicas, Prefix: cfg.Prefix, Timeout: cfg.Timeout, Observe: timed.Observe,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("store: %w", err)
	}
	return s, timed, nil
}

// sameStore reports whether two settings mean the same store.
func sameStore(a, b *config.Store) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Address == b.Address && a.Password.Reveal() == b.Password.Reveal() && a.SentinelPassword.Reveal() == b.SentinelPassword.Reveal() &&
		a.ConfirmReplicas == b.ConfirmReplicas && a.Prefix == b.Prefix && a.Timeout == b.Timeout && sameTLS(a.TLS, b.TLS)
}

// sameTLS reports whether two settings trust and show the same certificates.
func sameTLS(a, b *tls.Config) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.RootCAs.Equal(b.RootCAs) && slices.EqualFunc(a.Certificates, b.Certificates, func(x, y tls.Certificate) bool {
		return slices.EqualFunc(x.Certificate, y.Certificate, bytes.Equal)
	})
}
