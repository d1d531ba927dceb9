package probetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/wire"
)

// The application: orders that belong to users, a chat, channels, a search, a
// page for administrators and coupons. Every message has a type.

// declared are the types of messages with their fields: s for a string, n for
// a number; an upper-case letter is required.
var declared = map[string]map[string]byte{
	"auth":           {"token": 'S'},
	"whoami":         {},
	"list_orders":    {},
	"get_order":      {"id": 'N'},
	"place_order":    {"item": 'S', "quantity": 'N'},
	"cancel_order":   {"id": 'N'},
	"subscribe":      {"channel": 'S'},
	"unsubscribe":    {"channel": 'S'},
	"chat":           {"text": 'S'},
	"search":         {"q": 'S'},
	"admin_stats":    {},
	"update_profile": {"nickname": 'S'},
	"redeem":         {"code": 'S', "nonce": 'S'},
	"echo":           {"text": 's'},
}

type message = map[string]any

// state is what the application keeps.
type state struct {
	mu       sync.Mutex
	orders   map[int]message // guarded by mu
	profiles map[string]message
	coupons  map[string]int  // how often each was redeemed
	polluted map[string]any  // what __proto__ has set
	nonces   map[string]bool // of redeem
	next     int
}

func newState() *state {
	st := &state{orders: map[int]message{}, profiles: map[string]message{}, coupons: map[string]int{}, polluted: map[string]any{}, nonces: map[string]bool{}, next: 3000}
	for i, user := range []string{"alice", "bob", "carol"} {
		id := 1000*(i+1) + 1
		st.orders[id] = message{"id": id, "owner": user, "item": "book of " + user, "quantity": 1}
	}
	return st
}

