package goserver

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/examples/trading"
)

const (
	sessionCookie   = "session"
	sessionLifetime = 8 * time.Hour
	tokenLifetime   = 15 * time.Minute
)

// session is one sign-in. The cookie value is the secret; the id is public, it
// travels in tokens and in the answer of /whoami.
type session struct {
	id      string
	cookie  string
	user    string
	expires time.Time
}

// claims say who somebody is; the form is that of /whoami and of the token.
type claims struct {
	Issuer   string   `json:"iss,omitempty"`
	Audience string   `json:"aud,omitempty"`
	Subject  string   `json:"sub"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Session  string   `json:"sid"`
	ID       string   `json:"jti,omitempty"`
	Issued   int64    `json:"iat,omitempty"` // seconds since 1970
	Expires  int64    `json:"exp"`           // seconds since 1970
}

// accountBook knows the accounts and who is signed in.
type accountBook struct {
	platform trading.Platform
	secret   []byte

	mu       sync.Mutex          // guards the following maps
	byCookie map[string]*session // by the secret value of the cookie
	byID     map[string]*session // by the public id
}

func newAccountBook(platform trading.Platform, secret string) *accountBook {
	return &accountBook{
		platform: platform,
		secret:   []byte(secret),
		byCookie: map[string]*session{},
		byID:     map[string]*session{},
	}
}

func (b *accountBook) account(user string) (trading.Account, bool) {
	for _, a := range b.platform.Accounts {
		if a.User == user {
			return a, true
		}
	}
	return trading.Account{}, false
}

// signIn starts a session, or returns nil when user and password do not match.
func (b *accountBook) signIn(user, password string) *session {
	account, known := b.account(user)
	given, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(account.Password))
	if subtle.ConstantTimeCompare(given[:], want[:]) != 1 || !known {
		return nil
	}
	now := time.Now()
	s := &session{id: randomHex(8), cookie: randomHex(32), user: user, expires: now.Add(sessionLifetime)}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, old := range b.byID {
		if !now.Before(old.expires) {
			b.forget(old)
		}
	}
	b.byCookie[s.cookie], b.byID[s.id] = s, s
	return s
}

// signOut ends the session with this public id.
//
// FLAW WS206: no open connection hears of it. FLAW WS205: none looks again.
func (b *accountBook) signOut(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.byID[id]; s != nil {
		b.forget(s)
	}
}

// forget needs b.mu.
func (b *accountBook) forget(s *session) {
	delete(b.byCookie, s.cookie)
	delete(b.byID, s.id)
}

// issueToken returns a token for the session, valid for 15 minutes and no
// longer than the session.
func (b *accountBook) issueToken(s *session) string {
	c := b.claimsOf(s)
	now := time.Now()
	c.Issuer, c.Audience = b.platform.Issuer, b.platform.Audience
	c.ID, c.Issued = randomHex(8), now.Unix()
	c.Expires = min(c.Expires, now.Add(tokenLifetime).Unix())
	return signToken(c, b.secret)
}

func (b *accountBook) claimsOf(s *session) *claims {
	a, _ := b.account(s.user)
	return &claims{Subject: a.User, Name: a.Name, Roles: a.Roles, Session: s.id, Expires: s.expires.Unix()}
}

// fromRequest tells who sends the request by its Authorization header or else
// its cookie, or returns nil.
func (b *accountBook) fromRequest(r *http.Request) *claims {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil
		}
		return b.fromToken(token)
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return b.fromCookie(cookie.Value)
}

func (b *accountBook) fromCookie(value string) *claims {
	b.mu.Lock()
	s := b.byCookie[value]
	b.mu.Unlock()
	if s == nil || !time.Now().Before(s.expires) {
		return nil
	}
	return b.claimsOf(s)
}

// fromToken verifies the token and that its session still lives.
func (b *accountBook) fromToken(token string) *claims {
	c := verifyToken(token, b.secret)
	if c == nil || c.Issuer != b.platform.Issuer || c.Audience != b.platform.Audience || time.Now().Unix() >= c.Expires {
		return nil
	}
	b.mu.Lock()
	s := b.byID[c.Session]
	b.mu.Unlock()
	if s == nil || s.user != c.Subject {
		return nil
	}
	c.Issuer, c.Audience, c.Issued = "", "", 0
	return c
}

func randomHex(bytes int) string {
	buf := make([]byte, bytes)
	rand.Read(buf) // never fails, see crypto/rand
	return hex.EncodeToString(buf)
}
