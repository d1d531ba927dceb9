//go:build linux

package load

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wswarden/wswarden/bench/poll"
	"github.com/wswarden/wswarden/internal/wire"
)

// Endings are the times from an order to the Close frames that follow it.
type Endings struct {
	// Count is how many connections ended.
	Count int `json:"count"`
	// Median, P99 and Last are of the frames, Answer is when the order was
	// answered. In nanoseconds.
	Median time.Duration `json:"median_ns"`
	P99    time.Duration `json:"p99_ns"`
	Last   time.Duration `json:"last_ns"`
	Answer time.Duration `json:"answer_ns"`
}

// End gives an order that ends every connection with the close code, and waits
// for the Close frames. The order is given in a goroutine of its own, which is
// done when End returns.
func (f *Fleet) End(order func() error, code uint16) (Endings, error) {
	answered := make(chan error, 1)
	var answer time.Duration
	begin := time.Now()
	go func() {
		err := order()
		answer = time.Since(begin)
		answered <- err
	}()
	took, err := f.endings(begin, code)
	if orderErr := <-answered; orderErr != nil {
		return Endings{}, orderErr
	}
	if err != nil {
		return Endings{}, err
	}
	slices.Sort(took)
	n := len(took)
	return Endings{Count: n, Median: took[n/2], P99: took[(n*99+99)/100-1], Last: took[n-1], Answer: answer}, nil
}

// endings reads until every client has its Close frame.
func (f *Fleet) endings(begin time.Time, code uint16) ([]time.Duration, error) {
	took := make([]time.Duration, 0, len(f.clients))
	for len(took) < len(f.clients) {
		events, err := f.poll.Wait(20 * time.Millisecond)
		if err != nil {
			return nil, err
		}
		for _, ev := range events {
			c := f.byFD[ev.FD]
			closed, err := f.ending(c, ev, code)
			if err != nil {
				return nil, fmt.Errorf("client %d: %w", c.number, err)
			}
			if closed {
				took = append(took, time.Since(begin))
			}
		}
		if time.Since(begin) > patience {
			return nil, fmt.Errorf("%d of %d connections are open %v after the order", len(f.clients)-len(took), len(f.clients), patience)
		}
	}
	return took, nil
}

// ending reports whether the Close frame of a client has come now. What comes
// behind it is of no interest.
func (f *Fleet) ending(c *client, ev poll.Event, code uint16) (bool, error) {
	if !ev.Readable {
		return false, nil
	}
	data, err := c.conn.Read(f.scratch)
	if err == io.EOF {
		return false, errors.New("ended without a Close frame")
	}
	if err != nil || len(data) == 0 {
		return false, err
	}
	h, n, err := wire.ParseHeader(data)
	switch {
	case err != nil:
		return false, fmt.Errorf("read frame: %w", err)
	case n == 0 || uint64(len(data)-n) < h.Length:
		c.conn.Keep(data)
		return false, nil
	case h.Opcode == wire.Ping:
		return false, nil
	case h.Opcode != wire.Close || h.Length < 2:
		return false, fmt.Errorf("read frame: opcode %d where a Close frame should come", h.Opcode)
	}
	if got := uint16(data[n])<<8 | uint16(data[n+1]); got != code {
		return false, fmt.Errorf("closed with %d %q, want %d", got, data[n+2:n+int(h.Length)], code)
	}
	return true, c.conn.Forget()
}