func encode(v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // all that is encoded was decoded before, or is a literal
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

func (c *conn) say(v any) { c.send(wire.Text, encode(v)) }

func (c *conn) refuse(reason string) {
	c.s.record("message refused: %s", reason)
	c.say(message{"type": "error", "message": reason})
}

func (c *conn) welcome() {
	if !c.isPending() {
		c.say(message{"type": "welcome", "user": c.user()})
	}
}

// overflows is how deep a message has to be nested for the parser of a weak twin
// to run out of stack, which ends the connection without a word.
const overflows = 5000

var errOverflow = errors.New("stack overflow")

// receive handles one message. An error ends the connection.
func (c *conn) receive(op wire.Opcode, payload []byte) error {
	if op == wire.Binary {
		return c.receiveBinary(payload)
	}
	if c.s.is(NestingUnbounded) && bytes.Count(payload, []byte("[")) > overflows {
		return errOverflow
	}
	m, ok := c.parse(payload)
	if !ok {
		if c.s.is(ParseCrash) {
			return io.ErrUnexpectedEOF // any but a violation: the handler ends, and nothing is said
		}
		if c.s.is(ErrorDetail) {
			c.refuse("SyntaxError: Unexpected token in JSON at position 1\n    at JSON.parse (<anonymous>)\n    at WebSocket.onMessage (/srv/app/server.js:42:21)")
			return nil
		}
		c.refuse("invalid message")
		return nil
	}
	kind, _ := m["type"].(string)
	if c.isPending() && kind != "auth" {
		if !c.s.is(AuthRace) {
			c.refuse("sign in first")
			return nil
		}
	}
	if w := c.whoNow(); w != nil && !c.s.is(RevocationUnwired) && !c.s.book.live(w.session) {
		c.close(1008, "session ended")
		return errClosed
	}
	c.dispatch(kind, m, payload)
	return nil
}

func (c *conn) whoNow() *who {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.who
}

// receiveBinary handles binary messages, which the application has no use for.
func (c *conn) receiveBinary(payload []byte) error {
	if c.s.is(BinaryDeserialised) {
		switch {
		case bytes.HasPrefix(payload, []byte{0xac, 0xed, 0, 5}):
			c.refuse("java.io.StreamCorruptedException: invalid type code: 7A")
			return nil
		case bytes.HasPrefix(payload, []byte{0x80, 4}):
			c.refuse("_pickle.UnpicklingError: pickle data was truncated")
			return nil
		}
	}
	c.close(wire.CloseUnsupportedData, "text only")
	return errClosed
}

// parse reads a message strictly, or as loosely as the switches say.
func (c *conn) parse(payload []byte) (message, bool) {
	limits := jsonscan.Limits{AllowPrototypeKeys: c.s.is(PrototypeKeys)}
	if c.s.is(NestingUnbounded) {
		limits.Depth = 1000
	}
	var doc jsonscan.Doc
	v := jsonscan.NewScanner(limits).Scan(payload, &doc)
	if v.Code != jsonscan.Valid {
		deep := v.Code == jsonscan.LimitDepth && c.s.is(NestingUnbounded)
		if !deep && !c.s.is(JSONLoose) {
			return nil, false
		}
		if v.Code == jsonscan.LimitDepth && !c.s.is(NestingUnbounded) || v.Code == jsonscan.KeyPrototype {
			return nil, false
		}
	}
	var m message
	text := bytes.TrimPrefix(payload, []byte("\ufeff"))
	if c.s.is(JSONLoose) {
		text = bytes.ReplaceAll(text, []byte("1e400"), []byte("1e300")) // as parsers do that make it infinite
	}
	if json.Unmarshal(text, &m) != nil || m == nil {
		return nil, false
	}
	return m, true
}

// valid holds a message to its declaration.
func (c *conn) valid(kind string, m message) bool {
	fields := declared[kind]
	for name, is := range fields {
		v, present := m[name]
		if !present && (is == 's' || is == 'n') {
			continue
		}
		if c.s.is(SchemaLoose) {
			continue
		}
		if _, ok := v.(string); (is == 's' || is == 'S') && !ok {
			if _, operator := v.(message); !(operator && kind == "search" && c.s.is(NoSQLOperators)) {
				return false
			}
		}
		if n, ok := v.(float64); (is == 'n' || is == 'N') && (!ok || n < 0 || n > 1e6) {
			return false
		}
	}
	for name := range m {
		if _, known := fields[name]; !known && name != "type" && !c.mayHave(kind, name) {
			return false
		}
	}
	return true
}

// mayHave reports whether a switch lets a message have an undeclared field.
func (c *conn) mayHave(kind, name string) bool {
	switch {
	case c.s.is(SchemaLoose):
		return true
	case c.s.is(IdentityFromClient) && kind == "place_order":
		return name == "userId"
	case c.s.is(MassAssignment) && kind == "update_profile":
		return true
	case c.s.is(BroadcastRaw) && kind == "chat":
		return true
	case c.s.is(PrototypeKeys):
		return name == "__proto__"
	}
	return false
}

func (c *conn) dispatch(kind string, m message, raw []byte) {
	if _, known := declared[kind]; !known {
		if c.s.is(UnknownDispatched) && slices.Contains([]string{"constructor", "toString", "hasOwnProperty", "__proto__"}, kind) {
			c.refuse(fmt.Sprintf("TypeError: handlers[%q] returned [object Object]", kind))
			return
		}
		if c.s.is(SchemaLoose) && kind != "" {
			c.say(message{"type": "ok"})
			return
		}
		c.refuse("unknown type")
		return
	}
	if !c.valid(kind, m) {
		c.refuse("invalid message")
		return
	}
	if p, ok := m["__proto__"].(message); ok && c.s.is(PrototypeKeys) {
		c.s.hub.state().pollute(p)
	}
	c.act(kind, m, raw)
}

func (st *state) pollute(p message) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for k, v := range p {
		if len(st.polluted) < 16 {
			st.polluted[k] = v
		}
	}
}

// act does what a message asks for.
func (c *conn) act(kind string, m message, raw []byte) {
	switch kind {
	case "auth":
		c.authenticate(m)
	case "whoami":
		c.whoami()
	case "list_orders", "get_order", "place_order", "cancel_order":
		c.order(kind, m)
	case "subscribe":
		c.subscribe(m)
	case "unsubscribe":
		channel, _ := m["channel"].(string)
		c.s.hub.unsubscribe(c, channel)
		c.say(message{"type": "unsubscribed", "channel": channel})
	case "chat":
		c.chat(m)
	case "search":
		c.search(m)
	case "admin_stats":
		c.adminStats()
	case "update_profile":
		c.updateProfile(m)
	case "redeem":
		c.redeem(m)
	case "echo":
		c.send(wire.Text, raw)
	}
}

