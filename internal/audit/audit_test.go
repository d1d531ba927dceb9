package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/audit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, opts audit.Options) *audit.Log {
	t.Helper()
	l, err := audit.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// record writes events through a log and returns its lines.
func record(t *testing.T, settings audit.Settings, events ...guard.Event) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	l := open(t, audit.Options{Settings: settings, Stdout: &out})
	for _, ev := range events {
		l.Record(ev)
	}
	l.Close()
	return parse(t, out.String())
}

func parse(t *testing.T, text string) (lines []map[string]any) {
	t.Helper()
	for s := range strings.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal([]byte(s), &m); err != nil {
			t.Fatalf("line %q: %v", s, err)
		}
		lines = append(lines, m)
	}
	return lines
}

func TestLine(t *testing.T) {
	var out bytes.Buffer
	l := open(t, audit.Options{Stdout: &out})
	l.Record(guard.Event{
		Time: time.Date(2026, 3, 4, 5, 6, 7, 89, time.FixedZone("", 3600)), ID: "0011223344556677",
		Action: "ticket.redeem", Outcome: guard.Denied, Weakness: "WS204", Rule: "ticket.used", Detail: `presented "twice"`,
		Message: "order", Route: "/ws", Client: "192.0.2.7", Origin: "https://evil.example", User: "alice", Session: "session-1", Connection: "c1",
		Ticket: "deadbeef", Status: 401, Close: 4001, Duration: 1500 * time.Millisecond,
	})
	l.Close()
	const want = `{"@timestamp":"2026-03-04T04:06:07.000000089Z","event.id":"0011223344556677","event.action":"ticket.redeem","event.outcome":"denied",` +
		`"event.duration":1500000000,"wswarden.weakness":"WS204","wswarden.rule":"ticket.used","wswarden.detail":"presented \"twice\"","wswarden.message":"order","wswarden.route":"/ws",` +
		`"wswarden.connection":"c1","wswarden.session":"84097828","wswarden.ticket":"deadbeef","wswarden.close_code":4001,"source.ip":"192.0.2.7",` +
		`"http.request.origin":"https://evil.example","http.response.status_code":401,"user.id":"alice"}` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
}

func TestAcceptancesOnRequest(t *testing.T) {
	events := []guard.Event{{ID: "1", Outcome: guard.Allowed}, {ID: "2", Outcome: guard.Denied}, {ID: "3", Outcome: guard.Monitored}, {ID: "4", Action: "revocation", Outcome: guard.Allowed}}
	for accepted, want := range map[bool]string{false: "2 3 4", true: "1 2 3 4"} {
		var ids []string
		for _, line := range record(t, audit.Settings{Accepted: accepted}, events...) {
			ids = append(ids, line["event.id"].(string))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("accepted %v: got events %s, want %s", accepted, got, want)
		}
	}
}

func TestHostileText(t *testing.T) {
	tests := []struct{ name, in, mustNotHold string }{
		{"a line feed", "a\n{\"event.id\":\"forged\"}", "\n"},
		{"a ticket", "wst1_qwertyuiopasdfghjklzxcvbnm", "qwerty"},
		{"an escape sequence", "\x1b[2J", "\x1b"},
		{"markup", "<script>", "<"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			l := open(t, audit.Options{Stdout: &out})
			l.Record(guard.Event{Outcome: guard.Denied, Detail: tt.in, Origin: tt.in, User: tt.in, Route: tt.in})
			l.Close()
			if got := strings.TrimSuffix(out.String(), "\n"); strings.Contains(got, tt.mustNotHold) {
				t.Errorf("the line holds %q: %s", tt.mustNotHold, got)
			}
			parse(t, out.String())
		})
	}
	long := record(t, audit.Settings{}, guard.Event{Outcome: guard.Denied, Origin: strings.Repeat("é", 8000)})
	if got := long[0]["http.request.origin"].(string); len(got) > 520 || !strings.HasSuffix(got, "é…") {
		t.Errorf("a text of 16000 bytes became %d bytes, ending %q", len(got), got[len(got)-6:])
	}
}

