//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/wswarden/wswarden/bench/cpu"
	"github.com/wswarden/wswarden/bench/machine"
)

// bench is a run under way.
type bench struct {
	options
	dir      string // temporary, for trees and caches
	packages string
	tools    []*tool
	trees    []*tree
	run      *Run
}

// measure makes a whole run. Packages stay in the cache, all else is removed.
func measure(ctx context.Context, o options) (*Run, error) {
	root, err := machine.ModuleRoot(ctx)
	if err != nil {
		return nil, err
	}
	if o.cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("find a folder for the packages: %w", err)
		}
		o.cache = filepath.Join(user, "wswarden-bench")
	}
	b := &bench{options: o, run: &Run{
		Started: time.Now().UTC().Truncate(time.Second), Command: o.command, Environment: machine.Describe(ctx, root), Rounds: o.rounds, Starts: o.starts,
	}}
	progress("installing packages")
	if b.packages, err = install(ctx, root, o.cache); err != nil {
		return nil, err
	}
	// Within the folder of the packages: eslint reads nothing outside of it.
	if b.dir, err = os.MkdirTemp(b.packages, "run-"); err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(b.dir)
	if err := b.prepareTools(ctx, root); err != nil {
		return nil, err
	}
	progress("making trees")
	if err := b.prepareTrees(); err != nil {
		return nil, err
	}
	if err := b.warm(ctx); err != nil {
		return nil, err
	}
	before, err := cpu.Proc{}.Busy()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := b.readAll(ctx); err != nil {
		return nil, err
	}
	if err := b.startAll(ctx); err != nil {
		return nil, err
	}
	after, err := cpu.Proc{}.Busy()
	if err != nil {
		return nil, err
	}
	b.run.Busy, b.run.Wall = after-before, time.Since(start)
	return b.run, nil
}

func (b *bench) prepareTools(ctx context.Context, root string) error {
	var err error
	if b.binary == "" {
		progress("building wswarden")
		if b.binary, err = machine.Build(ctx, root, b.dir); err != nil {
			return err
		}
	}
	if b.binary, err = filepath.Abs(b.binary); err != nil {
		return err
	}
	for _, name := range toolNames {
		if !slices.Contains(b.options.tools, name) {
			continue
		}
		t := newTool(name, b.binary, b.packages, root, filepath.Join(b.dir, "cache"))
		if err := t.check(); err != nil {
			return err
		}
		b.tools = append(b.tools, t)
		b.run.Tools = append(b.run.Tools, name)
	}
	return nil
}

func (b *bench) prepareTrees() error {
	modules := filepath.Join(b.packages, "node_modules")
	all, err := packagesIn(modules)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		name    string
		folders []string
	}{{treeLibraries, libraries}, {treeApplications, applications}, {treeDependencies, all}} {
		if !b.wants(of.name) {
			continue
		}
		t, err := makeTree(of.name, modules, filepath.Join(b.dir, of.name), of.folders)
		if err != nil {
			return err
		}
		t.noESLint = of.name == treeDependencies
		b.add(t)
	}
	if b.lines > 0 && b.wants(treeLarge) {
		if err := b.prepareLarge(modules); err != nil {
			return err
		}
	}
	for i, from := range b.options.trees {
		name := "local " + strconv.Itoa(i+1) // paths of the machine are nobody's business
		dir := filepath.Join(b.dir, "local-"+strconv.Itoa(i+1))
		if err := copySource(from, dir); err != nil {
			return fmt.Errorf("copy the tree %q: %w", from, err)
		}
		t, err := newTree(name, dir)
		if err != nil {
			return err
		}
		b.add(t)
	}
	return nil
}

func (b *bench) prepareLarge(modules string) error {
	base, err := makeTree(treeLibraries, modules, filepath.Join(b.dir, "repeated"), libraries)
	if err != nil {
		return err
	}
	t, err := makeLarge(base, filepath.Join(b.dir, treeLarge), b.lines)
	if err != nil {
		return err
	}
	t.noESLint = true
	b.add(t)
	return nil
}

func (b *bench) wants(name string) bool { return b.only == nil || slices.Contains(b.only, name) }

func (b *bench) add(t *tree) {
	b.trees = append(b.trees, t)
	b.run.Trees = append(b.run.Trees, t.Tree)
}

// warm starts every tool once, which doesn't count: it fills review's cache.
func (b *bench) warm(ctx context.Context) error {
	one, err := b.startFolder(startOneFile)
	if err != nil {
		return err
	}
	for _, t := range b.tools {
		if _, err := t.read(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// readAll has every tool read every tree, round by round. The tools take turns,
// and each round another begins.
func (b *bench) readAll(ctx context.Context) error {
	for round := range b.rounds {
		for _, tree := range b.trees {
			for i := range b.tools {
				t := b.tools[(i+round)%len(b.tools)]
				if tree.noESLint && t.name == "eslint" {
					continue
				}
				progress("round %d of %d: %s, %s", round+1, b.rounds, tree.Name, t.name)
				cell, err := t.read(ctx, tree)
				if err != nil {
					return err
				}
				cell.Round = round + 1
				b.run.Cells = append(b.run.Cells, cell)
			}
		}
	}
	return nil
}

// startFolder is a folder with one file, or with none.
func (b *bench) startFolder(kind string) (*tree, error) {
	dir := filepath.Join(b.dir, "start-"+kind)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if kind == startOneFile {
		const server = "const { WebSocketServer } = require('ws');\nnew WebSocketServer({ port: 8080 }).on('connection', (s) => s.on('message', (m) => s.send(m)));\n"
		if err := os.WriteFile(filepath.Join(dir, "server.js"), []byte(server), 0o644); err != nil {
			return nil, fmt.Errorf("make a folder: %w", err)
		}
	}
	return &tree{Tree: Tree{Name: kind}, dir: dir}, nil
}

// startAll measures how long the tools take for next to nothing. Cold is with
// an empty cache of review's own; the system's cache of files is always warm.
func (b *bench) startAll(ctx context.Context) error {
	for round := range b.starts {
		for _, kind := range []string{startEmpty, startOneFile} {
			folder, err := b.startFolder(kind)
			if err != nil {
				return err
			}
			for _, t := range b.tools {
				progress("start %d of %d: %s, %s", round+1, b.starts, kind, t.name)
				if t.name == "wswarden" {
					if err := b.startCold(ctx, folder, round); err != nil {
						return err
					}
				}
				cell, err := t.read(ctx, folder)
				if err != nil {
					return err
				}
				b.run.StartUps = append(b.run.StartUps, StartUp{Tool: t.name, Folder: kind, Round: round + 1, Usage: cell.Usage})
			}
		}
	}
	return nil
}

func (b *bench) startCold(ctx context.Context, folder *tree, round int) error {
	cache, err := os.MkdirTemp(b.dir, "cold-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(cache)
	t := wswardenTool(b.binary, cache)
	cell, err := t.read(ctx, folder)
	if err != nil {
		return err
	}
	b.run.StartUps = append(b.run.StartUps, StartUp{Tool: t.name, Folder: folder.Name, Cold: true, Round: round + 1, Usage: cell.Usage})
	return nil
}
