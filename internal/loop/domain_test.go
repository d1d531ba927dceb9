package loop_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/loop"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

// A domain is a server of another business than the trading platform, vulnerable
// in the same five ways, and what its clients do.
type domain struct {
	folder string
	port   string // that the source names
	start  func(t *testing.T, folder string) string
	// confirm are the marked lines that somebody has changed: what stands there, and
	// what is put in its place.
	confirm map[string]string
	// signIn returns the headers that say who a user is.
	signIn func(t *testing.T, base, user string) map[string]string
	users  [2]string // who attacks, and whom
	token  string    // the parameter of the URL that is a credential; empty for none
	path   string
	talks  []talk
}

// A talk is what one of the users says, and what comes of it through the guard: an
// answer with this in it, and without that. Behind "!" nothing may come of it.
type talk struct {
	name, says, want, never string
}

var domains = []domain{
	{
		folder: "tickets", port: "4100", start: startNode("server.js", "DESK_PORT=0"), path: "/desk", token: "access_token", users: [2]string{"eve", "carl"},
		signIn: func(t *testing.T, base, user string) map[string]string {
			return cookieOf(t, base+"/login", "application/json", fmt.Sprintf(`{"id":%q,"password":"%s-pw"}`, user, user))
		},
		talks: []talk{
			{"one's own inbox", `{"action":"watch","room":"inbox:eve"}`, `"watching"`, ""},
			{"WS404: the inbox of somebody else", `{"action":"watch","room":"inbox:carl"}`, `"denied"`, `"watching"`},
			{"a ticket of one's own", `{"action":"open_ticket","subject":"keyboard"}`, `"ownerId":"eve"`, ""},
			{"WS401: a ticket in somebody else's name", `{"action":"open_ticket","ownerId":"carl","subject":"keyboard"}`, `"ownerId":"eve"`, `"carl"`},
			{"a comment", `{"action":"comment","ticketId":2,"body":"thank you"}`, `thank you`, ""},
			{"WS401: a comment in somebody else's name", `{"action":"comment","ticketId":2,"author":"ann","body":"send me your password"}`, `"author":"eve"`, `"ann"`},
			{"WS501: markup in a comment", `{"action":"comment","ticketId":2,"body":"<img src=x onerror=alert(1)>"}`, `&lt;img`, `<img`},
			{"a priority", `{"action":"set_priority","ticketId":2,"priority":"high"}`, `"priority_set"`, ""},
			{"who one is", `{"action":"whois"}`, `"fullName":"Eve Customer"`, `457-55-5462`},
			{"WS402: who somebody else is", `{"action":"whois","personId":"carl"}`, `"denied"`, `Carl`},
			{"an action that is none", `{"action":"constructor"}`, `"schema"`, ""},
		},
	},
	{
		folder: "auction", port: "4200", start: startGo, path: "/live", token: "token", users: [2]string{"ann", "ben"},
		signIn: func(t *testing.T, base, user string) map[string]string {
			return cookieOf(t, base+"/login", "application/x-www-form-urlencoded", "user="+user)
		},
		talks: []talk{
			{"a public feed", `{"op":"follow","data":{"feed":"lot:7"}}`, `"following"`, ""},
			{"one's own feed", `{"op":"follow","data":{"feed":"bidder:ann"}}`, `"following"`, ""},
			{"WS404: the feed of somebody else", `{"op":"follow","data":{"feed":"bidder:ben"}}`, `"denied"`, `"following"`},
			{"a bid", `{"op":"place_bid","data":{"lot_id":7,"amount":10}}`, `"bidder_id":"ann"`, ""},
			{"WS401: a bid in somebody else's name", `{"op":"place_bid","data":{"lot_id":7,"bidder_id":"ben","amount":20}}`, `"bidder_id":"ann"`, `"ben"`},
			{"WS401, WS501: markup in somebody else's name", `{"op":"say","data":{"from":"ben","text":"<script>alert(1)</script>"}}`, `\u0026lt;script`, `"ben"`}, // Go writes & so
			{"one's own balance", `{"op":"balance","data":{"account_id":"ann"}}`, `"email":"ann@bids.example"`, `password_hash`},
			{"WS402: the balance of somebody else", `{"op":"balance","data":{"account_id":"ben"}}`, `"denied"`, `ben@`},
			{"a field that is none", `{"op":"say","data":{"text":"hi","admin":true}}`, `"schema"`, `"said"`},
		},
	},
	{
		folder: "devices", port: "4500", start: startPython("hub.py", "HUB_PORT=0"), path: "/ws", users: [2]string{"thermo-1", "thermo-2"},
		signIn: func(_ *testing.T, _, user string) map[string]string {
			return map[string]string{"Authorization": "Bearer t-" + user[len(user)-1:]}
		},
		talks: []talk{
			{"one's own topic", `{"cmd":"watch","topic":"device/thermo-1"}`, `"watching"`, ""},
			{"WS404: the topic of somebody else", `{"cmd":"watch","topic":"device/thermo-2"}`, `"denied"`, `"watching"`},
			{"a reading", `{"cmd":"report","temperature":21.5,"humidity":40,"label":"hall"}`, `"deviceId": "thermo-1"`, ""},
			{"WS401: a reading in somebody else's name", `{"cmd":"report","deviceId":"thermo-2","temperature":99}`, `"deviceId": "thermo-1"`, `thermo-2`},
			{"WS501: markup in a label", `{"cmd":"report","temperature":1,"label":"<b>hot</b>"}`, `&lt;b`, `<b>`},
			{"WS304: a command in a host", `{"cmd":"ping_host","host":"127.0.0.1; touch /nowhere"}`, `"schema"`, `"pinged"`},
		},
	},
}