func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "audit.jsonl")
	settings := audit.Settings{File: name}
	l := open(t, audit.Options{Settings: settings})
	l.Record(guard.Event{ID: "1", Outcome: guard.Denied})
	l.Close()
	l = open(t, audit.Options{Settings: settings})
	l.Record(guard.Event{ID: "2", Outcome: guard.Denied})
	l.Close()

	l = open(t, audit.Options{Settings: settings})
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(settings); err != nil {
		t.Fatal(err)
	}
	l.Record(guard.Event{ID: "3", Outcome: guard.Denied})
	l.Close()

	for file, want := range map[string]string{name + ".1": "1 2", name: "3"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, line := range parse(t, string(data)) {
			ids = append(ids, line["event.id"].(string))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s has events %s, want %s", filepath.Base(file), got, want)
		}
	}
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, want 0600", info.Mode())
	}
}

func TestReopenThatFailsChangesNothing(t *testing.T) {
	var out bytes.Buffer
	l := open(t, audit.Options{Stdout: &out})
	if err := l.Reopen(audit.Settings{File: filepath.Join(t.TempDir(), "missing", "audit.jsonl"), Accepted: true}); err == nil {
		t.Error("Reopen of a file in a missing folder succeeded")
	}
	l.Record(guard.Event{ID: "1", Outcome: guard.Allowed})
	l.Record(guard.Event{ID: "2", Outcome: guard.Denied})
	l.Close()
	if lines := parse(t, out.String()); len(lines) != 1 || lines[0]["event.id"] != "2" {
		t.Errorf("got %v, want event 2 alone", lines)
	}
}

// stuck is a writer that does not return until it is released.
type stuck struct{ release chan struct{} }

func (s stuck) Write(b []byte) (int, error) {
	<-s.release
	return len(b), nil
}

// A reader of standard output that stops reading must not stop the guard, nor
// fill its memory.
func TestStuckWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stuck{make(chan struct{})}
		l := open(t, audit.Options{Stdout: s, Patience: time.Second})
		const events = 6000
		var wg sync.WaitGroup
		start := time.Now()
		for range events {
			wg.Go(func() { l.Record(guard.Event{Outcome: guard.Denied}) })
		}
		wg.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("Record waited %v, want the patience of 1s", took)
		}
		lost := l.Stats().Lost
		if lost == 0 || lost > events-4096 {
			t.Errorf("%d lost, want some, and no more than do not fit the queue", lost)
		}
		close(s.release)
		l.Close()
		if st := l.Stats(); st.Written+st.Lost != events {
			t.Errorf("%+v do not add up to %d", st, events)
		}
	})
}

// failing fails after half of the first bytes while it is broken.
type failing struct {
	bytes.Buffer
	broken bool
}

func (f *failing) Write(b []byte) (int, error) {
	if !f.broken {
		return f.Buffer.Write(b)
	}
	n, _ := f.Buffer.Write(b[:len(b)/2])
	return n, errors.New("no space left on device")
}

func TestFailingWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var messages bytes.Buffer
		f := &failing{broken: true}
		l := open(t, audit.Options{Stdout: f, Log: slog.New(slog.NewTextHandler(&messages, nil))})
		for range 150 { // 2.5 minutes
			l.Record(guard.Event{Outcome: guard.Denied})
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got := strings.Count(messages.String(), "audit lines were lost"); got != 3 {
			t.Errorf("%d messages in 2.5 minutes, want 3:\n%s", got, messages.String())
		}
		f.broken = false
		l.Record(guard.Event{ID: "after", Outcome: guard.Denied})
		l.Close()
		if st := l.Stats(); st.Lost != 150 || st.Written != 1 {
			t.Errorf("got %+v, want 150 lost and 1 written", st)
		}
		all := strings.TrimSuffix(f.String(), "\n")
		last := parse(t, all[strings.LastIndexByte(all, '\n')+1:])
		if last[0]["event.id"] != "after" {
			t.Errorf("the line after a torn one is %v", last)
		}
	})
}

func TestRecordAfterClose(t *testing.T) {
	l := open(t, audit.Options{Stdout: io.Discard})
	l.Close()
	l.Record(guard.Event{Outcome: guard.Denied}) // must not block or panic
}
