//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A tree is a folder of source that all tools read. It has their languages'
// files alone, so that none of them reads what another leaves out: no tests, no
// type declarations, nothing minified.
type tree struct {
	Tree
	dir string
	// noESLint is where eslint takes too long.
	noESLint bool
	sizes    map[string]size // by file name extension
}

type size struct{ bytes, lines int64 }

// libraries are packages whose subject is WebSockets: most files have to do with
// them. Each is the folder of its source.
var libraries = []string{
	"@colyseus/core/build", "@fastify/websocket", "@feathersjs/socketio/src", "@feathersjs/transport-commons/src", "@hocuspocus/server/src", "@nestjs/platform-ws", "@nestjs/websockets",
	"engine.io/build", "faye/src", "graphql-ws/dist", "primus", "sharedb/lib", "socket.io/dist", "socketcluster-server", "sockjs/lib", "websocket/lib", "ws", "y-websocket/src",
}

// applications are larger programs, of which WebSockets are a part.
var applications = []string{
	"@node-red/editor-api/lib", "@node-red/nodes/core", "@trpc/server/src", "discord.js/src", "livekit-client/src", "matrix-js-sdk/src",
}

// names of the trees that are made of packages.
const (
	treeLibraries    = "libraries"
	treeApplications = "applications"
	treeDependencies = "dependencies" // every package that was installed
	treeLarge        = "large"        // libraries over and over, up to so many lines
)

var treeNames = []string{treeLibraries, treeApplications, treeDependencies, treeLarge}

// maxFileBytes leaves out what no person wrote; it is below every tool's limit.
const maxFileBytes = 1 << 20

// leftOut are folders that review doesn't read either.
var leftOut = []string{"node_modules", "test", "tests", "__tests__", "spec", "e2e", "fixtures", "vendor", "third_party", "coverage", "site-packages", "testdata", "cypress", "mocks", "__mocks__", ".git"}

// built are folders of output. They are left out where the source is beside them.
var built = []string{"dist", "build", "out", "target"}

// copySource copies the source files below from to to, as far as it is the
// program's own. It makes the folders that it needs, and follows no links.
func copySource(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != from && skipped(path, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !isSource(d.Name()) {
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Size() > maxFileBytes {
			return err
		}
		target := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func skipped(path, name string) bool {
	if slices.Contains(leftOut, strings.ToLower(name)) {
		return true
	}
	if !slices.Contains(built, name) {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(path), "src"))
	return err == nil
}

func isSource(name string) bool {
	lower := strings.ToLower(name)
	ext := filepath.Ext(lower)
	stem := strings.TrimSuffix(lower, ext)
	for _, end := range []string{".d", ".min", ".umd", ".bundle", "-min", ".test", ".spec", "-test", "_test", ".stories", ".mock"} {
		if strings.HasSuffix(stem, end) {
			return false
		}
	}
	return slices.Contains(allExtensions, ext)
}

// newTree is the tree in dir. It fails where there is nothing to read.
func newTree(name, dir string) (*tree, error) {
	t := &tree{Tree: Tree{Name: name}, dir: dir, sizes: map[string]size{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		of, err := sizeOf(path)
		if err != nil {
			return err
		}
		ext := strings.ToLower(filepath.Ext(path))
		s := t.sizes[ext]
		t.sizes[ext] = size{s.bytes + of.bytes, s.lines + of.lines}
		t.Files++
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("measure the tree %s: %w", name, err)
	}
	for _, s := range t.sizes {
		t.Bytes += s.bytes
		t.Lines += s.lines
	}
	if t.Bytes == 0 {
		return nil, fmt.Errorf("measure the tree %s: it has no source", name)
	}
	return t, nil
}

// sizeOf reads a file in parts: see parseStats.
func sizeOf(path string) (size, error) {
	f, err := os.Open(path)
	if err != nil {
		return size{}, err
	}
	defer f.Close()
	var s size
	for part := make([]byte, 64<<10); ; {
		n, err := f.Read(part)
		s.bytes += int64(n)
		s.lines += int64(bytes.Count(part[:n], []byte("\n")))
		switch {
		case err == io.EOF:
			return s, nil
		case err != nil:
			return size{}, err
		}
	}
}

// size is the size of the files that a tool reads.
func (t *tree) size(by *tool) (bytes, lines int64) {
	for ext, s := range t.sizes {
		if by.reads(ext) {
			bytes, lines = bytes+s.bytes, lines+s.lines
		}
	}
	return bytes, lines
}

// makeTree copies the folders below modules into dir, each under its own name.
func makeTree(name, modules, dir string, folders []string) (*tree, error) {
	for _, f := range folders {
		if err := copySource(filepath.Join(modules, filepath.FromSlash(f)), filepath.Join(dir, filepath.FromSlash(f))); err != nil {
			return nil, fmt.Errorf("make the tree %s: %w", name, err)
		}
	}
	return newTree(name, dir)
}

// makeLarge repeats a tree until there are so many lines.
func makeLarge(from *tree, dir string, lines int) (*tree, error) {
	if from.Lines == 0 {
		return nil, errors.New("make the tree large: there are no lines to repeat")
	}
	for i := range int((int64(lines) + from.Lines - 1) / from.Lines) {
		if err := copySource(from.dir, filepath.Join(dir, "part"+strconv.Itoa(i+1))); err != nil {
			return nil, fmt.Errorf("make the tree large: %w", err)
		}
	}
	return newTree(treeLarge, dir)
}

// packagesIn lists the packages in a node_modules folder.
func packagesIn(modules string) ([]string, error) {
	entries, err := os.ReadDir(modules)
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w", err)
	}
	var out []string
	for _, e := range entries {
		switch {
		case !e.IsDir() || strings.HasPrefix(e.Name(), "."):
		case strings.HasPrefix(e.Name(), "@"):
			scoped, err := os.ReadDir(filepath.Join(modules, e.Name()))
			if err != nil {
				return nil, fmt.Errorf("list the packages: %w", err)
			}
			for _, s := range scoped {
				out = append(out, e.Name()+"/"+s.Name())
			}
		default:
			out = append(out, e.Name())
		}
	}
	return out, nil
}