// TestDomainsFromDraft puts what is drafted from servers of other businesses in
// front of them: the guide's five flaws are closed, and what their clients do
// passes.
func TestDomainsFromDraft(t *testing.T) {
	for _, d := range domains {
		t.Run(d.folder, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("../../review/draft/testdata", d.folder)
			base := d.start(t, folder)
			guarded := d.guard(t, base, string(drafted(t, folder)))
			d.handshakes(t, base, guarded)
			for _, x := range d.talks {
				d.talk(t, base, guarded, x)
			}
		})
	}
}

// TestLoopWithProbe runs all three faces on a program that nothing here knows but
// its source and where it runs.
func TestLoopWithProbe(t *testing.T) {
	d := domains[0]
	folder := filepath.Join("../../review/draft/testdata", d.folder)
	base := d.start(t, folder)
	who := probe.Identity{Name: d.users[0]}
	for name, value := range d.signIn(t, base, d.users[0]) {
		who.Lines = append(who.Lines, wireclient.Line{Name: name, Value: value})
	}
	r, err := loop.Run(t.Context(), loop.Options{Source: folder, Platform: base, Identities: []probe.Identity{who}, Clients: []string{
		`test -n "$WSWARDEN_SOCKET_URL" -a -n "$WSWARDEN_ORIGIN" -a "$WSWARDEN_PROGRAM_URL" = ` + base,
		`KEY=secret test "$WSWARDEN_ENDPOINT" = bare`,
		`test "$WSWARDEN_ENDPOINT" = guarded`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]loop.Verdict{"WS101": loop.Proven, "WS201": loop.Proven, "WS401": loop.Proven, "WS404": loop.Proven, "WS501": loop.Proven, "WS701": loop.Proven}
	for _, row := range r.Rows {
		if v, ok := want[row.Weakness.ID]; ok && row.Verdict() != v {
			t.Errorf("%s: got %s, want %s: %+v", row.Weakness.ID, row.Verdict(), v, row.Checks)
		}
		delete(want, row.Weakness.ID)
		for _, p := range row.Promises {
			if p.Verdict == report.PromiseBroken {
				t.Errorf("%s: %s %s: broken: %s", row.Weakness.ID, p.Message, p.Text, p.Why)
			}
		}
	}
	for id := range want {
		t.Errorf("%s is not in the table", id)
	}
	if len(r.Sessions) != 3 || !r.Sessions[0].Holds() || r.Sessions[1].Holds() || r.Sessions[2].Holds() {
		t.Fatalf("the clients: got %+v, want the first alone to be served", r.Sessions)
	}
	if name := r.Sessions[1].Name; strings.Contains(name, "secret") {
		t.Errorf("the name of a client: got %q, want nothing of what it is told", name)
	}
	if r.Holds() {
		t.Error("the loop holds with a client that is refused")
	}
	r.Sessions = r.Sessions[:1]
	if !r.Holds() {
		for _, row := range r.Rows {
			if v := row.Verdict(); v == loop.Open || v == loop.NotJudged {
				t.Errorf("%s: got %s: %+v", row.Weakness.ID, v, row)
			}
		}
		t.Error("the loop is open")
	}
}

var ownSettings = regexp.MustCompile(`(?m)^(?:listen|admin|audit):.*\n`)

// guard starts a gateway with the draft in front of the server, and returns its
// address.
func (d domain) guard(t *testing.T, base, text string) string {
	t.Helper()
	for old, confirmed := range d.confirm {
		if !strings.Contains(text, old) {
			t.Fatalf("the draft has no line to confirm with %q:\n%s", old, text)
		}
		text = strings.Replace(text, old, confirmed, 1)
	}
	address := strings.TrimPrefix(base, "http://")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.NewReplacer("127.0.0.1:"+d.port, address, "localhost:"+d.port, "localhost:"+port).Replace(ownSettings.ReplaceAllString(text, ""))
	cfg, err := config.Parse("draft.yaml", []byte("listen: 127.0.0.1:0\n"+text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return "ws://" + s.Addr().String() + d.path
}

// handshakes holds the guard to who may connect, and from where (WS101, WS201,
// WS202).
func (d domain) handshakes(t *testing.T, base, guarded string) {
	t.Helper()
	who := d.signIn(t, base, d.users[1])
	tries := []struct {
		name   string
		h      wireclient.Handshake
		served bool
	}{
		{"who signed in, from the program's own page", handshake(guarded, base, who), true},
		{"WS101: the same from a foreign page", handshake(guarded, "https://evil.example", who), false},
		{"WS102: the same from a name that looks alike", handshake(guarded, base+".evil.example", who), false},
		{"WS201: nobody", handshake(guarded, base, nil), false},
	}
	if d.token != "" {
		_, value, _ := strings.Cut(who["Cookie"], "=")
		tries = append(tries, struct {
			name   string
			h      wireclient.Handshake
			served bool
		}{"WS202: a credential in the URL", handshake(guarded+"?"+d.token+"="+url.QueryEscape(value), base, nil), false})
	}
	for _, x := range tries {
		c, _, err := wireclient.Dial(t.Context(), x.h)
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		if c != nil {
			c.Close()
		}
		if (c != nil) != x.served {
			t.Errorf("%s: served %v, want %v", x.name, c != nil, x.served)
		}
	}
}

func handshake(address, origin string, headers map[string]string) wireclient.Handshake {
	h := wireclient.Handshake{URL: address, Origin: origin}
	for name, value := range headers {
		h.Header = append(h.Header, wireclient.Line{Name: name, Value: value})
	}
	return h
}

// talk says one thing on a connection of its own, after the same user has joined
// what is his, and looks at what comes of it.
func (d domain) talk(t *testing.T, base, guarded string, x talk) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, res, err := wireclient.Dial(ctx, handshake(guarded, base, d.signIn(t, base, d.users[0])))
	if err != nil || c == nil {
		t.Fatalf("%s: connect: %v, %v", x.name, res, err)
	}
	defer c.Close()
	if d.folder == "devices" { // it answers those who watch
		if err := c.SendText(d.talks[0].says); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.SendText(x.says); err != nil {
		t.Fatal(err)
	}
	for {
		u, err := c.Next(ctx)
		if err != nil || u.Opcode == wire.Close {
			t.Errorf("%s: %s: no answer with %s: %v %s", d.folder, x.name, x.want, err, u.Reason)
			return
		}
		if x.never != "" && bytes.Contains(u.Payload, []byte(x.never)) {
			t.Errorf("%s: %s: got %s, want nothing with %s", d.folder, x.name, u.Payload, x.never)
			return
		}
		if bytes.Contains(u.Payload, []byte(x.want)) {
			return
		}
		if bytes.Contains(u.Payload, []byte(`"code":`)) && bytes.Contains(u.Payload, []byte(`"event":`)) {
			t.Errorf("%s: %s: refused: %s", d.folder, x.name, u.Payload)
			return
		}
	}
}

func cookieOf(t *testing.T, at, kind, body string) map[string]string {
	t.Helper()
	res, err := http.Post(at, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) == 0 {
		t.Fatalf("sign in at %s: %s", at, res.Status)
	}
	c := res.Cookies()[0]
	return map[string]string{"Cookie": c.Name + "=" + c.Value}
}

func startNode(script string, env ...string) func(*testing.T, string) string {
	return func(t *testing.T, folder string) string {
		t.Helper()
		modules, err := filepath.Abs("../../examples/trading/node/node_modules")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(modules, "ws")); err != nil {
			t.Fatal("ws is not installed: run (cd examples/trading/node && npm ci)")
		}
		return startServer(t, append(env, "NODE_PATH="+modules), "apt-get install -y nodejs npm", "node", filepath.Join(folder, script))
	}
}

func startPython(script string, env ...string) func(*testing.T, string) string {
	return func(t *testing.T, folder string) string {
		t.Helper()
		return startServer(t, append(env, "PYTHONDONTWRITEBYTECODE=1"), "apt-get install -y python3 python3-websockets", "/usr/bin/python3", filepath.Join(folder, script))
	}
}

func startGo(t *testing.T, folder string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "server")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./"+folder).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", folder, err, out)
	}
	return startServer(t, nil, "", binary, "-listen", "127.0.0.1:0")
}

