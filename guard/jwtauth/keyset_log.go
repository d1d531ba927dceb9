package jwtauth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"log/slog"
	"slices"
)

// logKeys says which keys are in force from now on. Names of public keys are
// not secret.
func logKeys(log *slog.Logger, set *keySet, ignored []error) {
	ids := make([]string, 0, len(set.keys))
	for _, k := range set.keys {
		ids = append(ids, k.alg+" "+k.id)
	}
	log.Info("signing keys: in force", "keys", ids)
	for _, reason := range ignored {
		log.Warn("signing keys: key ignored", "reason", reason)
	}
	if len(set.keys) == 0 {
		log.Warn("signing keys: no key can be used, no token can be judged")
	}
}

// equalSets reports whether two sets hold the same keys in the same order.
func equalSets(a, b *keySet) bool {
	return slices.EqualFunc(a.keys, b.keys, func(a, b key) bool {
		return a.id == b.id && a.alg == b.alg && equalKeys(a.public, b.public)
	})
}

func equalKeys(a, b any) bool {
	switch a := a.(type) {
	case *rsa.PublicKey:
		b, ok := b.(*rsa.PublicKey)
		return ok && a.Equal(b)
	case *ecdsa.PublicKey:
		b, ok := b.(*ecdsa.PublicKey)
		return ok && a.Equal(b)
	case ed25519.PublicKey:
		b, ok := b.(ed25519.PublicKey)
		return ok && a.Equal(b)
	}
	return false
}
