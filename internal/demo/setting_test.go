package demo

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

func TestSettingOf(t *testing.T) {
	text, err := siteConfig("127.0.0.1:5000", "http://guarded.wswarden.localhost:6000")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Parse("wswarden.yaml", text, nil); err != nil {
		t.Fatalf("the demo's configuration: %v", err)
	}
	lines := strings.Split(string(text), "\n")
	tests := []struct{ rule, message, path, line string }{
		{"origin.foreign", "", "origins", "origins:"},
		{"origin.absent", "", "allow_no_origin", "allow_no_origin: false"},
		{"host.foreign", "", "origins", "origins:"},
		{"ticket.used", "", "auth.ticket", "ticket:"},
		{"ticket.expired", "", "auth.ticket.ttl", "ttl: 5s"},
		{"connections.address", "", "limits.connections_per_ip", "connections_per_ip: 10"},
		{"messages.rate", "", "limits.messages", "messages: {rate: 60/1m"},
		{"frame.message-size", "", "limits.message_bytes", "message_bytes: 64KiB"},
		{"recheck.refused", "", "session.recheck", "recheck: 1s"},
		{"message.allow", "subscribe", "messages.client.subscribe.allow", "allow: message.channel"},
		{"message.set", "place_order", "messages.client.place_order.set", "set: {userId"},
		{"message.clean", "chat", "messages.client.chat.clean", "clean: {text: escape}"},
		{"message.unknown-type", "set_role", "messages.unknown", "unknown: reject"},
		{"message.duplicate-key", "place_order", "messages", "messages:"},
		{"message.allow", "no such type", "", ""},
		{"frame.unmasked-frame", "", "", ""},
		{"query.credential", "", "", ""},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		got := settingOf(text, tt.rule, tt.message)
		if got.Path != tt.path {
			t.Errorf("%s %s: got %+v, want %s", tt.rule, tt.message, got, tt.path)
			continue
		}
		if tt.path == "" {
			if got.Line != 0 {
				t.Errorf("%s: got line %d of nothing", tt.rule, got.Line)
			}
			continue
		}
		if got.Line < 1 || !strings.HasPrefix(strings.TrimSpace(lines[got.Line-1]), tt.line) {
			t.Errorf("%s %s: got line %d, %q, want %q", tt.rule, tt.message, got.Line, lines[max(got.Line-1, 0)], tt.line)
		}
	}
}

func TestSettingOfBrokenConfiguration(t *testing.T) {
	for _, text := range []string{"", "routes", "routes: []", "routes: [a]", "a: [b", "routes: {origins: 1}"} {
		if got := settingOf([]byte(text), "message.allow", "chat"); got != (setting{}) {
			t.Errorf("%q: got %+v, want nothing", text, got)
		}
	}
}