// startServer runs a server until the end of the test. It also ends with its
// standard input.
func startServer(t *testing.T, env []string, install, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is not installed: run %s", name, install)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(append(os.Environ(), "EXIT_WITH_STDIN=1"), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	ended := make(chan error, 1)
	go func() {
		io.Copy(io.Discard, lines)
		ended <- cmd.Wait()
	}()
	t.Cleanup(func() {
		stdin.Close()
		kill := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		defer kill.Stop()
		<-ended
		if t.Failed() && stderr.Len() > 0 {
			t.Logf("standard error of %s:\n%s", filepath.Base(name), stderr.Bytes())
		}
	})
	address, ok := strings.CutPrefix(strings.TrimSpace(first), "listening on ")
	if !ok {
		t.Fatalf("start %s: got %q, %v, want the line with its address", name, first, err)
	}
	return address
}

// TestTalksWorkBare holds the attacks to the servers without a guard: one that
// works nowhere proves nothing.
func TestTalksWorkBare(t *testing.T) {
	for _, d := range domains {
		t.Run(d.folder, func(t *testing.T) {
			t.Parallel()
			base := d.start(t, filepath.Join("../../review/draft/testdata", d.folder))
			bare := "ws" + strings.TrimPrefix(base, "http") + d.path
			c, _, err := wireclient.Dial(t.Context(), handshake(bare, "https://evil.example", d.signIn(t, base, d.users[0])))
			if err != nil || c == nil {
				t.Fatalf("a foreign page is refused: %v", err)
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := c.SendText(d.talks[0].says); err != nil { // what it answers goes to who listens
				t.Fatal(err)
			}
			for _, x := range d.talks {
				if !strings.HasPrefix(x.name, "WS401") && !strings.HasPrefix(x.name, "WS501") && !strings.HasPrefix(x.name, "WS404") {
					continue
				}
				if err := c.SendText(x.says); err != nil {
					t.Fatal(err)
				}
				for {
					u, err := c.NextMessage(ctx)
					if err != nil {
						t.Fatalf("%s: no answer with %s: %v", x.name, x.never, err)
					}
					if bytes.Contains(u.Payload, []byte(x.never)) {
						break
					}
				}
			}
		})
	}
}
