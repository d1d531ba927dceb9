package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A run of review is short and allocates much. Collecting seldom saves a third
// of its time, as long as the memory for that is there: up to heapBudget the
// collector waits for the heap to grow by spareMost percent, beyond it for what
// is left, at least spareLeast. A hard limit would have the collector run all
// the time once what is alive comes near it.
const (
	heapBudget = 200 << 20 // bytes
	spareMost  = 300       // percent, as GOGC
	spareLeast = 60
)

// tuneCollector sets how often garbage is collected, after every collection
// anew, unless the user has set it.
func tuneCollector() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(spareMost)
	afterCollection(func() {
		debug.SetGCPercent(spare(aliveBytes()))
	})
}

// aliveBytes returns what the last collection found alive.
func aliveBytes() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// spare returns by how many percent the heap may grow until the next collection.
func spare(alive uint64) int {
	if alive >= heapBudget {
		return spareLeast
	}
	return int(min(max((heapBudget-alive)*100/(alive+1), spareLeast), spareMost))
}

// afterCollection calls f after every collection.
func afterCollection(f func()) {
	type sentinel struct{ _ [16]byte }
	runtime.AddCleanup(&sentinel{}, func(struct{}) {
		f()
		afterCollection(f)
	}, struct{}{})
}
