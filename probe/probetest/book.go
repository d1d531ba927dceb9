package probetest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// session is one sign-in.
type session struct {
	id, cookie, user string
	ended            bool // guarded by the book's mu
}

// book knows users, sessions and tickets.
type book struct {
	s      *Server
	secret []byte

	mu      sync.Mutex          // guards the following
	roles   map[string][]string // by user
	byID    map[string]*session
	tickets map[string]*ticket
	series  int
}

type ticket struct {
	session         *session
	address, origin string
	route           string
	expires         time.Time
}

func newBook(s *Server) *book {
	b := &book{
		s: s, secret: []byte(random(32)), byID: map[string]*session{}, tickets: map[string]*ticket{},
		roles: map[string][]string{"alice": {"member"}, "bob": {"member"}, "carol": {"member", "admin"}},
	}
	return b
}

func random(n int) string {
	buf := make([]byte, n)
	rand.Read(buf) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(buf)
}

// SignIn starts a session of alice, bob or carol, who is an administrator, and
// returns its Cookie header.
func (s *Server) SignIn(user string) string { return "session=" + s.book.signIn(user).cookie }

// Token starts a session and returns a JWT of it that expires after life.
func (s *Server) Token(user string, life time.Duration) string {
	return s.book.token(s.book.signIn(user), time.Now().Add(life))
}

func (b *book) signIn(user string) *session {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.roles[user] == nil {
		panic("probetest: no user " + user)
	}
	n := &session{id: random(9), cookie: random(24), user: user}
	b.byID[n.id] = n
	return n
}

type claims struct {
	Subject string `json:"sub"`
	Session string `json:"sid"`
	Expires int64  `json:"exp"` // seconds since 1970
}

func (b *book) token(n *session, expires time.Time) string {
	payload, err := json.Marshal(claims{n.user, n.id, expires.Unix()})
	if err != nil {
		panic(err) // strings and integers always marshal
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + b.mac(text)
}

func (b *book) mac(text string) string {
	h := hmac.New(sha256.New, b.secret)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// who is somebody who signed in, with the end of the credential.
type who struct {
	session *session
	expires time.Time // zero: with the session
}

// fromCookie returns the session of a cookie, nil if there is none.
func (b *book) fromCookie(value string) *who {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.byID {
		if value != "" && !n.ended && hmac.Equal([]byte(n.cookie), []byte(value)) {
			return &who{session: n}
		}
	}
	return nil
}

// fromToken judges a JWT, as strictly as the switches let it.
func (b *book) fromToken(token string) *who {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	var head struct{ Alg string }
	var c claims
	if !decodePart(parts[0], &head) || !decodePart(parts[1], &c) {
		return nil
	}
	switch {
	case strings.EqualFold(head.Alg, "none"):
		if !b.s.is(JWTNone) {
			return nil
		}
	case head.Alg != "HS256":
		return nil
	case !hmac.Equal([]byte(parts[2]), []byte(b.mac(parts[0]+"."+parts[1]))) && !b.s.is(JWTUnverified):
		return nil
	}
	expires := time.Unix(c.Expires, 0)
	if !time.Now().Before(expires) && !b.s.is(JWTExpired) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.byID[c.Session]
	if n == nil || n.ended {
		return nil
	}
	if c.Subject != n.user { // only where the signature was not looked at
		n = &session{id: n.id, user: c.Subject}
	}
	return &who{n, expires}
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// fixed takes a session id of the client's choice for alice's.
func (b *book) fixed(id string) *who {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.byID["fixed:"+id]
	if n == nil {
		n = &session{id: "fixed:" + id, cookie: id, user: "alice"}
		b.byID[n.id] = n
	}
	return &who{session: n}
}

func (b *book) mint(n *session, address, origin, route string) (value string, life time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.series++
	value = "wst1_" + random(32)
	if b.s.is(TicketGuessable) {
		value = fmt.Sprintf("wst1_%d_%06d", time.Now().Unix(), b.series)
	}
	life = b.s.opts.TicketTTL
	b.tickets[value] = &ticket{n, address, origin, route, time.Now().Add(life)}
	return value, life
}

// redeem takes a ticket out of the book.
func (b *book) redeem(value, address, origin, route string) *who {
	t := b.takeTicket(value)
	if t == nil {
		return nil
	}
	s := b.s
	b.mu.Lock()
	ended := t.session.ended
	b.mu.Unlock()
	switch {
	case ended,
		time.Now().After(t.expires) && !s.is(TicketEternal),
		t.address != address && !s.is(TicketAddress),
		t.origin != origin && !s.is(TicketOrigin),
		t.route != route && !s.is(TicketRoute):
		return nil
	}
	return &who{session: t.session}
}

// raceWindow is how long the twin with TicketRace or RaceWindow leaves between
// looking and taking.
const raceWindow = 20 * time.Millisecond

func (b *book) takeTicket(value string) *ticket {
	b.mu.Lock()
	t := b.tickets[value]
	if b.s.is(TicketReuse) {
		b.mu.Unlock()
		return t
	}
	if b.s.is(TicketRace) && t != nil {
		b.mu.Unlock()
		time.Sleep(raceWindow) // the mistake itself: somebody else looks meanwhile
		b.mu.Lock()
	}
	delete(b.tickets, value)
	b.mu.Unlock()
	return t
}

// end ends a session.
func (b *book) end(n *session) {
	b.mu.Lock()
	n.ended = true
	b.mu.Unlock()
	b.s.hub.eachOf(n.id, func(c *conn) {
		if !b.s.is(RevocationUnwired) && !b.s.is(RecheckOnMessage) {
			c.close(1008, "session ended")
		}
	})
}

// live reports whether a session stands.
func (b *book) live(n *session) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !n.ended
}

// SetRoles changes the roles of a user, for those who look again.
func (s *Server) SetRoles(user string, roles ...string) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	s.book.roles[user] = roles
}

func (b *book) rolesOf(user string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.roles[user])
}