func (c *conn) authenticate(m message) {
	token, _ := m["token"].(string)
	w := c.s.book.fromToken(token)
	if w == nil {
		c.close(1008, "credential refused")
		return
	}
	c.mu.Lock()
	c.who, c.pending = w, false
	c.mu.Unlock()
	c.welcome()
}

func (c *conn) whoami() {
	user := c.user()
	st := c.s.hub.state()
	st.mu.Lock()
	defer st.mu.Unlock()
	answer := message{"type": "profile", "user": user, "roles": c.rolesNow()}
	for k, v := range st.profiles[user] {
		answer[k] = v
	}
	for k, v := range st.polluted {
		if _, has := answer[k]; !has {
			answer[k] = v
		}
	}
	if c.s.is(RecordLeak) {
		answer["passwordHash"] = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZC0iQ1b1x3rD6oWq1m8YkqY9bJc0mG"
	}
	c.say(answer)
}

// rolesNow are the roles that count.
func (c *conn) rolesNow() []string {
	if c.s.is(RoleStale) {
		return slices.Clone(c.roles)
	}
	return c.s.book.rolesOf(c.user())
}

func (c *conn) subscribe(m message) {
	channel, _ := m["channel"].(string)
	own := channel == "room:lobby" || c.user() != "" && channel == "user:"+c.user()
	foreign := strings.HasPrefix(channel, "user:") && !strings.ContainsAny(channel, "*#+/")
	pattern := strings.ContainsAny(channel, "*#+")
	switch {
	case own, foreign && c.s.is(SubscribeAny), pattern && c.s.is(SubscribeWildcard):
		if c.s.hub.subscribe(c, channel) {
			c.say(message{"type": "subscribed", "channel": channel})
			return
		}
	}
	c.refuse("not allowed")
}

func (c *conn) chat(m message) {
	out := message{}
	text, _ := m["text"].(string)
	if c.s.is(BroadcastRaw) {
		for k, v := range m {
			out[k] = v
		}
		out["text"] = text
	} else {
		out["text"] = html.EscapeString(text)
	}
	out["type"], out["user"] = "chat", c.user()
	c.s.hub.everybody(encode(out))
}

func (c *conn) adminStats() {
	if !slices.Contains(c.rolesNow(), "admin") && !c.s.is(PrivilegedOpen) {
		c.refuse("not allowed")
		return
	}
	c.say(message{"type": "stats", "users": 3})
}

func (c *conn) updateProfile(m message) {
	st := c.s.hub.state()
	st.mu.Lock()
	defer st.mu.Unlock()
	profile := message{"nickname": m["nickname"]}
	if c.s.is(MassAssignment) {
		for k, v := range m {
			if k != "type" {
				profile[k] = v
			}
		}
	}
	st.profiles[c.user()] = profile
	c.say(message{"type": "updated"})
}

// redeem credits a coupon, once.
func (c *conn) redeem(m message) {
	code, _ := m["code"].(string)
	nonce, _ := m["nonce"].(string)
	st := c.s.hub.state()
	st.mu.Lock()
	if st.nonces[nonce] && !c.s.is(ReplayAccepted) {
		st.mu.Unlock()
		c.refuse("repeated")
		return
	}
	if len(st.nonces) < 10_000 {
		st.nonces[nonce] = true
	}
	times := st.coupons[code]
	if c.s.is(RaceWindow) && times == 0 {
		st.mu.Unlock()
		time.Sleep(raceWindow) // the mistake itself
		st.mu.Lock()
	}
	defer st.mu.Unlock()
	if times > 0 && !c.s.is(ReplayAccepted) {
		c.refuse("already redeemed")
		return
	}
	st.coupons[code]++
	c.say(message{"type": "redeemed", "code": code})
}
