package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
)

// Verifier judges tokens. It is safe for concurrent use.
type Verifier struct {
	cfg  Config
	keys source
}

var _ guard.TokenVerifier = (*Verifier)(nil)

// ErrKeys is wrapped by the error of [Verifier.VerifyToken] when the keys that
// could judge a token can't be had.
var ErrKeys = errors.New("signing keys unavailable")

// source holds the keys of an issuer.
type source interface {
	// find returns the keys that a token with header h may be signed with, and
	// the set that they are from. It looks for newer keys if it has none, or
	// only those of the set tried, which have failed before. It returns no
	// keys if there are none, and an error that wraps ErrKeys or that of ctx if
	// it can't know.
	find(ctx context.Context, h header, tried *keySet) ([]key, *keySet, error)
	close()
}

// New returns a verifier for cfg. It reads JWKSFile, and does not connect to
// JWKSURL. The error lists every problem and wraps [guard.ErrConfig]. Call
// [Verifier.Close] when it is no longer needed.
func New(cfg Config) (*Verifier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", guard.ErrConfig, err)
	}
	v := &Verifier{cfg: cfg}
	switch {
	case cfg.Secret != nil:
		v.keys = newSecretSource(cfg.Secret)
	case cfg.JWKSFile != "":
		file, err := newFileSource(cfg)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", guard.ErrConfig, err)
		}
		v.keys = file
	default:
		v.keys = newURLSource(cfg)
	}
	return v, nil
}

// Close stops what the verifier runs and waits for it. Tokens that come later
// are judged by the keys at hand, as long as those last.
func (v *Verifier) Close() error {
	v.keys.close()
	return nil
}

// VerifyToken returns who holds a token, or an error with constant text. It
// wraps [guard.ErrCredentialRefused] if the token does not hold. Any other
// error means that nobody can tell: [ErrKeys], or that of ctx.
//
// Expires of the identity is the claim "exp" itself; Leeway is forgiven only
// here, where the token is judged.
func (v *Verifier) VerifyToken(ctx context.Context, token string) (*guard.Identity, error) {
	all, err := v.signed(ctx, token, accessType)
	if err != nil {
		return nil, err
	}
	if err := v.judge(all); err != nil {
		return nil, err
	}
	id, err := v.cfg.Claims.Identity(all)
	if err != nil {
		return nil, refusal(err.Error())
	}
	return id, nil
}

// signed returns the claims of a token whose form, type and signature hold.
func (v *Verifier) signed(ctx context.Context, token string, accepts func(typ any) bool) (map[string]any, error) {
	h, err := parseCompact(token, accepts)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(v.cfg.Algorithms, h.alg) {
		return nil, refuseAlgorithm
	}
	payload, err := v.verifySignature(ctx, token, h)
	if err != nil {
		return nil, err
	}
	all, err := claims.Decode(payload)
	if err != nil {
		return nil, refuseClaims
	}
	return all, nil
}

// verifySignature returns the signed payload. Only a token without a kid comes
// round a second time: its signature may be by a key that is newer than ours,
// which a kid would have told.
func (v *Verifier) verifySignature(ctx context.Context, token string, h header) ([]byte, error) {
	var tried *keySet
	for {
		keys, set, err := v.keys.find(ctx, h, tried)
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			if tried != nil {
				return nil, refuseSignature
			}
			return nil, refuseKey
		}
		payload, err := verifyWith(keys, token)
		if err == nil {
			return payload, nil
		}
		if err != refuseSignature || h.kid != "" || tried != nil {
			return nil, err
		}
		tried = set
	}
}

// verifyWith returns the payload if one of the keys, at least one and all of
// one algorithm, verifies the signature.
func verifyWith(keys []key, token string) ([]byte, error) {
	// The library reads the header once more, with all that we ignore in it. It
	// takes no other algorithm than that of the keys.
	alg := jose.SignatureAlgorithm(keys[0].alg)
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{alg})
	if err != nil {
		return nil, refuseMalformed
	}
	for _, k := range keys {
		if payload, err := signed.Verify(k.public); err == nil {
			return payload, nil
		}
	}
	return nil, refuseSignature
}

// secretSource holds one secret, whatever kid a token names.
type secretSource struct {
	set *keySet
}

func newSecretSource(secret []byte) *secretSource {
	return &secretSource{set: &keySet{keys: []key{{alg: HS256, public: secret}}}}
}

func (s *secretSource) find(_ context.Context, h header, tried *keySet) ([]key, *keySet, error) {
	if tried == s.set {
		return nil, s.set, nil
	}
	return s.set.candidates(header{alg: h.alg}), s.set, nil
}

func (s *secretSource) close() {}
