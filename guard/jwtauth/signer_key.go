package jwtauth

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// signerKey is a key to sign with and the set that verifies it.
type signerKey struct {
	signing jose.SigningKey
	jwks    []byte
}

// signingKey returns the key that cfg names, or a new one.
func signingKey(cfg SignerConfig) (signerKey, error) {
	switch {
	case cfg.Secret != nil && cfg.PrivateKey != nil:
		return signerKey{}, errors.New("set a secret or a private key, not both")
	case cfg.Secret != nil:
		if len(cfg.Secret) < minSecret {
			return signerKey{}, fmt.Errorf("secret: must be at least %d bytes", minSecret)
		}
		return signerKey{
			signing: jose.SigningKey{Algorithm: jose.HS256, Key: slices.Clone(cfg.Secret)},
			jwks:    []byte(`{"keys":[]}`),
		}, nil
	case cfg.PrivateKey != nil:
		private, alg, err := parsePrivateKey(cfg.PrivateKey)
		if err != nil {
			return signerKey{}, fmt.Errorf("private key: %w", err)
		}
		return newSignerKey(private, alg)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return signerKey{}, errors.New("make a key: no randomness")
	}
	return newSignerKey(private, jose.EdDSA)
}

// parsePrivateKey reads one PKCS #8 key. No error quotes the input.
func parsePrivateKey(data []byte) (crypto.Signer, jose.SignatureAlgorithm, error) {
	block, rest := pem.Decode(data)
	switch {
	case block == nil:
		return nil, "", errors.New("not PEM")
	case block.Type == "EC PRIVATE KEY", block.Type == "RSA PRIVATE KEY":
		return nil, "", fmt.Errorf("%s: convert it with openssl pkcs8 -topk8 -nocrypt", block.Type)
	case block.Type != "PRIVATE KEY":
		return nil, "", errors.New("not an unencrypted PKCS #8 key (BEGIN PRIVATE KEY)")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, "", errors.New("more than one PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, "", errors.New("not a PKCS #8 key")
	}
	switch k := parsed.(type) {
	case ed25519.PrivateKey:
		return k, jose.EdDSA, nil
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return k, jose.ES256, nil
		}
	}
	return nil, "", errors.New("must be Ed25519 or ECDSA P-256")
}

// newSignerKey names the key by its thumbprint (RFC 7638), which all guards
// that share the key agree on.
func newSignerKey(private crypto.Signer, alg jose.SignatureAlgorithm) (signerKey, error) {
	public := jose.JSONWebKey{Key: private.Public(), Algorithm: string(alg), Use: "sig"}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return signerKey{}, errors.New("key can't be named")
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	jwks, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	if err != nil {
		return signerKey{}, errors.New("key can't be published")
	}
	return signerKey{
		signing: jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: private, KeyID: public.KeyID}},
		jwks:    jwks,
	}, nil
}
