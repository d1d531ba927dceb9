package guard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
)

// constant is an Expression.
type constant string

func (c constant) AppendJSON(dst []byte, _ *guard.Facts) ([]byte, error) {
	return append(dst, c...), nil
}

// upper is a Cleaner.
type upper struct{}

func (upper) Clean(text string) (string, bool) { return strings.ToUpper(text), true }

func mustSchema(text string) *guard.Schema {
	s, err := guard.CompileSchema([]byte(text))
	if err != nil {
		panic(err)
	}
	return s
}

// TestValidateMessages names each problem by its path.
func TestValidateMessages(t *testing.T) {
	client := func(r guard.MessageRule) guard.MessagePolicy {
		return guard.MessagePolicy{Client: map[string]guard.MessageRule{"m": r}}
	}
	server := func(r guard.MessageRule) guard.MessagePolicy {
		return guard.MessagePolicy{Server: map[string]guard.MessageRule{"m": r}}
	}
	second := guard.Rate{Count: 1, Per: time.Second}
	for _, c := range []struct {
		name   string
		policy guard.MessagePolicy
		want   string // paths below routes[0].messages
	}{
		{"nothing", guard.MessagePolicy{}, ""},
		{"everything", guard.MessagePolicy{Type: "data.kind", Unknown: guard.UnknownPass, UnknownServer: guard.UnknownReject, Binary: guard.BinaryText, Reject: guard.RejectClose, Strikes: 3,
			Secret: []string{"hash"}, ErrorDetail: guard.DetailPass,
			Client: map[string]guard.MessageRule{"m*": {Mode: guard.Monitor, Limit: second, UserLimit: second, Schema: mustSchema(`{}`), Undeclared: guard.UndeclaredDrop, Fresh: true,
				Set: map[string]guard.Expression{"a.b": constant("1")}, Clean: map[string]guard.Cleaner{"c": upper{}}}},
			Server: map[string]guard.MessageRule{"m": {Schema: mustSchema(`{}`), Undeclared: guard.UndeclaredDrop, Redact: []string{"hash"}}}}, ""},
		{"a dialect needs no type", guard.MessagePolicy{Dialect: dialect.NewRaw(), Type: "a..b"}, ""},
		{"type that is no path", guard.MessagePolicy{Type: "a..b"}, ".type"},
		{"type in an array", guard.MessagePolicy{Type: "[0]"}, ".type"},
		{"words", guard.MessagePolicy{Unknown: "x", UnknownServer: "x", Binary: "x", Reject: "x", ErrorDetail: "x"}, ".unknown .unknown_server .binary .reject .error_detail"},
		{"strikes", guard.MessagePolicy{Strikes: -1}, ".strikes"},
		{"secret", guard.MessagePolicy{Secret: []string{"a", "", "b.c"}}, ".secret[1] .secret[2]"},
		{"pattern", guard.MessagePolicy{Client: map[string]guard.MessageRule{"a*b": {}}}, ".client.a*b"},
		{"mode", client(guard.MessageRule{Mode: "x"}), ".client.m.mode"},
		{"rates", client(guard.MessageRule{Limit: guard.Rate{Count: 1}, UserLimit: guard.Rate{Count: -1, Per: time.Second}}), ".client.m.limit .client.m.user_limit"},
		{"undeclared", client(guard.MessageRule{Undeclared: "x"}), ".client.m.undeclared"},
		{"undeclared without a schema", server(guard.MessageRule{Undeclared: guard.UndeclaredDrop}), ".server.m.undeclared"},
		{"paths", client(guard.MessageRule{Set: map[string]guard.Expression{"a..b": constant("1"), "c": nil}, Clean: map[string]guard.Cleaner{"": nil}}), ".client.m.set.a..b .client.m.set.c .client.m.clean."},
		{"redact of a client", client(guard.MessageRule{Redact: []string{"a"}}), ".client.m.redact"},
		{"what is not for servers", server(guard.MessageRule{Limit: second, UserLimit: second, Fresh: true, Set: map[string]guard.Expression{"a": constant("1")}}), ".server.m.limit .server.m.user_limit .server.m.fresh .server.m.set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := sound()
			cfg.Routes[0].Messages = &c.policy
			var got []string
			for _, p := range cfg.Validate() {
				got = append(got, strings.TrimPrefix(p.Path, "routes[0].messages"))
				if p.Reason == "" {
					t.Errorf("%s: no reason", p.Path)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("problems at %q, want %q", got, c.want)
			}
			g, err := guard.New(cfg)
			if (err == nil) != (c.want == "") {
				t.Errorf("New: %v", err)
			}
			if g != nil {
				g.Close()
			}
		})
	}
}
