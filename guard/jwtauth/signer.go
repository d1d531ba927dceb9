package jwtauth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/wswarden/wswarden/guard"
)

const (
	// SignerIssuer is the claim "iss" of the tokens of a [Signer].
	SignerIssuer = "wswarden"
	// SignerLife is how long such a token is valid: long enough for a handshake
	// and for clocks that differ, too short to be worth keeping.
	SignerLife = time.Minute
)

// SignerConfig says what a [Signer] signs with. Its zero value makes a new
// Ed25519 key, which only this process has: several guards in front of one
// backend need a key that they share.
type SignerConfig struct {
	// Secret is shared with the backends, for HS256; 32 bytes or more. Every
	// backend that has it can sign as the guard.
	Secret []byte
	// PrivateKey is an Ed25519 or ECDSA P-256 key as PKCS #8 in PEM
	// ("BEGIN PRIVATE KEY"), for EdDSA or ES256.
	PrivateKey []byte
}

// Signer states to backends who the client is, in JWTs with the claims iss
// ([SignerIssuer]), sub, name, roles, sid, aud, iat, exp and jti. It is safe
// for concurrent use.
type Signer struct {
	signer jose.Signer
	jwks   []byte
}

var _ guard.IdentitySigner = (*Signer)(nil)

// NewSigner returns a signer for cfg. The error wraps [guard.ErrConfig] and
// holds no part of a key.
func NewSigner(cfg SignerConfig) (*Signer, error) {
	key, err := signingKey(cfg)
	if err != nil {
		return nil, fmt.Errorf("%w: identity signer: %w", guard.ErrConfig, err)
	}
	signer, err := jose.NewSigner(key.signing, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("%w: identity signer: %w", guard.ErrConfig, err)
	}
	return &Signer{signer: signer, jwks: key.jwks}, nil
}

// identityClaims is what a backend reads.
type identityClaims struct {
	Issuer   string   `json:"iss"`
	Audience string   `json:"aud"`
	Subject  string   `json:"sub,omitempty"`
	Name     string   `json:"name,omitempty"`
	Roles    []string `json:"roles"`
	Session  string   `json:"sid,omitempty"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	ID       string   `json:"jti"`
}

// SignIdentity returns a token over who for the backend audience, valid from
// now for [SignerLife]. A token over an anonymous identity has no sub.
func (s *Signer) SignIdentity(who guard.Identity, audience string, now time.Time) (string, error) {
	// A token for nobody in particular would be good at every backend.
	if audience == "" {
		return "", errors.New("sign identity: no audience")
	}
	payload, err := json.Marshal(identityClaims{
		Issuer:   SignerIssuer,
		Audience: audience,
		Subject:  who.User,
		Name:     who.Name,
		Roles:    append([]string{}, who.Roles...), // [] rather than null
		Session:  who.Session,
		Issued:   now.Unix(),
		Expires:  now.Add(SignerLife).Unix(),
		ID:       newID(),
	})
	if err != nil {
		return "", errors.New("sign identity: claims can't be written")
	}
	signed, err := s.signer.Sign(payload)
	if err != nil {
		return "", errors.New("sign identity: signature failed")
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return "", errors.New("sign identity: token can't be written")
	}
	return token, nil
}

// PublicJWKS returns the JSON Web Key Set that verifies the tokens, to be
// published to the backends; an empty set for a shared secret. The caller may
// change the bytes.
func (s *Signer) PublicJWKS() []byte { return append([]byte(nil), s.jwks...) }

// newID returns 128 random bits, so that a backend can tell a replay.
func newID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(id[:])
}
