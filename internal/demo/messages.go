package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// MessageAttacks are those of [Attacks] that somebody with an account makes on an
// open connection. Some find nothing to exploit in the platform: it has no roles to
// give away, no database and no stack traces.
var MessageAttacks = []Attack{
	{"order in somebody else's name", catalogue.IdentityFromClient, orderAs("bob")},
	{"chat to everybody in the admin's name", catalogue.IdentityFromClient, chatAs("admin")},
	{"profile of somebody else, by his id", catalogue.IDOR, profileOf("bob")},
	{"message that makes its sender an admin", catalogue.PrivilegedUnchecked, tell(`{"type":"set_role","userId":"mallory","role":"admin"}`, "role")},
	{"channel with somebody else's orders", catalogue.SubscribeUnchecked, tell(`{"type":"subscribe","channel":"orders:bob"}`, "subscribed")},
	{"markup in the chat", catalogue.BroadcastRaw, chatOf(`"<img src=x onerror=alert(1)>"`, "<img", "markup reaches everybody")},
	{"__proto__ in the chat", catalogue.PrototypePollution, chatOf(`{"__proto__":{"admin":true}}`, "__proto__", "reaches everybody")},
	{"quantity given twice", catalogue.SchemaMissing, twice},
	{"message nested 5,000 deep", catalogue.ParseUnguarded, nested},
	{"query operator in place of an id", catalogue.NoSQLInjection, tell(`{"type":"get_profile","userId":{"$ne":null}}`, "profile")},
	{"type that nobody declared", catalogue.DynamicDispatch, tell(`{"type":"constructor"}`, "constructor")},
	{"order with fields of the server's own", catalogue.MassAssignment, extraFields},
	{"tax number in one's profile", catalogue.RecordLeak, wholeRecord},
	{"message that makes the server trip", catalogue.ErrorDetail, trip},
	{"signed out elsewhere, and still served", catalogue.RevocationUnwired, stays},
	{"order right after an account was suspended", catalogue.SensitiveUnrefreshed, suspended},
}

// answer is a message of the platform, or of the guard.
type answer struct {
	Type     string
	User     string
	UserID   string
	Quantity float64
	Message  json.RawMessage
	Code     string // of the guard's own refusals
	Event    string
	raw      []byte
}

// ask sends a message and returns the first answer of one of the types, or of type
// error. Where the connection ends, ended says how.
func ask(ctx context.Context, c *wireclient.Conn, message string, types ...string) (a answer, ended *Result, err error) {
	if err := c.SendText(message); err != nil {
		return a, nil, fmt.Errorf("send: %w", err)
	}
	r, over, err := untilClosed(ctx, c, func(u wire.Unit) bool {
		a = answer{}
		if u.Opcode != wire.Text || json.Unmarshal(u.Payload, &a) != nil {
			return false
		}
		a.raw = bytes.Clone(u.Payload)
		return a.Type == "error" || slices.Contains(types, a.Type)
	})
	if over {
		return a, &r, nil
	}
	return a, nil, err
}

// refused reads an error: the guard's has the id of its audit event.
func (a answer) refused() Result {
	var text string
	if json.Unmarshal(a.Message, &text) != nil {
		text = "error"
	}
	if a.Event != "" {
		return stopped(a.Event, "refused, %s", a.Code)
	}
	return stopped("", "%q", text)
}

// says lets mallory send a message, and judges the answer of this type.
func says(message, want string, judge func(a answer) Result) func(context.Context, *target) (Result, error) {
	return func(ctx context.Context, t *target) (Result, error) {
		return inside(ctx, t, func(c *wireclient.Conn) (Result, error) {
			a, ended, err := ask(ctx, c, message, want)
			switch {
			case err != nil:
				return Result{}, err
			case ended != nil:
				return *ended, nil
			case a.Type == "error":
				return a.refused(), nil
			}
			return judge(a), nil
		})
	}
}

// tell sends what worked if it is answered with this type.
func tell(message, want string) func(context.Context, *target) (Result, error) {
	return says(message, want, func(a answer) Result { return worked("answered: %s", a.Type) })
}

func orderAs(user string) func(context.Context, *target) (Result, error) {
	return says(`{"type":"place_order","userId":"`+user+`","symbol":"AAPL","quantity":1,"price":190}`, "order", func(a answer) Result {
		if a.UserID == user {
			return worked("%s pays", user)
		}
		return changed("messages.set", "%s pays himself", a.UserID)
	})
}

func chatAs(user string) func(context.Context, *target) (Result, error) {
	return says(`{"type":"chat","username":"`+user+`","text":"send me your passwords"}`, "chat", func(a answer) Result {
		if a.User == user {
			return worked("everybody reads %s", a.User)
		}
		return changed("messages.set", "everybody reads %s", a.User)
	})
}

// chatOf sends a text, JSON, that worked if everybody gets it with the mark in it.
func chatOf(text, mark, what string) func(context.Context, *target) (Result, error) {
	return says(`{"type":"chat","text":`+text+`}`, "chat", func(a answer) Result {
		var plain any
		if json.Unmarshal(a.Message, &plain) == nil && strings.Contains(fmt.Sprint(plain), mark) {
			return worked("%s", what)
		}
		return changed("messages.clean", "arrives as text")
	})
}

