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
