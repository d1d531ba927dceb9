package cli

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// terminal keeps what was written to it.
type terminal struct {
	mu  sync.Mutex
	out bytes.Buffer // guarded by mu
}

func (w *terminal) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// take returns what was written since the last call.
func (w *terminal) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.out.Reset()
	return w.out.String()
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out terminal
		p := startProgress(&out, 20)
		wantAfter := func(d time.Duration, want string) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if got := out.take(); got != want {
				t.Errorf("after %v more: got %q, want %q", d, got, want)
			}
		}
		p.show("parsing", 1, 10)
		wantAfter(progressDelay-1, "")
		p.show("parsing", 2, 10)
		wantAfter(1, "\rparsing: 2 of 10\x1b[K")
		wantAfter(time.Minute, "") // nothing has changed
		p.show("looking", 5, 0)
		wantAfter(progressInterval, "\rlooking: 5\x1b[K")
		p.show("analysing", 0, 0)
		wantAfter(progressInterval, "\ranalysing\x1b[K")
		p.show(strings.Repeat("ü", 40), 1, 2)
		wantAfter(progressInterval, "\r"+strings.Repeat("ü", 19)+"\x1b[K")
		p.end()
		p.end()
		if got, want := out.take(), "\r\x1b[K"; got != want {
			t.Errorf("end: got %q, want %q", got, want)
		}
		p.show("late", 1, 2)
		wantAfter(time.Minute, "")
	})
}

func TestProgressOfAShortReview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out terminal
		p := startProgress(&out, 80)
		p.show("parsing", 1, 2)
		time.Sleep(progressDelay / 2)
		p.end()
		if got := out.take(); got != "" {
			t.Errorf("got %q, want nothing", got)
		}
	})
}

func TestProgressNeedsATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out terminal
		p := startProgress(&out, 0)
		p.show("parsing", 1, 2)
		time.Sleep(time.Minute)
		p.end()
		if got := out.take(); got != "" {
			t.Errorf("%q went to what is no terminal", got)
		}
	})
}