func profileOf(user string) func(context.Context, *target) (Result, error) {
	return says(`{"type":"get_profile","userId":"`+user+`"}`, "profile", func(a answer) Result { return worked("profile of %s", a.User) })
}

// twice gives two quantities: whoever checks the first lets the last pass.
func twice(ctx context.Context, t *target) (Result, error) {
	return says(`{"type":"place_order","symbol":"AAPL","quantity":1,"quantity":-999999,"price":190}`, "order", func(a answer) Result {
		return worked("the last counts: %.0f", a.Quantity)
	})(ctx, t)
}

func nested(ctx context.Context, t *target) (Result, error) {
	return tell(`{"type":"echo","text":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`, "echo")(ctx, t)
}

// extraFields worked if the platform takes one of them over.
func extraFields(ctx context.Context, t *target) (Result, error) {
	return says(`{"type":"place_order","symbol":"AAPL","quantity":1,"price":190,"id":1,"fee":-50}`, "order", func(a answer) Result {
		if bytes.Contains(a.raw, []byte("fee")) || bytes.Contains(a.raw, []byte(`"id":1,`)) {
			return worked("taken over")
		}
		return stopped("", "taken, and ignored")
	})(ctx, t)
}

func wholeRecord(ctx context.Context, t *target) (Result, error) {
	return says(`{"type":"get_profile"}`, "profile", func(a answer) Result {
		if bytes.Contains(a.raw, []byte("taxId")) {
			return worked("in every profile")
		}
		return changed("messages.undeclared", "taken out")
	})(ctx, t)
}

// trip worked if an answer tells where in the program something went wrong.
func trip(ctx context.Context, t *target) (Result, error) {
	return says(`{"type":"place_order","symbol":["AAPL"],"quantity":{"a":1},"price":"x"}`, "order", func(a answer) Result {
		if bytes.Contains(a.raw, []byte("goroutine")) || bytes.Contains(a.raw, []byte("Traceback")) || bytes.Contains(a.raw, []byte("    at ")) {
			return worked("a stack trace")
		}
		return stopped("", "no trace of it")
	})(ctx, t)
}

// signedOut connects mallory, and then has the platform end his session, as it does
// when a password is changed or an account suspended.
func signedOut(ctx context.Context, t *target, attack func(c *wireclient.Conn) (Result, error)) (Result, error) {
	l, err := t.signIn(ctx, "mallory")
	if err != nil {
		return Result{}, err
	}
	h, err := t.credential(ctx, l)
	if err != nil {
		return Result{}, err
	}
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		return Result{}, err
	}
	if c == nil {
		return Result{}, fmt.Errorf("connect as mallory: %s", refusal(res).Seen)
	}
	defer c.Close()
	if r, open, err := awaitType(ctx, c, "welcome"); err != nil {
		return Result{}, err
	} else if !open {
		return Result{}, fmt.Errorf("wait for %q: %s", "welcome", r.Seen)
	}
	out, _, err := post(ctx, t.platform+"/logout", []byte("{}"), map[string]string{"Cookie": l.cookie})
	if err != nil {
		return Result{}, fmt.Errorf("sign out: %w", err)
	}
	if out.StatusCode != http.StatusNoContent {
		return Result{}, fmt.Errorf("sign out: status %d", out.StatusCode)
	}
	return attack(c)
}

// stays says nothing until the guard has had the time to ask again, and then does
// what the session was for.
func stays(ctx context.Context, t *target) (Result, error) {
	return signedOut(ctx, t, func(c *wireclient.Conn) (Result, error) {
		quiet, cancel := context.WithTimeout(ctx, 3*t.recheck)
		defer cancel()
		r, ended, err := untilClosed(quiet, c, func(wire.Unit) bool { return false })
		if ended {
			return r, nil
		}
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return r, err
		}
		if _, err := readAgain(ctx, c); err != nil {
			return Result{}, err
		}
		return worked("served for %s more", 3*t.recheck), nil
	})
}

// readAgain reads on a connection whose last read ended at its deadline.
func readAgain(ctx context.Context, c *wireclient.Conn) (answer, error) {
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return answer{}, err
	}
	a, ended, err := ask(ctx, c, `{"type":"get_profile"}`, "profile")
	if err == nil && (ended != nil || a.Type == "error") {
		err = errors.New("the connection is open and does not serve")
	}
	return a, err
}

func suspended(ctx context.Context, t *target) (Result, error) {
	return signedOut(ctx, t, func(c *wireclient.Conn) (Result, error) {
		a, ended, err := ask(ctx, c, `{"type":"place_order","symbol":"AAPL","quantity":1,"price":190}`, "order")
		switch {
		case err != nil:
			return Result{}, err
		case ended != nil:
			return *ended, nil
		case a.Type == "error":
			return a.refused(), nil
		}
		return worked("order carried out"), nil
	})
}
