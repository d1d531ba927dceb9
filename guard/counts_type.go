package guard

import (
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
)

// otherTypes names messages of types that the configuration has no rule for.
const otherTypes = "other"

// typeCounts count the items of messages of one type. They outlive a reload.
type typeCounts struct {
	name                       string // as the configuration has it
	allowed, denied, monitored atomic.Uint64
}

// types returns the counts of every type that has a rule, and of the others.
func (r *routeCounts) types(side dialect.Side, rules map[string]MessageRule) map[string]*typeCounts {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.byType[side]
	if all == nil {
		all = map[string]*typeCounts{}
		r.byType[side] = all
	}
	out := map[string]*typeCounts{}
	for _, name := range append(slices.Collect(maps.Keys(rules)), otherTypes) {
		if all[name] == nil {
			all[name] = &typeCounts{name: name}
		}
		out[name] = all[name]
	}
	return out
}

// typeStats returns a snapshot of the counts by type. r.mu must be held.
func (r *routeCounts) typeStats() []TypeStats {
	var out []TypeStats
	for side, all := range r.byType {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			t := all[name]
			for _, s := range []TypeStats{{Decision: Allowed, Messages: t.allowed.Load()}, {Decision: Denied, Messages: t.denied.Load()}, {Decision: Monitored, Messages: t.monitored.Load()}} {
				s.From, s.Type = dialect.Side(side).String(), name
				out = append(out, s)
			}
		}
	}
	return out
}

// count counts a message that passes.
func (j *judge) count(bytes int) {
	if j.waived {
		j.passed.monitored++
	} else {
		j.passed.messages++
	}
	j.passed.bytes += uint64(bytes)
}

// countDenied counts a message that is refused, by the type of what was refused
// in it.
func (j *judge) countDenied() {
	j.flow.denied.Add(1)
	if r := j.rule(); r != nil {
		r.counts.denied.Add(1)
	}
}

// countType counts an item of a message that passes. Those of one type in one read
// cost its counter no more than one.
func (j *judge) countType(t *typeCounts) {
	if j.waived {
		t.monitored.Add(1)
		return
	}
	if j.passed.of != t {
		j.passed.tellType()
		j.passed.of = t
	}
	j.passed.items++
}

// tell gives what was counted to who reports it.
func (j *judge) tell() {
	j.passed.tellType()
	j.flow.add(&j.passed)
}

func (t *tally) tellType() {
	if t.items > 0 {
		t.of.allowed.Add(t.items)
		t.items = 0
	}
}

// newInspectTimes returns the classes of the time that rules take over a message.
func newInspectTimes() *histogram {
	return newHistogram(500*time.Nanosecond, time.Microsecond, 2*time.Microsecond, 5*time.Microsecond, 10*time.Microsecond, 20*time.Microsecond,
		50*time.Microsecond, 100*time.Microsecond, 500*time.Microsecond, time.Millisecond, 10*time.Millisecond)
}
