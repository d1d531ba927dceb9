package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// progressDelay is how long a review may take before it says how far it is:
	// most are over by then.
	progressDelay    = 500 * time.Millisecond
	progressInterval = 100 * time.Millisecond
)

// progress is a line on a terminal that tells how far a review has come. Its
// zero value shows nothing.
type progress struct {
	mu   sync.Mutex
	line string // what is to be shown; guarded by mu

	stop, done chan struct{} // nil where nothing is shown
}

// startProgress shows progress on a terminal of width columns, until end is
// called. A width of 0 is no terminal.
func startProgress(w io.Writer, width int) *progress {
	p := &progress{}
	if width > 0 {
		p.stop, p.done = make(chan struct{}), make(chan struct{})
		go p.draw(w, width)
	}
	return p
}

// show sets the line. Total is 0 where it is not known. It may be called from
// any goroutine.
func (p *progress) show(stage string, done, total int) {
	line := stage
	switch {
	case total > 0:
		line = fmt.Sprintf("%s: %d of %d", stage, done, total)
	case done > 0:
		line = fmt.Sprintf("%s: %d", stage, done)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line = line
}

// end takes the line away. Nothing is written afterwards.
func (p *progress) end() {
	if p.stop != nil {
		close(p.stop)
		<-p.done
		p.stop = nil
	}
}

// draw writes the line as often as it changes, within reason.
func (p *progress) draw(w io.Writer, width int) {
	defer close(p.done)
	const eraseRest = "\x1b[K"
	drawn := ""
	defer func() {
		if drawn != "" {
			fmt.Fprint(w, "\r"+eraseRest)
		}
	}()
	wait := time.NewTimer(progressDelay)
	defer wait.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-wait.C:
		}
		p.mu.Lock()
		line := p.line
		p.mu.Unlock()
		if line != drawn {
			fmt.Fprint(w, "\r"+cut(line, width-1)+eraseRest)
			drawn = line
		}
		wait.Reset(progressInterval)
	}
}

// cut shortens a line to a number of characters.
func cut(line string, most int) string {
	for utf8.RuneCountInString(line) > most {
		_, size := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-size]
	}
	return line
}
