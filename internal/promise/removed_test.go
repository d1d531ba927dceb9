package promise_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

// removals are rules of the example's configuration as they are taken out of the
// running guard, each with the promise that this breaks.
var removals = []struct {
	run            int // those of one number are taken out together
	name, from, to string
	message, text  string
}{
	{1, "set", "          set: {userId: session.user}", "", "place_order", "userId is what the guard says"},
	{2, "set of a name", "          set: {username: session.user}", "", "chat", "username is what the guard says"},
	{1, "allow of a channel", `          allow: message.channel.startsWith("prices:") || message.channel == "orders:" + session.user`, "", "subscribe", "refused unless"},
	{2, "allow of an owner", `          allow: '!has(message.userId) || message.userId == session.user || "admin" in session.roles'`, "", "get_profile", "refused unless"},
	{2, "allow of a bound", `          allow: message.quantity <= 1000 || "pro" in session.roles`, "", "place_order", "refused unless"},
	{1, "clean", "          clean: {text: escape}", "", "chat", "markup in text"},
	{1, "additionalProperties", "additionalProperties: false, properties: {type: {type: string}}}", "properties: {type: {type: string}}}", "get_orders", "undeclared member"},
	{3, "maximum", "maximum: 1000000}", "maximum: 2000000}", "place_order", "above the maximum"},
	{3, "pattern", `pattern: "^[A-Z]{1,8}$", `, "", "place_order", "does not match the pattern"},
	{3, "maxLength", "text: {type: string, maxLength: 500}", "text: {type: string}", "chat", "longer than allowed"},
	{2, "rate", "          limit: {rate: 5/1s, burst: 10}", "", "place_order", "messages in"},
	{2, "required", "required: [type, text]", "required: [type]", "chat", "text is missing"},
	{1, "undeclared: drop", "              balance: {type: number}\n          undeclared: drop", "              balance: {type: number}", "profile", "does not name"},
	{3, "server allow", "          allow: message.userId == session.user      #", "          #", "order", "only who may see it"},
}

// TestRemovedRules holds a guard to the whole configuration that runs with some
// rules less: each that is missing must be told, as broken or as not judged with
// a reason; never as held, and never passed over.
func TestRemovedRules(t *testing.T) {
	for run := 1; run <= 3; run++ {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			t.Parallel()
			platform := tradingtest.Start(t, tradingtest.InProcess)
			less := tradingText(platform)
			for _, c := range removals {
				if c.run != run {
					continue
				}
				if !strings.Contains(less, c.from) {
					t.Fatalf("%s: the configuration has no %q", c.name, c.from)
				}
				less = strings.Replace(less, c.from, c.to, 1)
			}
			cfg, err := config.Parse("wswarden.yaml", []byte(less), nil)
			if err != nil {
				t.Fatal(err)
			}
			promises, err := promise.Of(tradingConfig(t, platform), "/ws")
			if err != nil {
				t.Fatal(err)
			}
			server, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			address := server.Addr().String()
			r := hold(t, probe.Target{
				URL: parse(t, "ws://"+address+"/ws"), Origin: platform, TicketURL: "http://" + address + "/ws/ticket", Promises: promises,
				Identities: []probe.Identity{signIn(t, platform, "alice"), signIn(t, platform, "bob")},
			})
			for _, c := range removals {
				if c.run == run && !told(r, c.message, c.text) {
					t.Errorf("%s: %s %q is not told as broken or not judged", c.name, c.message, c.text)
				}
			}
			if t.Failed() {
				show(t, r)
			}
		})
	}
}

// told reports whether a promise of a message is not said to be held.
func told(r *report.Report, message, text string) bool {
	return slices.ContainsFunc(r.Promises, func(p report.Promise) bool {
		return p.Message == message && strings.Contains(p.Text, text) && p.Verdict != report.PromiseHeld
	})
}
