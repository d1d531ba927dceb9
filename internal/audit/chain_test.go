package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/audit"
)

var testKey = []byte("0123456789abcdef0123456789abcdef")

// chained returns settings for a file with a chain.
func chained(name string, key []byte) audit.Settings {
	return audit.Settings{File: name, HashChain: true, ChainKey: key}
}

// writeEvents opens a log, records events of these names and closes it.
func writeEvents(t testing.TB, s audit.Settings, ids ...string) {
	t.Helper()
	l, err := audit.Open(audit.Options{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		l.Record(guard.Event{ID: id, Outcome: guard.Denied, Detail: `,"wswarden.chain.hash":"` + id, Origin: "https://evil.example"})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// verify judges the text of files.
func verify(t testing.TB, key []byte, texts ...string) audit.Verified {
	t.Helper()
	var files []io.Reader
	for _, text := range texts {
		files = append(files, strings.NewReader(text))
	}
	v, err := audit.Verify(files, key, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// broken returns where a chain is broken, as line: reason.
func broken(v audit.Verified) string {
	if v.Break == nil {
		return ""
	}
	return fmt.Sprintf("%d: %s", v.Break.Line, v.Break.Reason)
}

func TestChain(t *testing.T) {
	for name, key := range map[string][]byte{"without a key": nil, "with a key": testKey} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "audit.jsonl")
			writeEvents(t, chained(file, key), "1", "2", "3")
			writeEvents(t, chained(file, key), "4")
			text := readFile(t, file)
			v := verify(t, key, text)
			if v.Break != nil || v.Lines != 6 || v.First != 1 || v.Last != 6 || len(v.Head) != 64 || v.Before != "" {
				t.Errorf("got %+v %q, want 6 lines that hold", v, broken(v))
			}
			for i, line := range parse(t, text) {
				if got := line["wswarden.chain.sequence"]; got != float64(i+1) {
					t.Errorf("line %d has number %v", i+1, got)
				}
			}
		})
	}
}

func TestKeyOfChain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	writeEvents(t, chained(file, testKey), "1", "2")
	text := readFile(t, file)
	if v := verify(t, []byte("another key, as long as the first"), text); broken(v) != "1: the hash does not match: the line was changed, or the key is another one" {
		t.Errorf("with another key: got %q", broken(v))
	}
	if _, err := audit.Verify([]io.Reader{strings.NewReader(text)}, nil, ""); !errors.Is(err, audit.ErrKeyed) {
		t.Errorf("without the key: got %v, want ErrKeyed", err)
	}
	// Somebody without the key can make a chain, but none of this key.
	writeEvents(t, chained(file+".forged", nil), "1")
	if v := verify(t, testKey, readFile(t, file+".forged")); v.Break == nil {
		t.Error("a chain without a key holds with one")
	}
	for name, key := range map[string][]byte{"another key": []byte("another key, as long as the first"), "no key": nil} {
		if _, err := audit.Open(audit.Options{Settings: chained(file, key)}); err == nil || !strings.Contains(err.Error(), "does not hold") {
			t.Errorf("continuing with %s: got error %v", name, err)
		}
	}
	if got := readFile(t, file); got != text {
		t.Error("a refused start changed the file")
	}
}

