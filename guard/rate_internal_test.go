package guard

import (
	"testing"
	"time"
)

// TestRatesOfMany looks inside, where 130,000 addresses take no time: a flood
// from more keys than are kept apart makes new ones share a rate, for as long
// as it lasts and no longer.
func TestRatesOfMany(t *testing.T) {
	var r rates[int]
	p := newPace(Rate{Count: 1, Per: time.Minute})
	now := int64(1e18)
	for k := range maxRates {
		if r.take(p, 1+k, now) != 0 {
			t.Fatalf("key %d has to wait", k)
		}
	}
	if r.take(p, -1, now) != 0 || r.take(p, -2, now) == 0 || len(r.by) > maxRates+1 {
		t.Errorf("new keys do not share a rate, or are kept: %d", len(r.by))
	}
	if r.take(p, 1, now) == 0 {
		t.Error("a key that was known before shares the rate of new ones")
	}
	now += int64(2 * time.Minute)
	for k := range 10 {
		if wait := r.take(p, -10-k, now); wait != 0 {
			t.Errorf("key %d has to wait %v after the flood", k, wait)
		}
	}
	if len(r.by) > 20 {
		t.Errorf("%d keys are kept after the flood", len(r.by))
	}
}

// TestRatesSweepSeldom: a full map is not searched for each new key.
func TestRatesSweepSeldom(t *testing.T) {
	var r rates[int]
	p := newPace(Rate{Count: 1, Per: time.Hour})
	now := int64(1e18)
	for k := range maxRates + 1 {
		r.take(p, 1+k, now)
	}
	for k := range 1000 {
		before := r.again
		r.take(p, -1-k, now+int64(k))
		if k > 0 && r.again != before {
			t.Fatal("the map was swept again within a second")
		}
	}
}

// TestTakeSome: taking some at once is as much as taking one after the other.
func TestTakeSome(t *testing.T) {
	for _, r := range []Rate{{Count: 1, Per: time.Second, Burst: 1}, {Count: 10, Per: time.Second, Burst: 4}, {Count: 3, Per: time.Nanosecond, Burst: 3}, {Count: 60, Per: time.Minute, Burst: 60}} {
		p := newPace(r)
		var one, some bucket
		for i := range int64(200) {
			now := i * int64(r.Per) / 7
			n := int(i%5) + 1
			want := 0
			for want < n && one.take(p, now) == 0 {
				want++
			}
			got, wait := some.takeSome(p, n, now)
			if got != want || (wait > 0) != (want == 0) || one.until.Load() != some.until.Load() {
				t.Fatalf("%+v at %d: %d of %d, wait %v, until %d; one after the other %d, until %d", r, now, got, n, wait, some.until.Load(), want, one.until.Load())
			}
			if wait > 0 && one.take(p, now) != wait {
				t.Fatalf("%+v at %d: wait %v", r, now, wait)
			}
		}
	}
}
