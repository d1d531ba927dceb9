package probe

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestMeterNeverExceeds charges two checks of one run from many goroutines: no
// check gets more than its share, and all together no more than the budget.
func TestMeterNeverExceeds(t *testing.T) {
	for range 50 {
		all := &meter{limit: Cost{Connections: rand.IntN(40), Messages: rand.IntN(40)}}
		var granted Cost
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 3 {
			m := &meter{limit: Cost{Connections: rand.IntN(40), Messages: rand.IntN(40)}, up: all}
			var conns, messages atomic.Int64
			for range 4 {
				wg.Go(func() {
					for range 30 {
						if m.connection() == nil {
							conns.Add(1)
						}
						if m.message() == nil {
							messages.Add(1)
						}
					}
				})
			}
			wg.Wait()
			if int(conns.Load()) > m.limit.Connections || int(messages.Load()) > m.limit.Messages {
				t.Errorf("got %d connections, %d messages of a share of %v", conns.Load(), messages.Load(), m.limit)
			}
			mu.Lock()
			granted = granted.plus(Cost{Connections: int(conns.Load()), Messages: int(messages.Load())})
			mu.Unlock()
		}
		if granted != all.spent() || granted.Connections > all.limit.Connections || granted.Messages > all.limit.Messages {
			t.Errorf("got %v granted, %v counted, of a budget of %v", granted, all.spent(), all.limit)
		}
	}
}

func TestMeterRefusesWithErrBudget(t *testing.T) {
	m := &meter{limit: Cost{Connections: 1}}
	if err := m.connection(); err != nil {
		t.Fatal(err)
	}
	if err := m.connection(); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
	if err := m.message(); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
}

func TestParseBudget(t *testing.T) {
	got, err := ParseBudget("connections=3, seconds=60")
	if want := (Cost{Connections: 3, Time: time.Minute}); err != nil || got != want {
		t.Errorf("got %v %v, want %v", got, err, want)
	}
	for _, bad := range []string{"", "connections", "connections=0", "connections=-1", "connections=3x", "hours=1", "seconds=1e9", "messages=1 2"} {
		if got, err := ParseBudget(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
}