// TestTampering changes a file in each of the ways there are.
func TestTampering(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	writeEvents(t, chained(file, testKey), "a", "b", "c", "d")
	text := readFile(t, file)
	lines := strings.SplitAfter(text, "\n")[:5]
	join := func(order ...int) string {
		var b strings.Builder
		for _, i := range order {
			b.WriteString(lines[i])
		}
		return b.String()
	}
	tests := []struct{ name, text, want string }{
		{"nothing", text, ""},
		{"empty", "", "1: the file has no line"},
		{"a changed value", strings.Replace(text, `"event.id":"b"`, `"event.id":"x"`, 1), "3: the hash does not match"},
		{"a changed number", strings.Replace(text, `sequence":3,`, `sequence":4,`, 1), "3: line number 4 is here where 3 should be"},
		{"a dropped line", join(0, 1, 3, 4), "3: line number 4 is here where 3 should be: lines are missing"},
		{"dropped at the start", join(1, 2, 3, 4), "1: lines are missing in front"},
		{"swapped lines", join(0, 2, 1, 3, 4), "2: line number 3 is here where 2 should be"},
		{"a line twice", join(0, 1, 1, 2, 3, 4), "3: line number 2 is here where 3 should be: the line was moved, or is here twice"},
		{"all of it twice", text + text, "6: line number 1 is here where 6 should be"},
		{"an added line", join(0, 1) + "{\"event.id\":\"x\"}\n" + join(2, 3, 4), "3: this is no line of a chain"},
		{"an empty line", join(0, 1) + "\n" + join(2, 3, 4), "3: this is no line of a chain"},
		{"an added line at the end", text + "{}\n", "6: this is no line of a chain, and no line behind it accounts for it"},
		{"a changed last line", strings.Replace(text, `"event.id":"d"`, `"event.id":"x"`, 1), "5: the hash does not match"},
		{"cut within a line", text[:len(text)-10], "5: this is no line of a chain"},
		{"cut in the middle", text[:200] + text[400:], "1: "},
		{"windows line ends", strings.ReplaceAll(text, "\n", "\r\n"), "1: the file does not start with a line of a chain"},
		{"capital digits", strings.ToUpper(text), "1: "},
		{"cut at the end of a line", join(0, 1, 2), ""}, // not to be found without a later head
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := broken(verify(t, testKey, tt.text))
			if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHead finds a cut end by a head that was kept elsewhere, in the operational
// log.
func TestHead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	var messages bytes.Buffer
	l := open(t, audit.Options{Settings: chained(file, nil), Log: slog.New(slog.NewTextHandler(&messages, nil))})
	l.Record(guard.Event{ID: "1", Outcome: guard.Denied})
	l.Close()
	text := readFile(t, file)
	head := verify(t, nil, text).Head
	if !strings.Contains(messages.String(), "sequence=2 head="+head) {
		t.Errorf("the operational log does not have the head %s:\n%s", head, messages.String())
	}
	first, _, _ := strings.Cut(text, "\n")
	for _, tt := range []struct {
		text string
		want bool
	}{{text, true}, {first + "\n", false}} {
		v, err := audit.Verify([]io.Reader{strings.NewReader(tt.text)}, nil, head)
		if err != nil || v.Break != nil || v.HasHead != tt.want {
			t.Errorf("of %d bytes: got %+v, %v, want HasHead %v", len(tt.text), v, err, tt.want)
		}
	}
}

func TestRotation(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	s := chained(file, testKey)
	writeEvents(t, s, "1") // closed, so that it is in the first file
	l := open(t, audit.Options{Settings: s})
	if err := l.Reopen(s); err != nil { // a reload without a rotation
		t.Fatal(err)
	}
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(s); err != nil {
		t.Fatal(err)
	}
	l.Record(guard.Event{ID: "2", Outcome: guard.Denied})
	l.Close()
	old, next := readFile(t, file+".1"), readFile(t, file)
	v := verify(t, testKey, old, next)
	if v.Break != nil || v.First != 1 || v.Last != uint64(v.Lines) {
		t.Errorf("both files: got %+v %q", v, broken(v))
	}
	if v := verify(t, testKey, next); v.Break != nil || v.Before == "" || v.Before != verify(t, testKey, old).Head {
		t.Errorf("the second file alone: got %+v, want one that continues the first", v)
	}
	if v := verify(t, testKey, next, old); v.Break == nil || v.Break.File != 1 {
		t.Errorf("in the wrong order: got %+v", v)
	}
	oldLines := strings.SplitAfter(old, "\n")
	if v := verify(t, testKey, strings.Join(oldLines[:len(oldLines)-2], ""), next); v.Break == nil || v.Break.File != 1 || !strings.Contains(v.Break.Reason, "does not continue") {
		t.Errorf("with the end of the first cut off: got %+v %q", v, broken(v))
	}
}

// TestCrash tears the end of a file as a crash does, at every byte, and goes on.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "audit.jsonl")
	writeEvents(t, chained(file, nil), "1", "2")
	text := readFile(t, file)
	last := strings.LastIndexByte(text[:len(text)-1], '\n') + 1
	for cut := last + 1; cut < len(text); cut++ {
		if err := os.WriteFile(file, []byte(text[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		writeEvents(t, chained(file, nil), "3")
		got := readFile(t, file)
		if !strings.HasPrefix(got, text[:cut]) {
			t.Fatalf("cut at %d: the remains are not kept", cut)
		}
		want := 1
		if cut == len(text)-1 {
			want = 0 // nothing but the line feed was missing
		}
		v := verify(t, nil, got)
		if v.Break != nil || v.Torn != want {
			t.Fatalf("cut at %d: got %+v %q, want %d torn", cut, v, broken(v), want)
		}
		if want == 1 {
			changed := []byte(got)
			changed[last] ^= 1
			if v := verify(t, nil, string(changed)); v.Break == nil {
				t.Fatalf("cut at %d: a change of the remains is not found", cut)
			}
			if v := verify(t, nil, got[:last]+got[cut+1:]); v.Break == nil {
				t.Fatalf("cut at %d: it is not found that the remains were taken away", cut)
			}
		}
	}
}

func TestUnchainedFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	writeEvents(t, audit.Settings{File: file}, "1")
	text := readFile(t, file)
	if _, err := audit.Open(audit.Options{Settings: chained(file, nil)}); err == nil || !strings.Contains(err.Error(), "without a hash chain") {
		t.Errorf("got error %v", err)
	}
	l := open(t, audit.Options{Settings: audit.Settings{File: file}})
	if err := l.Reopen(chained(file, nil)); err == nil {
		t.Error("a reload chained to lines without a chain")
	}
	l.Record(guard.Event{ID: "2", Outcome: guard.Denied})
	l.Close()
	if got := parse(t, strings.TrimPrefix(readFile(t, file), text)); len(got) != 1 || got[0]["event.id"] != "2" {
		t.Errorf("after a failed reload the file has %v", got)
	}
}

func TestTamperedEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	writeEvents(t, chained(file, nil), "1", "2")
	text := strings.Replace(readFile(t, file), `"event.id":"2"`, `"event.id":"x"`, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Open(audit.Options{Settings: chained(file, nil)}); err == nil || !strings.Contains(err.Error(), "does not hold") {
		t.Errorf("got error %v", err)
	}
}

// TestLongFile continues a chain of which only the end is read.
func TestLongFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	ids := make([]string, 3000)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	writeEvents(t, chained(file, testKey), ids...)
	writeEvents(t, chained(file, testKey), "last")
	text := readFile(t, file)
	if len(text) < 700<<10 {
		t.Fatalf("the file is too short for this test: %d bytes", len(text))
	}
	if v := verify(t, testKey, text); v.Break != nil || v.Last != 3003 {
		t.Errorf("got %+v %q", v, broken(v))
	}
}

func TestTwoProcesses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	open(t, audit.Options{Settings: chained(file, nil)})
	if _, err := audit.Open(audit.Options{Settings: chained(file, nil)}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got error %v", err)
	}
}

// shaky takes as many bytes of each write as its list says, and all when it is
// at its end.
type shaky struct {
	bytes.Buffer
	take []int
}

func (s *shaky) Write(b []byte) (int, error) {
	if len(s.take) == 0 {
		return s.Buffer.Write(b)
	}
	n := min(s.take[0], len(b))
	s.take = s.take[1:]
	s.Buffer.Write(b[:n])
	return n, errors.New("no space left on device")
}

// TestFailingChain tears every write at every byte for some time: the chain holds
// once writes succeed again, and says what was lost.
func TestFailingChain(t *testing.T) {
	for n := range 700 {
		out := &shaky{}
		l := audit.NewChained(out, testKey)
		for i, take := range []int{n, n / 2, 0, 1} {
			out.take = []int{take}
			l.WriteLines(guard.Event{ID: fmt.Sprint("a", i), Outcome: guard.Denied}, guard.Event{ID: fmt.Sprint("b", i), Outcome: guard.Denied})
		}
		l.WriteLines(guard.Event{ID: "end", Outcome: guard.Denied})
		v := verify(t, testKey, out.String())
		if v.Break != nil {
			t.Fatalf("torn at %d: %q in\n%s", n, broken(v), out.String())
		}
		st := l.Stats()
		if st.Written+st.Lost != 9 || !strings.Contains(out.String(), `"event.id":"end"`) {
			t.Fatalf("torn at %d: got %+v, want 9 lines in all", n, st)
		}
		if told := out.String(); st.Lost > 0 && !strings.Contains(told, "lines could not be written") {
			t.Fatalf("torn at %d: %d lines are lost and the chain does not say so:\n%s", n, st.Lost, told)
		}
	}
}

// TestRotationOfATornFile goes on in another file behind a write that broke off at
// any byte: the file before is whole by then, and says what was lost.
func TestRotationOfATornFile(t *testing.T) {
	s := chained(filepath.Join(t.TempDir(), "audit.jsonl"), testKey)
	for n := range 500 {
		out := &shaky{}
		l := audit.NewChained(out, testKey)
		out.take = []int{n}
		l.WriteLines(guard.Event{ID: "1", Outcome: guard.Denied})
		if err := l.Reopen(s); err != nil {
			t.Fatal(err)
		}
		v := verify(t, testKey, out.String(), readFile(t, s.File))
		if v.Break != nil {
			t.Fatalf("torn at %d: %q in\n%s", n, broken(v), out.String())
		}
		if told := strings.Contains(out.String(), "1 lines could not be written"); told != (l.Stats().Lost == 1) {
			t.Fatalf("torn at %d: lost %d, and the file says so: %v", n, l.Stats().Lost, told)
		}
		if err := errors.Join(l.Reopen(audit.Settings{}), os.Remove(s.File)); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzTamper changes a file: whatever is not the file itself, or cut at the end
// of a line, is found.
func FuzzTamper(f *testing.F) {
	file := filepath.Join(f.TempDir(), "audit.jsonl")
	writeEvents(f, chained(file, testKey), "a", "b")
	writeEvents(f, chained(file, testKey), "c")
	text := readFile(f, file)
	if v := verify(f, testKey, text); v.Break != nil {
		f.Fatal(broken(v))
	}
	f.Add(0, 1, []byte("x"), 0)
	f.Add(len(text)-1, 1, []byte{}, 0)
	f.Add(300, 400, []byte{}, 10)
	f.Add(10, 0, []byte("\n"), 0)
	f.Fuzz(func(t *testing.T, at, length int, insert []byte, from int) {
		if at < 0 || length < 0 || from < 0 || at > len(text) || length > len(text)-at || from > len(text) {
			return
		}
		end := min(len(text), from+len(insert)) // a part of the file itself is inserted, too
		changed := text[:at] + string(insert) + text[from:end] + text[at+length:]
		if v := verify(t, testKey, changed); v.Break == nil {
			if whole := strings.HasSuffix(changed, "\n") && strings.HasPrefix(text, changed); !whole {
				t.Errorf("the change is not found:\n%s", changed)
			}
		}
		// Without the key, somebody who only cuts and pastes is found as well, and
		// nothing makes the reader panic.
		if _, err := audit.Verify([]io.Reader{strings.NewReader(changed)}, nil, ""); err != nil && !errors.Is(err, audit.ErrKeyed) {
			t.Error(err)
		}
	})
}

// TestEveryByte changes each byte of a file.
func TestEveryByte(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	writeEvents(t, chained(file, nil), "a", "b")
	text := readFile(t, file)
	for i := range text {
		for _, mask := range []byte{1, 0x20, 0x80} {
			changed := []byte(text)
			changed[i] ^= mask
			v, err := audit.Verify([]io.Reader{bytes.NewReader(changed)}, nil, "")
			if err == nil && v.Break == nil {
				t.Fatalf("byte %d changed from %q to %q is not found", i, text[i], changed[i])
			}
		}
	}
}

// TestLossAtTheEnd loses the last lines: the chain says so, although nothing comes
// behind them.
func TestLossAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &failing{}
		l := open(t, audit.Options{Settings: audit.Settings{HashChain: true}, Stdout: out})
		out.broken = true
		l.Record(guard.Event{ID: "1", Outcome: guard.Denied})
		synctest.Wait()
		out.broken = false
		l.Close()
		l.Close()
		if v := verify(t, nil, out.String()); v.Break != nil {
			t.Errorf("%q in\n%s", broken(v), out.String())
		}
		if n := strings.Count(out.String(), `"wswarden.detail":"1 lines could not be written"`); n != 1 {
			t.Errorf("it is said %d times that a line is missing:\n%s", n, out.String())
		}
	})
}
