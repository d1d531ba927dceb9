package promise_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/examples/trading"
	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tradingText is the example's configuration for a platform at another address.
func tradingText(platform string) string {
	address := strings.TrimPrefix(platform, "http://")
	text := strings.NewReplacer(
		"127.0.0.1:3000", address, "listen: 127.0.0.1:8080", "listen: 127.0.0.1:0", "localhost:3000", "localhost"+address[strings.LastIndexByte(address, ':'):],
	).Replace(string(trading.GuardConfig()))
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "admin:") && !strings.HasPrefix(line, "audit:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// tradingConfig is that configuration, parsed.
func tradingConfig(t *testing.T, platform string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("wswarden.yaml", []byte(tradingText(platform)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// signIn returns an identity of the platform.
func signIn(t *testing.T, platform, user string) probe.Identity {
	t.Helper()
	body := strings.NewReader(`{"user":"` + user + `","password":"` + user + `-demo"}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, platform+"/login", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.Name == "session" {
			return probe.Identity{Name: user, Lines: []wireclient.Line{{Name: "Cookie", Value: "session=" + c.Value}}}
		}
	}
	t.Fatalf("sign in %q: got %d and no cookie", user, res.StatusCode)
	return probe.Identity{}
}

// hold runs the promises alone.
func hold(t *testing.T, target probe.Target) *report.Report {
	t.Helper()
	plan, err := probe.NewPlan(probe.Options{Target: target, Only: []string{probe.PromisesName}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := plan.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if declared := plan.Budget(); r.Stats.Connections > declared.Connections || r.Stats.Messages > declared.Messages {
		t.Errorf("used %d connections and %d messages, declared %v", r.Stats.Connections, r.Stats.Messages, declared)
	}
	return r
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func show(t *testing.T, r *report.Report) {
	for _, p := range r.Promises {
		t.Logf("%-10s %-12s %s: %s", p.Verdict, p.Message, p.Text, p.Why)
	}
	for _, j := range r.Judgements {
		if j.Verdict == report.NotJudged {
			t.Logf("not judged: %v %s", j.Weakness, j.Message)
		}
	}
	t.Logf("%d connections, %d messages, %v", r.Stats.Connections, r.Stats.Messages, r.Stats.Elapsed)
}

// Through a guard everything that the example's configuration promises holds;
// at the platform itself, the promises are broken.
func TestTrading(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.InProcess)
	cfg := tradingConfig(t, platform)
	promises, err := promise.Of(cfg, "/ws")
	if err != nil {
		t.Fatal(err)
	}
	identities := []probe.Identity{signIn(t, platform, "alice"), signIn(t, platform, "bob")}

	t.Run("guarded", func(t *testing.T) {
		server, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		address := server.Addr().String()
		r := hold(t, probe.Target{
			URL: parse(t, "ws://"+address+"/ws"), Origin: platform, Identities: identities, TicketURL: "http://" + address + "/ws/ticket", Promises: promises,
		})
		show(t, r)
		held := 0
		for _, p := range r.Promises {
			switch p.Verdict {
			case report.PromiseBroken:
				t.Errorf("broken: %s %s: %s", p.Message, p.Text, p.Why)
			case report.PromiseHeld:
				held++
			}
		}
		if len(r.Findings) > 0 || held < 60 {
			t.Errorf("got %d findings and %d promises held, want none and at least 60", len(r.Findings), held)
		}
	})
	t.Run("bare", func(t *testing.T) {
		r := hold(t, probe.Target{URL: parse(t, "ws"+strings.TrimPrefix(platform, "http")+"/ws"), Origin: platform, Identities: identities, Promises: promises})
		show(t, r)
		var got []string
		for _, f := range r.Findings {
			if !slices.Contains(got, f.Weakness.ID) {
				got = append(got, f.Weakness.ID)
			}
			if f.Evidence == nil || f.Evidence.Response == "" {
				t.Errorf("%s: no evidence for %s", f.Weakness.ID, f.Message)
			}
		}
		for _, want := range []string{"WS201", "WS302", "WS401", "WS402", "WS403", "WS404", "WS405", "WS501", "WS504", "WS701", "WS702", "WS703", "WS707", "WS708"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s is not reported; got %v", want, got)
			}
		}
	})
}

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wswarden.yaml")
	text := "sign_in: {jwt: {issuer: 'https://id.example.com', audience: a, secret_env: NOBODY_HAS_SET_THIS}}\nroutes: [{path: /ws, backend: 'ws://127.0.0.1:1/', origins: ['https://app.example.com'], auth: {bearer: true}}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := promise.Load(file, "/ws")
	if err != nil {
		t.Fatal(err)
	}
	if !p.Bearer || p.Cookie || p.PerAddress != 10 || p.Rules != nil {
		t.Errorf("got %+v", p)
	}
	if _, err := promise.Load(file, "/other"); !errors.Is(err, promise.ErrNoRoute) {
		t.Errorf("another path: got %v, want ErrNoRoute", err)
	}
}
