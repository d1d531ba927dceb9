package report_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: output differs; run go test ./report -update and read the diff. got:\n%s", path, got)
	}
}

// sampleSource reads the files that sample speaks of.
func sampleSource(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join("testdata", "sample", path))
}

// span returns the place of the first occurrence of text in a file of the
// sample, so that the places of findings follow the files.
func span(t testing.TB, path, text string) report.Span {
	t.Helper()
	src, err := sampleSource(path)
	if err != nil {
		t.Fatal(err)
	}
	offset := strings.Index(string(src), text)
	if offset < 0 {
		t.Fatalf("%s does not hold %q", path, text)
	}
	at := func(offset int) (line, column int) {
		before := string(src[:offset])
		return strings.Count(before, "\n") + 1, offset - strings.LastIndex(before, "\n")
	}
	s := report.Span{Path: path}
	s.Line, s.Column = at(offset)
	s.EndLine, s.EndColumn = at(offset + len(text))
	return s
}

// sample is a report of a small vulnerable application, finished.
func sample(t testing.TB) *report.Report {
	t.Helper()
	const server, page = "server.js", "page.js"
	accept := span(t, server, "new WebSocketServer({ port: 8080, path: '/ws' })")
	message := span(t, server, "ws.on('message', async (data)")
	parsed := span(t, server, "JSON.parse(data)")
	insert := span(t, server, "db.run(`INSERT INTO orders VALUES ('${msg.userId}', '${msg.symbol}')`)")
	remove := span(t, server, "db.run('DELETE FROM users WHERE id = ?', [msg.id])")
	relay := span(t, server, "c.send(JSON.stringify({ user: '名前 🙂', text: msg.text }))")
	html := span(t, page, "document.querySelector('#chat').innerHTML += `<p>${msg.text}</p>`")
	socket := span(t, page, "new WebSocket('ws://app.example.com/ws')")
	const id, clientID = "server.js#wss", "page.js#socket"
	r := &report.Report{
		Version: "v0.0.0-test",
		Findings: []report.Finding{
			{
				Weakness: catalogue.OriginUnchecked, Severity: catalogue.Critical, Confidence: report.HighConfidence, Span: accept,
				Message:  "The upgrade is accepted from any Origin, and the token comes with it. A page of any site can open this socket and read what it gets.",
				Fix:      "Compare req.headers.origin with a list of exact origins in verifyClient, and refuse what is not on it.",
				Endpoint: id, Anchor: "wss",
			},
			{
				Weakness: catalogue.SQLInjection, Severity: catalogue.Critical, Confidence: report.HighConfidence, Span: insert,
				Message:  "msg.userId of a client's message becomes part of an SQL text. A quote in it ends the string, and the rest runs as SQL.",
				Fix:      "Pass the values as parameters: db.run('INSERT INTO orders VALUES (?, ?)', [ws.user.id, msg.symbol]).",
				Endpoint: id, Anchor: "message>db.run",
				Trace: []report.Step{
					{Span: message, Message: "a client's message arrives"},
					{Span: parsed, Message: "it is parsed to msg"},
					{Span: insert, Message: "msg.userId is put into the SQL text"},
				},
			},
			{
				Weakness: catalogue.PrivilegedUnchecked, Severity: catalogue.Critical, Confidence: report.MediumConfidence, Span: remove,
				Message:  "Any client can delete any user: nothing on the way from the message to the deletion looks at a role.",
				Fix:      "Check ws.user.role before the switch reaches delete_user.",
				Endpoint: id, Anchor: "message>delete",
				Related: []report.Step{{Span: message, Message: "the handler that checks nothing"}},
			},
			{
				Weakness: catalogue.BroadcastRaw, Severity: catalogue.High, Confidence: report.HighConfidence, Span: relay,
				Message:  "msg.text goes to all clients as it came.",
				Fix:      "Validate its length and characters, and send to the members of the room.",
				Endpoint: id, Anchor: "message>send",
				Trace: []report.Step{
					{Span: message, Message: "a client's message arrives"},
					{Span: relay, Message: "msg.text is sent to every client"},
				},
			},
			{
				Weakness: catalogue.MessageSize, Severity: catalogue.Medium, Confidence: report.HighConfidence, Span: accept,
				Message: "ws accepts messages of 100 MiB unless told otherwise.", Fix: "Set maxPayload: 64 * 1024.", Endpoint: id, Anchor: "wss",
			},
			{
				Weakness: catalogue.DOMXSS, Severity: catalogue.High, Confidence: report.HighConfidence, Span: html,
				Message: "msg.text of a server's message is inserted as HTML.", Fix: "Use textContent.", Endpoint: clientID, Anchor: "onmessage>innerHTML",
				Trace: []report.Step{{Span: span(t, page, "event.data"), Message: "a message of the server"}, {Span: html, Message: "it becomes HTML"}},
			},
			{
				Weakness: catalogue.ReconnectStorm, Severity: catalogue.Low, Confidence: report.LowConfidence, Span: socket,
				Message: "The client does not reconnect.", Fix: "Reconnect with backoff and jitter.", Endpoint: clientID, Anchor: "socket",
			},
		},
		Endpoints: []report.Endpoint{
			{
				ID: id, Span: accept, Framework: "ws", Role: report.Server, Route: "/ws",
				Defences: []report.Defence{
					{Name: report.Origin, State: report.Absent},
					{Name: report.Auth, State: report.Present, Value: "token in the URL", Span: span(t, server, "decode(token)")},
					{Name: report.MessageSize, State: report.Default, Value: "100 MiB"},
					{Name: report.MessageRate, State: report.Absent},
					{Name: report.ConnectionLimit, State: report.Absent},
					{Name: report.Compression, State: report.Default, Value: "off"},
					{Name: report.SessionRecheck, State: report.Unknown},
					{Name: report.Schema, State: report.Absent},
				},
				Messages: []report.MessageType{
					{
						Name: "place_order", Direction: report.FromClient, Span: span(t, server, "case 'place_order'"),
						Fields: []report.MessageField{{Name: "userId"}, {Name: "symbol", Type: "string", Validated: true}},
						Flows:  []report.MessageFlow{{Field: "userId", Kind: "sql", Span: insert, Weakness: "WS305"}},
					},
					{
						Name: "delete_user", Direction: report.FromClient, Span: span(t, server, "case 'delete_user'"),
						Fields: []report.MessageField{{Name: "id"}},
						Flows:  []report.MessageFlow{{Field: "id", Kind: "delete", Span: remove, Weakness: "WS403"}, {Field: "id", Kind: "sql", Span: remove}},
					},
					{
						Name: "chat", Direction: report.FromClient, Span: span(t, server, "case 'chat'"),
						Fields: []report.MessageField{{Name: "text", Type: "string"}},
						Flows:  []report.MessageFlow{{Field: "text", Kind: "broadcast", Span: relay, Weakness: "WS501"}},
					},
					{Direction: report.FromServer, Span: relay, Fields: []report.MessageField{{Name: "user"}, {Name: "text"}}},
				},
			},
			{
				ID: clientID, Span: socket, Framework: "browser", Role: report.Client,
				Messages: []report.MessageType{{
					Direction: report.FromServer, Span: html, Fields: []report.MessageField{{Name: "text"}},
					Flows: []report.MessageFlow{{Field: "text", Kind: "html", Span: html, Weakness: "WS601"}},
				}},
			},
		},
		Stats: report.Stats{FilesWalked: 12, FilesParsed: 2, BytesWalked: 20480, BytesParsed: 1300, Lines: 1480, Elapsed: 312 * time.Millisecond, PeakRSSBytes: 64 << 20},
		Notes: []report.Note{{Span: report.Span{Path: "dump.bin"}, Message: "not text: left out"}, {Message: "3 files could not be read"}},
	}
	report.Finish(r)
	return r
}

// full is a writer that has no room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }
