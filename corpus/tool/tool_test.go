package tool_test

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/corpus/tool"
)

// report is what the stand-in for review prints.
const report = `{"tool":"wswarden","version":"1","findings":[
	{"id":"WS101","title":"t","severity":"high","confidence":"medium","path":"./ws/a.js","line":7,"endpoint":"a.js#wss","fingerprint":"f1"},
	{"id":"WS702","title":"t","severity":"low","confidence":"low","path":"ws/a.js","line":9,"endpoint":null,"fingerprint":"f2"}],
	"endpoints":[{"id":"a.js#wss","path":"ws/a.js","line":3,"framework":"ws","role":"server","defences":{}}],
	"stats":{"files_walked":2,"lines":40,"seconds":0.5},"notes":[]}`

// standIn names what this test binary does when it is called as review.
const standIn = "CORPUS_TEST_STAND_IN"

func TestMain(m *testing.M) {
	switch os.Getenv(standIn) {
	case "":
		os.Exit(m.Run())
	case "report":
		if want := "review . --format json --min-confidence low --fail-on never"; strings.Join(os.Args[1:], " ") != want {
			fmt.Fprintf(os.Stderr, "called with %q\n", os.Args[1:])
			os.Exit(2)
		}
		f, err := os.OpenFile("calls", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.WriteString("x")
		}
		if err != nil {
			panic(err)
		}
		fmt.Print(report)
	case "fail":
		fmt.Fprintln(os.Stderr, "wswarden: it broke")
		os.Exit(2)
	case "hang":
		c := make(chan os.Signal, 1)
		signal.Notify(c)
		<-c
	case "nonsense":
		fmt.Print("{")
	}
	os.Exit(0)
}

func binary(t *testing.T, cache, behaviour string, timeout time.Duration) *tool.Binary {
	t.Helper()
	t.Setenv(standIn, behaviour)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := tool.NewBinary(self, cache, timeout)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReview(t *testing.T) {
	dir := t.TempDir()
	b := binary(t, t.TempDir(), "report", time.Minute)
	for i, cached := range []bool{false, true} {
		run, err := b.Review(t.Context(), dir, "o+n@1")
		if err != nil {
			t.Fatal(err)
		}
		if run.Cached != cached || len(run.Report.Findings) != 2 || run.Report.Stats.Lines != 40 {
			t.Errorf("run %d: got %+v of %+v", i, run, run.Report)
		}
		if f := run.Report.Findings[0]; f.Path != "ws/a.js" || !f.Grave() || f.Severity != tool.HighSeverity {
			t.Errorf("run %d: got finding %+v", i, f)
		}
		if f := run.Report.Findings[1]; f.Endpoint != "" || f.Shown() {
			t.Errorf("run %d: got finding %+v", i, f)
		}
		if e, ok := run.Report.Endpoint("a.js#wss"); !ok || e.Line != 3 {
			t.Errorf("run %d: got endpoint %+v, %v", i, e, ok)
		}
	}
	if calls, _ := os.ReadFile(filepath.Join(dir, "calls")); string(calls) != "x" {
		t.Errorf("review ran %d times, want 1", len(calls))
	}
	if _, err := b.Review(t.Context(), dir, "o+n@2"); err != nil {
		t.Fatal(err)
	}
	if calls, _ := os.ReadFile(filepath.Join(dir, "calls")); string(calls) != "xx" {
		t.Errorf("review of another tree ran %d times, want 2", len(calls))
	}
}

func TestReviewFails(t *testing.T) {
	cases := []struct {
		behaviour string
		timeout   time.Duration
		want      string
	}{
		{"fail", time.Minute, "it broke"},
		{"hang", time.Millisecond, "not done after 1ms"},
		{"nonsense", time.Minute, "read the report"},
	}
	for _, c := range cases {
		t.Run(c.behaviour, func(t *testing.T) {
			_, err := binary(t, t.TempDir(), c.behaviour, c.timeout).Review(t.Context(), t.TempDir(), "x")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestPruneKeepsTheBinariesUsedLast(t *testing.T) {
	cache := t.TempDir()
	old := time.Now().Add(-time.Hour)
	for i := range 12 {
		dir := filepath.Join(cache, fmt.Sprintf("%016d", i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if at := old.Add(time.Duration(i) * time.Minute); os.Chtimes(dir, at, at) != nil {
			t.Fatal("set the time of a folder")
		}
	}
	b := binary(t, cache, "report", time.Minute)
	if _, err := b.Review(t.Context(), t.TempDir(), "x"); err != nil {
		t.Fatal(err)
	}
	if err := b.Prune(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(cache)
	if err != nil || len(entries) != 8 {
		t.Fatalf("got %d folders, %v, want 8", len(entries), err)
	}
	if _, err := os.Stat(filepath.Join(cache, fmt.Sprintf("%016d", 4))); err == nil {
		t.Error("the folder of an older binary is still there")
	}
}

func TestDecodeRefuses(t *testing.T) {
	cases := map[string]string{
		"no object":          `[]`,
		"no tool":            `{"findings":[]}`,
		"unknown severity":   strings.Replace(report, `"high"`, `"awful"`, 1),
		"unknown confidence": strings.Replace(report, `"medium"`, `"sure"`, 1),
		"no line":            strings.Replace(report, `"line":7`, `"line":0`, 1),
		"no path":            strings.Replace(report, `"./ws/a.js"`, `""`, 1),
		"no severity":        strings.Replace(report, `"severity":"high",`, ``, 1),
	}
	for name, text := range cases {
		if r, err := tool.Decode([]byte(text)); err == nil {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(report))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := tool.Decode(text)
		if err != nil {
			return
		}
		for _, x := range r.Findings {
			if x.Line < 1 || x.Severity.String() == "" || x.Confidence.String() == "" || x.Path == "" {
				t.Errorf("got finding %+v", x)
			}
		}
	})
}
