package jwtauth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

const (
	// maxKeySet is the largest key set that is read, in bytes.
	maxKeySet = 256 << 10
	// maxKeys is the largest number of keys in a set.
	maxKeys = 128
	// maxCandidates is how many keys a token without a kid is tried with. A
	// stranger chooses how many signatures are checked for a forged token.
	maxCandidates = 4

	minRSABits = 2048
)

// key verifies signatures of one algorithm. What a token says can choose the
// key, never the algorithm that the key is used with.
type key struct {
	id     string
	alg    string
	public any // ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey or a []byte secret
}

// keySet is a set of keys at one time. It does not change once made.
type keySet struct {
	keys []key
}

// candidates returns the keys that a token with this header may be signed
// with: those of its kid, or any if it names none.
func (s *keySet) candidates(h header) []key {
	var found []key
	for _, k := range s.keys {
		if k.alg == h.alg && (h.kid == "" || k.id == h.kid) {
			found = append(found, k)
		}
	}
	return found[:min(len(found), maxCandidates)]
}

// jwk is what is read of a JSON Web Key (RFC 7517 section 4). Certificates are
// not: a key is trusted because it is in the set.
type jwk struct {
	Type       string   `json:"kty"`
	Use        string   `json:"use"`
	Operations []string `json:"key_ops"`
	Algorithm  string   `json:"alg"`
	ID         string   `json:"kid"`

	Curve string `json:"crv,omitempty"`
	X     string `json:"x,omitempty"`
	Y     string `json:"y,omitempty"`
	N     string `json:"n,omitempty"`
	E     string `json:"e,omitempty"`

	// D is there in every private key of a kind that we know.
	D json.RawMessage `json:"d"`
}

// parseKeySet reads a JSON Web Key Set. Keys that are of no use here are left
// out, and ignored holds the reason for each; a set that is no set is an
// error. A set without any usable key is returned all the same: whoever owns
// it has taken back the others.
func parseKeySet(data []byte) (set *keySet, ignored []error, err error) {
	var document struct {
		Keys *[]json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil || document.Keys == nil {
		return nil, nil, errors.New("not a JSON Web Key Set")
	}
	if len(*document.Keys) > maxKeys {
		return nil, nil, fmt.Errorf("more than %d keys", maxKeys)
	}
	set = &keySet{}
	for i, raw := range *document.Keys {
		k, err := parseKey(raw)
		if err != nil {
			ignored = append(ignored, fmt.Errorf("key %d: %w", i, err))
			continue
		}
		set.keys = append(set.keys, k)
	}
	return set, ignored, nil
}

// parseKey reads one key and decides which algorithm it is for.
func parseKey(raw []byte) (key, error) {
	var in jwk
	if err := json.Unmarshal(raw, &in); err != nil {
		return key{}, errors.New("malformed")
	}
	switch {
	case in.Type == "oct":
		return key{}, errors.New("a secret has no place in a key set")
	case in.D != nil:
		return key{}, errors.New("private: whoever reads the set can sign with it")
	case in.Use != "" && in.Use != "sig":
		return key{}, fmt.Errorf("use is %q, not sig", in.Use)
	case in.Operations != nil && !slices.Contains(in.Operations, "verify"):
		return key{}, errors.New("key_ops does not list verify")
	case len(in.ID) > maxKeyID:
		return key{}, fmt.Errorf("kid longer than %d bytes", maxKeyID)
	}
	public, err := publicKey(in)
	if err != nil {
		return key{}, err
	}
	alg, err := algorithmOf(public)
	if err != nil {
		return key{}, err
	}
	// RFC 9864 renames EdDSA with this curve to Ed25519.
	if in.Algorithm != "" && in.Algorithm != alg && !(alg == EdDSA && in.Algorithm == "Ed25519") {
		return key{}, fmt.Errorf("alg is %q, which this key is not used with", in.Algorithm)
	}
	return key{id: in.ID, alg: alg, public: public}, nil
}

// publicKey decodes the numbers of a key. Only they are passed on: the library
// would otherwise drop a good key for the sake of a certificate beside it.
func publicKey(in jwk) (any, error) {
	numbers, err := json.Marshal(map[string]string{
		"kty": in.Type, "crv": in.Curve, "x": in.X, "y": in.Y, "n": in.N, "e": in.E,
	})
	if err != nil {
		return nil, errors.New("malformed")
	}
	var decoded jose.JSONWebKey
	if err := decoded.UnmarshalJSON(numbers); err != nil || !decoded.Valid() {
		return nil, fmt.Errorf("kty %q: numbers not accepted", in.Type)
	}
	return decoded.Key, nil
}

// algorithmOf names the one algorithm that a public key is used with, or says
// why there is none.
func algorithmOf(public any) (string, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSABits {
			return "", fmt.Errorf("RSA of %d bits, less than %d", k.N.BitLen(), minRSABits)
		}
		if k.E < 3 || k.E%2 == 0 || k.N.Bit(0) == 0 {
			return "", errors.New("RSA numbers not accepted")
		}
		return RS256, nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return "", fmt.Errorf("curve %s, not P-256", k.Curve.Params().Name)
		}
		return ES256, nil
	case ed25519.PublicKey:
		return EdDSA, nil
	}
	return "", errors.New("kind of key not accepted")
}
