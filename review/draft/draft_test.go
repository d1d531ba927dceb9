package draft_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/review"
	"github.com/wswarden/wswarden/review/draft"
)

var update = flag.Bool("update", false, "write the golden files anew")

// programs are folders with the name of their golden file.
var programs = map[string]string{
	"tickets": "testdata/tickets", "auction": "testdata/auction", "documents": "testdata/documents", "chat": "testdata/chat", "devices": "testdata/devices",
	"trading-node": "../../examples/trading/node", "trading-python": "../../examples/trading/python", "trading-go": "../../examples/trading/goserver",
}

func of(t *testing.T, folder string) []byte {
	t.Helper()
	var text []byte
	if _, err := review.Run(t.Context(), []string{folder}, review.Options{Draft: func(b []byte) { text = b }}); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..") // what lies above the working directory is named from the root of the disk
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(text, []byte(filepath.ToSlash(root)+"/"), nil)
}

func judge(text []byte) error {
	_, err := config.Parse("draft.yaml", text, func(string) (string, bool) { return "", false })
	return err
}

// TestGolden holds drafts to what they were: read the difference before -update. The
// guard accepts each as it is, and they are the same each time.
func TestGolden(t *testing.T) {
	for name, folder := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := of(t, folder)
			if err := judge(got); err != nil {
				t.Errorf("the guard does not accept it: %v", err)
			}
			if again := of(t, folder); !bytes.Equal(got, again) {
				t.Error("a second draft of the same code differs")
			}
			golden := filepath.Join("testdata", "golden", name+".yaml")
			if *update {
				if err := os.WriteFile(golden, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the draft of %s is another than %s: compare with go test ./review/draft -update and git diff\n%s", folder, golden, got)
			}
		})
	}
}

// TestFlavoursAgree holds the drafts from one program in three languages to each
// other: the same types of messages, fields that are set, texts that are cleaned
// and conditions.
func TestFlavoursAgree(t *testing.T) {
	rules := regexp.MustCompile(`(?m)^ {8}\S+:|^ {10}(?:set|allow|fresh):.*$|^ {14}\w+:`)
	comments := regexp.MustCompile(` # .*`)
	var first []string
	for _, flavour := range []string{"node", "python", "go"} {
		text := string(of(t, programs["trading-"+flavour]))
		_, client, _ := strings.Cut(text, "      client:\n")
		client, _, _ = strings.Cut(client, "      server:\n")
		got := rules.FindAllString(comments.ReplaceAllString(client, ""), -1)
		if first == nil {
			first = got
		}
		if strings.Join(got, "\n") != strings.Join(first, "\n") {
			t.Errorf("%s: got\n%s\nwant, as in node,\n%s", flavour, strings.Join(got, "\n"), strings.Join(first, "\n"))
		}
	}
}

func source(t *testing.T, name, text string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return of(t, dir)
}

