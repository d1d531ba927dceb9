package audit

import (
	"bytes"
	"encoding/hex"
	"time"
)

// run writes lines until the log is closed, and then those that are queued.
func (l *Log) run() {
	defer close(l.ended)
	complain := time.NewTicker(complainIn)
	defer complain.Stop()
	check := time.NewTicker(checkIn)
	defer check.Stop()
	for {
		select {
		case line := <-l.queue:
			l.write(l.waiting(line))
		case <-complain.C: // a stuck queue loses lines without any write
		case <-check.C:
			l.mu.Lock()
			l.checkpoint()
			l.mu.Unlock()
		case <-l.end:
			for len(l.queue) > 0 {
				l.write(l.waiting(<-l.queue))
			}
			return
		}
		l.complain(nil)
	}
}

// waiting returns line with those that wait, so that a burst costs few writes.
func (l *Log) waiting(line []byte) (lines [][]byte) {
	lines = append(lines, line)
	for size := len(line); size < batchBytes; {
		select {
		case next := <-l.queue:
			lines = append(lines, next)
			size += len(next)
		default:
			return lines
		}
	}
	return lines
}

// write appends lines in one call, so that those of other processes with the
// same file do not mix with them.
func (l *Log) write(lines [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var whole int
	var err error
	if l.chain == nil {
		whole, err = l.writePlain(lines)
	} else {
		whole, err = l.writeChained(lines)
	}
	l.written.Add(uint64(whole))
	l.lost.Add(uint64(len(lines) - whole))
	if err != nil {
		l.complain(err)
	}
}

// writePlain writes lines without a chain, and returns how many are whole.
func (l *Log) writePlain(lines [][]byte) (whole int, err error) {
	text := bytes.Join(lines, nil)
	if l.torn {
		text = append([]byte{'\n'}, text...)
	}
	n, err := l.out.Write(text)
	if err != nil {
		l.torn = l.torn && n == 0 || n > 0
		return 0, err
	}
	l.torn = false
	return len(lines), nil
}

// writeChained writes lines with their places in the chain. Lines that were lost
// leave no gap in it, so one of its own says how many.
func (l *Log) writeChained(lines [][]byte) (whole int, err error) {
	lost, own := l.lost.Load(), 0
	if lost > l.chainedLost {
		lines = append([][]byte{lostLine(lost - l.chainedLost)}, lines...)
		own++
	}
	b := l.chain.batch(lines)
	own += b.own
	n, err := l.out.Write(b.text)
	whole = l.chain.wrote(b, n)
	if whole >= own {
		l.chainedLost = lost
	}
	return max(0, whole-own), err
}

// settle brings a chain to an end that holds, as far as the file takes it: a line
// whose writing broke off is closed and accounted for, and what was lost since the
// last line is said.
func (l *Log) settle() error {
	if l.chain == nil || l.lost.Load() == l.chainedLost && !l.chain.lineOpen {
		return nil
	}
	_, err := l.writeChained(nil)
	return err
}

// checkpoint writes the head of the chain to the operational log, which is kept
// elsewhere: whoever cuts the end off the file does not change it there.
func (l *Log) checkpoint() {
	if l.chain == nil || l.chain.last == l.checked {
		return
	}
	l.checked = l.chain.last
	l.opts.Log.Info("audit chain", "sequence", l.checked.sequence, "head", hex.EncodeToString(l.checked.hash[:]))
}

// complain reports lost lines, at most once a minute: a full disk must not
// fill the operational log as well.
func (l *Log) complain(err error) {
	lost := l.lost.Load()
	if lost == l.reported || time.Since(l.complained) < complainIn {
		return
	}
	l.complained = time.Now()
	args := []any{"lines", lost - l.reported, "since_start", lost}
	if err != nil {
		args = append(args, "error", err)
	}
	l.opts.Log.Error("audit lines were lost", args...)
	l.reported = lost
}
