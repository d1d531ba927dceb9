package guard

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// credential is what a sign-in rests on, kept so that it can be judged again:
// a byte that says by whom, then names and values of headers. It is in memory
// alone, one copy for all connections that it opened, and wiped with the last
// of them; a ticket carries it encrypted.
type credential []byte

const (
	// credentialToken is a bearer token, credentialRequest what a
	// RequestVerifier judges.
	credentialToken   = 't'
	credentialRequest = 'r'
	// sealInfo keeps the key of a ticket's credential apart from whatever else
	// is ever derived from a ticket.
	sealInfo = "wswarden ticket credential v1"
)

var errUnsealed = errors.New("the ticket's credential can't be opened")

// newCredential keeps those of the named headers that are there.
func newCredential(kind byte, h http.Header, names ...string) credential {
	c := credential{kind}
	for _, name := range names {
		for _, value := range h[http.CanonicalHeaderKey(name)] {
			c = appendText(appendText(c, name), value)
		}
	}
	return c
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decode returns what newCredential was given.
func (c credential) decode() (kind byte, h http.Header, ok bool) {
	if len(c) == 0 {
		return 0, nil, false
	}
	h = http.Header{}
	for rest := []byte(c[1:]); len(rest) > 0; {
		var name, value string
		if name, rest, ok = cutText(rest); !ok {
			return 0, nil, false
		}
		if value, rest, ok = cutText(rest); !ok {
			return 0, nil, false
		}
		h.Add(name, value)
	}
	return c[0], h, true
}

func cutText(b []byte) (text string, rest []byte, ok bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return "", nil, false
	}
	return string(b[n : n+int(size)]), b[n+int(size):], true
}

func (c credential) wipe() { clear(c) }

// seal encrypts c under the value of a ticket. The store keeps the hash of the
// value and this, and can't get from one to the other.
func (c credential) seal(ticket string) []byte {
	aead, err := ticketCipher(ticket)
	if err != nil || len(c) == 0 {
		return nil
	}
	// A fixed nonce: the key encrypts this once.
	return aead.Seal(nil, make([]byte, aead.NonceSize()), c, nil)
}

// openCredential is the inverse of seal.
func openCredential(ticket string, sealed []byte) (credential, error) {
	aead, err := ticketCipher(ticket)
	if err != nil {
		return nil, errUnsealed
	}
	c, err := aead.Open(nil, make([]byte, aead.NonceSize()), sealed, nil)
	if err != nil {
		return nil, errUnsealed
	}
	return c, nil
}

// sealed reports whether tickets of a route carry the credential: it is judged
// again, or the backend judges it too.
func (rt *route) sealed() bool { return rt.cfg.Session.Recheck > 0 || rt.cfg.Auth.forwards() }

// unseal opens the credential of a redeemed ticket, where the route needs it. A
// connection whose credential is lost could not be judged, so that the ticket is
// refused.
func unseal(rt *route, value string, t *Ticket) (credential, *Denial) {
	if !rt.sealed() {
		return nil, nil
	}
	c, err := openCredential(value, t.Sealed)
	if err != nil {
		return nil, ticketInvalid("ticket.sealed").because("%v: it was minted under another configuration, or the store lost it", err)
	}
	return c, nil
}

func ticketCipher(ticket string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(ticket), nil, sealInfo, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// credentialKey is the same for all connections that one credential opened.
type credentialKey [sha256.Size]byte

// credentialKey returns what the passport's credential is known by: who judges
// it, whose it is, and the hashes of what is judged. A CSRF header that comes
// with it is no part of that.
func (p *passport) credentialKey() credentialKey {
	names := make([]string, 0, len(p.judged))
	for name := range p.judged {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	sum := sha256.New()
	sum.Write(p.credential[:1])
	sum.Write(appendText(nil, p.identity.User))
	for _, name := range names {
		hash := p.judged[name]
		sum.Write(appendText(nil, name))
		sum.Write(hash[:])
	}
	return credentialKey(sum.Sum(nil))
}
