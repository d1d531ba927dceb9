package guardtest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// slow is a rate of which nothing comes back while a test runs.
func slow(burst int) guard.Rate { return guard.Rate{Count: 1, Per: time.Hour, Burst: burst} }

func take(t *testing.T, s guard.Store, takes ...guard.RateTake) []guard.RateTaken {
	t.Helper()
	taken, err := s.TakeRates(t.Context(), takes)
	if err != nil {
		t.Fatalf("take rates: %v", err)
	}
	if len(taken) != len(takes) {
		t.Fatalf("%d answers to %d takes", len(taken), len(takes))
	}
	return taken
}

// hold sets places and checks what is said of each.
func hold(t *testing.T, s guard.Store, holder string, want bool, holds ...guard.PlaceHold) {
	t.Helper()
	for i := range holds {
		if holds[i].Serial == 0 {
			holds[i].Serial = serial.Add(1)
		}
	}
	set, err := s.HoldPlaces(t.Context(), holder, holds)
	if err != nil {
		t.Fatalf("hold places: %v", err)
	}
	for i, h := range holds {
		if set[i] != want {
			t.Errorf("%s holds %d of %d under %q: %v, want %v", holder, h.Places, h.Limit, h.Key, set[i], want)
		}
	}
}

func renew(t *testing.T, s guard.Store, holder string, life time.Duration, want bool) {
	t.Helper()
	if kept, err := s.RenewHolder(t.Context(), holder, life); err != nil || kept != want {
		t.Errorf("renew %s: kept %v, %v, want %v", holder, kept, err, want)
	}
}

// holders returns names of holders that have renewed for the length of a test.
func holders(t *testing.T, s guard.Store, n int) []string {
	t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = name("node")
		renew(t, s, names[i], time.Hour, false)
	}
	return names
}

func rateBurst(t *testing.T, s guard.Store) {
	key := name("user")
	for i, c := range []struct{ ask, get int }{{3, 3}, {5, 5}, {5, 2}, {1, 0}, {7, 0}} {
		got := take(t, s, guard.RateTake{Key: key, Rate: slow(10), Events: c.ask})[0]
		if got.Events != c.get {
			t.Errorf("take %d of %d gives %d, want %d", i, c.ask, got.Events, c.get)
		}
		if waits := got.Wait > 0 && got.Wait <= time.Hour; waits != (c.get == 0) {
			t.Errorf("take %d gives %d and a wait of %v", i, got.Events, got.Wait)
		}
	}
}

func rateKeysApart(t *testing.T, s guard.Store) {
	a, b := name("user"), name("user")
	got := take(t, s, guard.RateTake{Key: a, Rate: slow(2), Events: 2}, guard.RateTake{Key: b, Rate: slow(2), Events: 1}, guard.RateTake{Key: a, Rate: slow(2), Events: 1}, guard.RateTake{Key: b, Rate: slow(2), Events: 2})
	for i, want := range []int{2, 1, 0, 1} {
		if got[i].Events != want {
			t.Errorf("take %d gives %d, want %d", i, got[i].Events, want)
		}
	}
}

// rateReturns: what is used up comes back at the pace of the rate, by the clock
// of the store.
func rateReturns(t *testing.T, s guard.Store) {
	const interval = 50 * time.Millisecond
	key, rate := name("user"), guard.Rate{Count: 20, Per: 20 * interval, Burst: 2}
	start := time.Now()
	total := 0
	for total < 8 {
		taken := take(t, s, guard.RateTake{Key: key, Rate: rate, Events: 5})[0]
		total += taken.Events
		if most := 3 + int(time.Since(start)/interval); total > most {
			t.Fatalf("%d events after %v, the rate allows %d", total, time.Since(start), most)
		}
		if taken.Events == 0 && (taken.Wait <= 0 || taken.Wait > interval+time.Millisecond) {
			t.Fatalf("wait %v for an event each %v", taken.Wait, interval)
		}
		if time.Since(start) > patience {
			t.Fatalf("only %d events after %v", total, patience)
		}
		<-time.After(taken.Wait)
	}
}

func rateRace(t *testing.T, s guard.Store) {
	const burst = 100
	key := name("user")
	var total atomic.Int64
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			for range 2 * burst / racers {
				taken, err := s.TakeRates(t.Context(), []guard.RateTake{{Key: key, Rate: slow(burst), Events: 1}})
				if err != nil {
					t.Error(err)
					return
				}
				total.Add(int64(taken[0].Events))
			}
		})
	}
	wg.Wait()
	if total.Load() != burst {
		t.Errorf("%d events of %d were given", total.Load(), burst)
	}
}

