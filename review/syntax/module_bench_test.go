package syntax

import (
	"context"
	"testing"
)

// BenchmarkLoad is what the first parser of a process costs, with what an earlier
// process left in the cache and without.
func BenchmarkLoad(b *testing.B) {
	load := func(b *testing.B, dir string) {
		m, err := newModule(context.Background(), dir, maxMemory)
		if err != nil {
			b.Fatal(err)
		}
		if err := m.runtime.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("warm", func(b *testing.B) {
		dir := b.TempDir()
		load(b, dir)
		for b.Loop() {
			load(b, dir)
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			load(b, b.TempDir())
		}
	})
}
