package audit

import "time"

// run writes lines until the log is closed, and then those that are queued.
func (l *Log) run() {
	defer close(l.ended)
	complain := time.NewTicker(complainIn)
	defer complain.Stop()
	for {
		select {
		case line := <-l.queue:
			l.write(l.batch(line))
		case <-complain.C: // a stuck queue loses lines without any write
		case <-l.end:
			for len(l.queue) > 0 {
				l.write(l.batch(<-l.queue))
			}
			return
		}
		l.complain(nil)
	}
}

// batch joins line with those that wait, so that a burst costs few writes.
func (l *Log) batch(line []byte) (lines []byte, count int) {
	lines, count = line, 1
	for len(lines) < batchBytes {
		select {
		case next := <-l.queue:
			lines = append(lines, next...)
			count++
		default:
			return lines, count
		}
	}
	return lines, count
}

// write appends lines in one call, so that those of other processes with the
// same file do not mix with them.
func (l *Log) write(lines []byte, count int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.torn {
		lines = append([]byte{'\n'}, lines...)
	}
	n, err := l.out.Write(lines)
	if err != nil {
		l.torn = l.torn && n == 0 || n > 0
		l.lost.Add(uint64(count))
		l.complain(err)
		return
	}
	l.torn = false
	l.written.Add(uint64(count))
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