// serverIn is a server in JavaScript with this as what it does with a message.
func serverIn(body string) string {
	return `const { WebSocketServer } = require('ws');
const rooms = new Map();
const wss = new WebSocketServer({ port: 7000, path: '/ws' });
wss.on('connection', (ws, req) => {
  const user = sessions.get(parse(req.headers.cookie).sid);
  ws.on('message', (data) => {
    const msg = JSON.parse(data);
` + body + `
  });
});
`
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		name, body  string
		want, never []string
	}{
		{"names that YAML and CEL would take for something else", `
    if (msg.type === 'no') rooms.get(msg['odd-name']).add(ws);
    if (msg.type === '1e3: #x') for (const c of wss.clients) c.send(JSON.stringify({ text: msg['in'], user: msg["user id"] }));
    if (msg.type === 'a*') ws.send('x');`,
			[]string{`        "no":`, `dyn(message)["odd-name"]`, `"1e3: #x":`}, []string{"        a*:"}},
		{"what the default of a field says", `
    if (msg.type === 'a') store.put({ answers: msg.answers || {}, tags: msg.tags || [] });`,
			[]string{"answers: {type: object}", "tags: {type: array"}, nil},
		{"types that are not all there are", `
    if (msg.type === 'a') return ws.send('a');
    for (const c of wss.clients) c.send(JSON.stringify({ text: msg.text }));`,
			[]string{"unknown: pass # confirm: reject, once"}, nil},
		{"no types at all", `
    for (const c of wss.clients) c.send(JSON.stringify({ text: msg.text }));`,
			[]string{`        "*":`, "clean: {text: escape}"}, nil},
		{"a message that others get as it is", `
    if (msg.type === 'relay') { note(msg.text); for (const c of wss.clients) c.send(data); }`,
			[]string{"clean: {text: escape}", `additionalProperties: {type: [string, number, boolean, "null"], maxLength: 65536, pattern: "^[^<>]*$"}`}, nil},
		{"privileges", `
    if (msg.type === 'ban_user') { accounts.get(msg.userId).banned = true; for (const c of wss.clients) c.send(JSON.stringify({ type: 'banned', userId: msg.userId })); }`,
			[]string{`allow: '"admin" in session.roles' # confirm: who may do this`, "fresh: true"}, []string{"set:"}},
		{"channels of unknown form", `
    if (msg.type === 'join') { rooms.get(msg.room).add(ws); }`,
			[]string{`allow: 'session.owns("rooms", message.room)' # confirm:`}, nil},
		{"channels in a list", `
    if (msg.type === 'join') msg.rooms.forEach((room) => rooms.get(room).add(ws));
    if (msg.type === 'say') for (const c of rooms.get('team:' + msg.team)) c.send(msg.text);`,
			[]string{`allow: 'message.rooms.all(c, c.startsWith("team:"))'`, `rooms: {type: array, maxItems: 64, items: {type: string, maxLength: 256}}`}, nil},
		{"channels of one person, and what is no channel", `
    const digest = hash('pepper:' + msg.pin);
    store.save('note:' + msg.id, digest);
    if (msg.type === 'tune') rooms.get(msg.room).add(ws);
    if (msg.type === 'say') publish('mailbox:' + msg.addressee, msg.text);`,
			[]string{`message.room == "mailbox:" + session.user`, `message.room.matches(`}, []string{"pepper:", "note:", `startsWith("mailbox:")`}},
		{"channels by name", `
    const rooms = new Map([['lobby', new Set()], ['kitchen', new Set()]]);
    if (msg.type === 'tune') rooms.get(msg.room).add(ws);`,
			[]string{`message.room in ["kitchen", "lobby"]`}, nil},
		{"privileges without a word of roles", `
    if (msg.type === 'banner') for (const c of wss.clients) c.send(JSON.stringify({ type: 'banner', text: msg.text }));
    if (msg.type === 'push_firmware') devices.get(msg.device).image = msg.image;`,
			[]string{"        banner:", `allow: '"admin" in session.roles' # confirm: who may do this`}, nil},
		{"who speaks, by name alone", `
    if (msg.type === 'sing') for (const c of wss.clients) c.send(JSON.stringify({ type: 'sung', nickname: msg.nickname, postedBy: msg.postedBy, subject: msg.subject || 'none' }));`,
			[]string{"set: {nickname: session.name, postedBy: session.user} # confirm:", "clean: {subject: escape}"}, nil},
		{"secrets of records", `
    const kiln = { id: 1, wifi_password: 'x', shareKey: 'y', sortKey: 3, publicKey: 'z' };
    db.query('CREATE TABLE potters (id INT, insurance_no TEXT, door_pin VARCHAR(8), glaze TEXT)');
    if (msg.type === 'fire') ws.send(JSON.stringify({ type: 'fired', kiln }));`,
			[]string{"secret: [insurance_no, door_pin, wifi_password, shareKey"}, []string{"sortKey", "publicKey", "glaze"}},
		{"an object of nobody knows whom", `
    if (msg.type === 'scrap') db.hives.deleteOne({ id: msg.hiveId });`,
			[]string{`allow: "true" # confirm: whose hiveId that is`, `session.owns("hives", message.hiveId)`}, nil},
		{"who acts under another name", `
    if (msg.type === 'bid') { const who = msg.bidder_no ?? user; lots.get(msg.lot).bidder = who; for (const c of wss.clients) c.send(JSON.stringify({ bidder: who })); }`,
			[]string{"set: {bidder_no: session.user}"}, nil},
		{"interpreters", `
    if (msg.type === 'read') fs.readFile('/srv/' + msg.name, () => {});
    if (msg.type === 'find') db.query("SELECT * FROM t WHERE a = '" + msg.word + "'");`,
			[]string{`pattern: "^[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$"`, `pattern: '^[^''"\\;]*$'`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := string(source(t, "server.js", "const fs = require('fs');\nconst db = require('pg').Client;\n"+serverIn(tt.body)))
			if err := judge([]byte(got)); err != nil {
				t.Errorf("the guard does not accept it: %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("got no %q in\n%s", want, got)
				}
			}
			for _, never := range tt.never {
				if strings.Contains(got, never) {
					t.Errorf("got %q in\n%s", never, got)
				}
			}
		})
	}
}

func TestNothingToGuard(t *testing.T) {
	if got := source(t, "app.js", "const ws = new WebSocket('wss://a.example/ws');\nws.onmessage = (e) => console.log(e.data);\n"); got != nil {
		t.Errorf("got a draft for a client:\n%s", got)
	}
}

func TestContains(t *testing.T) {
	text := []byte("# WS999 at the head\nroutes:\n  - path: /ws\n    origins: [a] # confirm: yours (WS101 a.js:1)\n    messages:\n      client:\n        \"a b\": # a.js:2\n          set: {user: session.user} # who; WS401 a.js:3; WS401 a.js:4\n")
	got := draft.Contains(text)
	if l := got["WS101"]; len(l) != 1 || l[0] != (draft.Line{Number: 4, Setting: "routes.origins", Confirm: true}) {
		t.Errorf("WS101: got %+v", l)
	}
	if l := got["WS401"]; len(l) != 1 || l[0] != (draft.Line{Number: 8, Setting: "routes.messages.client.a b.set"}) {
		t.Errorf("WS401: got %+v", l)
	}
	if l := got["WS999"]; l != nil {
		t.Errorf("WS999: got %+v, want nothing of the head", l)
	}
}

func TestMend(t *testing.T) {
	text := "routes:\n  - path: /ws\n    messages:\n      client:\n        a:\n          schema:\n            type: object\n            properties:\n              x: {type: nonsense}\n          allow: nonsense\n          set: {x: nonsense}\n        b:\n          limit: 1/1s\n"
	want := "routes:\n  - path: /ws\n    messages:\n      client:\n        a:\n          schema: {type: object} # confirm: the guard does not accept what was drafted; write it\n          allow: \"false\" # confirm: the guard does not accept what was drafted; write it\n          # confirm: no set could be drafted that the guard accepts\n        b:\n          limit: 1/1s\n"
	if got := string(draft.Mend([]byte(text), []int{11, 9, 10, 9})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := draft.Mend([]byte(text), []int{2}); got != nil {
		t.Errorf("got %q for a line that nothing stands in for, want nothing", got)
	}
}
