package cli

import "testing"

func TestSpare(t *testing.T) {
	for _, c := range []struct {
		name  string
		alive uint64
		want  int
	}{
		{"nothing yet", 0, spareMost},
		{"a small heap", 10 << 20, spareMost},
		{"half the budget", heapBudget / 2, 99},
		{"near the budget", heapBudget - 1<<20, spareLeast},
		{"beyond the budget", 10 * heapBudget, spareLeast},
	} {
		if got := spare(c.alive); got != c.want {
			t.Errorf("%s: spare(%d) = %d, want %d", c.name, c.alive, got, c.want)
		}
	}
}