func placesOverHolders(t *testing.T, s guard.Store) {
	key, n := name("user"), holders(t, s, 3)
	of := func(places int) guard.PlaceHold { return guard.PlaceHold{Key: key, Places: places, Limit: 5} }
	hold(t, s, n[0], true, of(2))
	hold(t, s, n[1], true, of(3))
	hold(t, s, n[2], false, of(1))
	hold(t, s, n[0], false, of(3))
	hold(t, s, n[0], true, of(2)) // it has them
	hold(t, s, n[0], true, of(1))
	hold(t, s, n[2], true, of(1))
	hold(t, s, n[1], true, of(0))
	hold(t, s, n[2], false, of(5))
	hold(t, s, n[2], true, of(4))
}

func placesKeysApart(t *testing.T, s guard.Store) {
	a, b, n := name("user"), name("user"), holders(t, s, 2)
	hold(t, s, n[0], true, guard.PlaceHold{Key: a, Places: 1, Limit: 1}, guard.PlaceHold{Key: b, Places: 1, Limit: 2})
	hold(t, s, n[1], true, guard.PlaceHold{Key: b, Places: 1, Limit: 2})
	hold(t, s, n[1], false, guard.PlaceHold{Key: a, Places: 1, Limit: 1}, guard.PlaceHold{Key: b, Places: 2, Limit: 2})
}

// placesDeclared: what is in use already is counted also above the limit, and
// keeps others out.
func placesDeclared(t *testing.T, s guard.Store) {
	key, n := name("user"), holders(t, s, 2)
	hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: 4, Limit: 5})
	hold(t, s, n[1], true, guard.PlaceHold{Key: key, Places: 4})
	hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: 2, Limit: 5})
	hold(t, s, n[0], false, guard.PlaceHold{Key: key, Places: 3, Limit: 5})
}

func placesInOrder(t *testing.T, s guard.Store) {
	key, n := name("user"), holders(t, s, 2)
	old, late := serial.Add(1), serial.Add(1)
	for _, left := range []int{2, 0} {
		key := fmt.Sprint(key, left)
		hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: left, Limit: 5, Serial: late})
		hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: 4, Limit: 5, Serial: old}) // ignored
		hold(t, s, n[1], false, guard.PlaceHold{Key: key, Places: 6 - left, Limit: 5})
		hold(t, s, n[1], true, guard.PlaceHold{Key: key, Places: 5 - left, Limit: 5})
	}
}

// placesOfTheDead: a holder that does not renew loses its places, and hears so.
func placesOfTheDead(t *testing.T, s guard.Store) {
	key, n := name("user"), holders(t, s, 1)
	dead := name("node")
	renew(t, s, dead, time.Second, false)
	renew(t, s, dead, time.Second, true)
	hold(t, s, dead, true, guard.PlaceHold{Key: key, Places: 2, Limit: 2})
	hold(t, s, n[0], false, guard.PlaceHold{Key: key, Places: 1, Limit: 2})
	for start := time.Now(); ; {
		set, err := s.HoldPlaces(t.Context(), n[0], []guard.PlaceHold{{Key: key, Places: 2, Limit: 2, Serial: serial.Add(1)}})
		if err != nil {
			t.Fatal(err)
		}
		if set[0] {
			break
		}
		if time.Since(start) > patience {
			t.Fatal("a holder that is gone keeps its places")
		}
		<-time.After(20 * time.Millisecond)
	}
	renew(t, s, dead, time.Hour, false)
	hold(t, s, dead, false, guard.PlaceHold{Key: key, Places: 1, Limit: 2})
	hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: 1, Limit: 2})
	hold(t, s, dead, true, guard.PlaceHold{Key: key, Places: 1, Limit: 2})
}

func placesGivenUp(t *testing.T, s guard.Store) {
	key, n := name("user"), holders(t, s, 2)
	hold(t, s, n[0], true, guard.PlaceHold{Key: key, Places: 2, Limit: 2})
	hold(t, s, n[1], false, guard.PlaceHold{Key: key, Places: 1, Limit: 2})
	renew(t, s, n[0], 0, true)
	hold(t, s, n[1], true, guard.PlaceHold{Key: key, Places: 2, Limit: 2})
	renew(t, s, n[0], time.Hour, false)
}

func placesRace(t *testing.T, s guard.Store) {
	const limit = 10
	key, n := name("user"), holders(t, s, racers)
	var got atomic.Int64
	var wg sync.WaitGroup
	for _, holder := range n {
		wg.Go(func() {
			for places := 1; places <= 2; places++ {
				set, err := s.HoldPlaces(t.Context(), holder, []guard.PlaceHold{{Key: key, Places: places, Limit: limit, Serial: serial.Add(1)}})
				if err != nil {
					t.Error(err)
					return
				}
				if !set[0] {
					return
				}
				got.Add(1)
			}
		})
	}
	wg.Wait()
	if got.Load() != limit {
		t.Errorf("%d places of %d were given", got.Load(), limit)
	}
}
