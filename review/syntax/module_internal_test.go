package syntax

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func loadForTest(t *testing.T, cacheDir string, memory uint32) *module {
	t.Helper()
	ctx := context.Background()
	m, err := newModule(ctx, cacheDir, memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.runtime.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return m
}

func parseForTest(t *testing.T, p *Parser, source string) (*Tree, error) {
	t.Helper()
	return p.Parse(context.Background(), JavaScript, []byte(source))
}

func checkWorks(t *testing.T, m *module) {
	t.Helper()
	p := m.newParser(Options{})
	defer p.Close()
	tree, err := parseForTest(t, p, "a")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tree.Root().String(), "(program (expression_statement (identifier)))"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMemoryLimit(t *testing.T) {
	p := loadForTest(t, t.TempDir(), 32<<20).newParser(Options{})
	defer p.Close()
	for range 2 {
		_, err := parseForTest(t, p, strings.Repeat("a;", 1<<20))
		if !errors.Is(err, ErrMemory) || strings.Contains(err.Error(), "wasm") {
			t.Fatalf("got %v, want ErrMemory alone", err)
		}
		if _, err = parseForTest(t, p, "a"); err != nil {
			t.Fatalf("afterwards: %v", err)
		}
	}
}

// An instance that grew is not kept, so that one large file doesn't cost its
// memory for the rest of the process.
func TestGrownInstanceIsDiscarded(t *testing.T) {
	p := loadForTest(t, t.TempDir(), maxMemory).newParser(Options{})
	defer p.Close()
	if _, err := parseForTest(t, p, "a;"); err != nil || p.instance == nil {
		t.Fatalf("after a small source: instance kept: %t, error: %v", p.instance != nil, err)
	}
	if _, err := parseForTest(t, p, strings.Repeat("a;", 200_000)); err != nil || p.instance != nil {
		t.Fatalf("after a large source: instance kept: %t, error: %v", p.instance != nil, err)
	}
	if _, err := parseForTest(t, p, "a;"); err != nil {
		t.Fatalf("afterwards: %v", err)
	}
}

func cachedFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	checkWorks(t, loadForTest(t, dir, maxMemory))
	files := cachedFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("got %q in the cache, want one file", files)
	}
	checkWorks(t, loadForTest(t, dir, maxMemory))

	t.Run("truncated file", func(t *testing.T) {
		if err := os.Truncate(files[0], 1000); err != nil {
			t.Fatal(err)
		}
		checkWorks(t, loadForTest(t, dir, maxMemory))
	})
	t.Run("not a folder", func(t *testing.T) {
		checkWorks(t, loadForTest(t, files[0], maxMemory))
	})
	t.Run("writable by others", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			return // has no modes
		}
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		checkWorks(t, loadForTest(t, dir, maxMemory))
		if files := cachedFiles(t, dir); len(files) > 0 {
			t.Errorf("got %q in a cache that others may write to", files)
		}
	})
}

func TestHeapMemory(t *testing.T) {
	m := &heapMemory{}
	b := m.Reallocate(100)
	copy(b, "content")
	for _, size := range []uint64{120, 1000, 1 << 20} {
		b = m.Reallocate(size)
		if uint64(len(b)) != size || !bytes.HasPrefix(b, []byte("content")) || bytes.Count(b[7:], []byte{0}) != len(b)-7 {
			t.Errorf("after growing to %d: %d bytes, beginning with %q", size, len(b), b[:7])
		}
	}
	m.Free()
}

// What is behind a sandbox isn't trusted to give a tree.
func TestUnpackMalformed(t *testing.T) {
	type node struct{ start, end, depth uint32 }
	tests := []struct {
		name  string
		nodes []node
		good  bool
	}{
		{"a tree", []node{{0, 9, 0}, {0, 5, 1}, {1, 2, 2}, {5, 9, 1}}, true},
		{"no root", nil, false},
		{"two roots", []node{{0, 9, 0}, {0, 9, 0}}, false},
		{"a root with a parent", []node{{0, 9, 1}}, false},
		{"a level left out", []node{{0, 9, 0}, {0, 9, 2}}, false},
		{"ends before it starts", []node{{0, 9, 0}, {5, 4, 1}}, false},
		{"ends behind the source", []node{{0, 9, 0}, {5, 11, 1}}, false},
	}
	for _, test := range tests {
		var packed []byte
		for _, n := range test.nodes {
			packed = binary.LittleEndian.AppendUint32(packed, n.start)
			packed = binary.LittleEndian.AppendUint32(packed, n.end)
			packed = binary.LittleEndian.AppendUint32(packed, n.depth)
			packed = binary.LittleEndian.AppendUint32(packed, 0)
		}
		tree, err := unpack(packed, 10)
		if (err == nil) != test.good {
			t.Errorf("%s: got error %v", test.name, err)
		}
		if test.good && (tree.nodes[0].size != 4 || tree.nodes[1].size != 2 || tree.nodes[2].parent != 1 || tree.nodes[3].parent != 0) {
			t.Errorf("%s: got %+v", test.name, tree.nodes)
		}
	}
}
