package syntax_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/review/syntax"
)

func newPool(t *testing.T, n int, options syntax.Options) *syntax.Pool {
	t.Helper()
	pool, err := syntax.NewPool(context.Background(), n, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool
}

// Each tree must be that of its own source, whatever is parsed beside it.
func TestPoolConcurrency(t *testing.T) {
	sources := map[syntax.Language]string{
		syntax.JavaScript: strings.Repeat("ws.send(`${a}`);\n", 200),
		syntax.TypeScript: strings.Repeat("let a: B<C> = <D>e;\n", 200),
		syntax.TSX:        strings.Repeat("let a = <b c={d}/>;\n", 200),
		syntax.Python:     strings.Repeat("def f(x):\n  return f'{x}'\n", 200),
		syntax.Go:         "package a\n" + strings.Repeat("func f() { for { } }\n", 200),
		syntax.HTML:       strings.Repeat("<p>a</p><script>b</script>", 200) + strings.Repeat(" ", 600<<10), // a large one
	}
	parser := newParser(t, syntax.Options{})
	want := map[syntax.Language]string{}
	for l, source := range sources {
		want[l] = mustParse(t, parser, l, source).Root().String()
	}
	pool := newPool(t, 3, syntax.Options{MaxBytes: 1 << 20})
	var wait sync.WaitGroup
	for range 4 {
		for l, source := range sources {
			wait.Go(func() {
				tree, err := pool.Parse(context.Background(), l, []byte(source))
				if err != nil {
					t.Errorf("%s: %v", l, err)
				} else if got := tree.Root().String(); got != want[l] {
					t.Errorf("%s: got %.200s, want %.200s", l, got, want[l])
				}
			})
		}
		wait.Go(func() {
			if _, err := pool.Parse(context.Background(), syntax.Go, make([]byte, 2<<20)); !errors.Is(err, syntax.ErrTooLarge) {
				t.Errorf("got %v, want ErrTooLarge", err)
			}
		})
	}
	wait.Wait()
}

// A caller whose context ends doesn't wait for a parser, and Close waits for all.
func TestPoolWaiting(t *testing.T) {
	for _, size := range []int{1 << 10, 1 << 20} {
		pool := newPool(t, 1, syntax.Options{})
		busy, free := context.WithCancel(context.Background())
		done := make(chan error)
		go func() {
			_, err := pool.Parse(busy, syntax.JavaScript, endless)
			done <- err
		}()
		ctx, cancel := context.WithCancel(context.Background())
		waiting := make(chan error)
		go func() {
			_, err := pool.Parse(ctx, syntax.JavaScript, make([]byte, size))
			waiting <- err
		}()
		cancel()
		if err := <-waiting; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("waiting: got %v, want context.Canceled", err)
		}
		free()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("working: got %v, want context.Canceled", err)
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
		if _, err := pool.Parse(context.Background(), syntax.JavaScript, make([]byte, size)); !errors.Is(err, syntax.ErrClosed) {
			t.Errorf("closed: got %v, want ErrClosed", err)
		}
	}
}
