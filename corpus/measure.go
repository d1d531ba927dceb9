package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
	"github.com/wswarden/wswarden/corpus/tool"
	"github.com/wswarden/wswarden/corpus/tree"
)

// treeStore lays versions out.
type treeStore interface {
	Get(ctx context.Context, v fact.Version) (dir string, err error)
}

// A measurement reviews trees and scores what comes out.
type measurement struct {
	trees    treeStore
	reviewer tool.Reviewer
	jobs     int
	progress io.Writer

	mu       sync.Mutex // guards what follows and progress
	done     int
	reviewed int     // trees with a report
	seconds  float64 // that review took for them
	version  string  // of wswarden
	failure  string  // the first
}

// job is a tree to be reviewed.
type job struct {
	name  string // for the progress
	lay   func(ctx context.Context) (dir string, err error)
	key   string // that its report is kept under
	count bool   // whether its lines are counted
}

// corpus measures the rows.
func (m *measurement) corpus(ctx context.Context, c *fact.Corpus, verdicts []fact.Verdict) (*score.Board, error) {
	versions, counted := needed(c)
	jobs := make([]job, len(versions))
	for i, v := range versions {
		jobs[i] = job{
			name: v.String(), count: counted[v], key: strings.ReplaceAll(v.Repo, "/", "+") + "@" + v.Commit,
			lay: func(ctx context.Context) (string, error) { return m.trees.Get(ctx, v) },
		}
	}
	results, err := m.all(ctx, jobs)
	if err != nil {
		return nil, err
	}
	trees := map[fact.Version]score.Tree{}
	for i, v := range versions {
		trees[v] = results[i]
	}
	return scoreAll(c, trees, score.NewVerdicts(verdicts))
}

// needed are the versions of all rows, each once, and those whose lines are
// counted.
func needed(c *fact.Corpus) ([]fact.Version, map[fact.Version]bool) {
	var list []fact.Version
	seen, counted := map[fact.Version]bool{}, map[fact.Version]bool{}
	add := func(v fact.Version) {
		if !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	for _, w := range c.Weaknesses {
		if w.Scored() {
			add(w.Version)
		}
		if w.Scored() && w.HasFix() {
			add(w.Fixed)
		}
	}
	for _, n := range c.Negatives {
		add(n.Version)
	}
	for _, r := range c.Repositories {
		add(r.Version)
		counted[r.Version] = true
	}
	return list, counted
}

func scoreAll(c *fact.Corpus, trees map[fact.Version]score.Tree, verdicts *score.Verdicts) (*score.Board, error) {
	b := &score.Board{}
	for _, w := range c.Weaknesses {
		res, err := score.Weakness(w, trees[w.Version], trees[w.Fixed])
		if err != nil {
			return nil, err
		}
		b.Weaknesses = append(b.Weaknesses, res)
	}
	for _, n := range c.Negatives {
		b.Negatives = append(b.Negatives, score.Negative(n, trees[n.Version], verdicts))
	}
	for _, r := range c.Repositories {
		b.Repositories = append(b.Repositories, score.Repository(r, trees[r.Version], verdicts))
	}
	return b, nil
}

// unseen measures the findings by the line in each folder below dir whose name
// matches. There are no facts about them.
func (m *measurement) unseen(ctx context.Context, dir string, names *regexp.Regexp) (*score.Board, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of trees: %w", err)
	}
	var jobs []job
	for _, e := range entries {
		if e.IsDir() && names.MatchString(e.Name()) {
			jobs = append(jobs, job{
				name: e.Name(), count: true,
				lay: func(context.Context) (string, error) { return filepath.Join(dir, e.Name()), nil },
			})
		}
	}
	results, err := m.all(ctx, jobs)
	if err != nil {
		return nil, err
	}
	b := &score.Board{}
	for i, j := range jobs {
		b.Repositories = append(b.Repositories, score.Repository(fact.Repository{Repo: j.name}, results[i], score.NewVerdicts(nil)))
	}
	return b, nil
}

// all reviews the trees, some at a time. A version that is absent, and one
// that review fails on, is a result; only an end of the context, a tree that
// can't be written and a review that never works are errors.
func (m *measurement) all(ctx context.Context, jobs []job) ([]score.Tree, error) {
	if len(jobs) == 0 {
		return nil, errors.New("no row matches")
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]score.Tree, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(m.jobs, len(jobs)) {
		workers.Go(func() {
			for i := range next {
				if inner.Err() != nil {
					continue
				}
				t, err := m.one(inner, jobs[i], len(jobs))
				if err != nil {
					cancel(err)
				}
				results[i] = t
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	if err := context.Cause(inner); err != nil {
		return nil, err
	}
	if m.reviewed == 0 && m.failure != "" {
		return nil, fmt.Errorf("no tree could be reviewed: %s", m.failure)
	}
	return results, nil
}

// one reviews one tree.
func (m *measurement) one(ctx context.Context, j job, of int) (score.Tree, error) {
	dir, err := j.lay(ctx)
	if errors.Is(err, tree.ErrAbsent) {
		m.tell(of, j.name, err.Error())
		return score.Tree{Absent: err.Error()}, nil
	}
	if err != nil {
		return score.Tree{}, err
	}
	t := score.Tree{Dir: dir}
	if j.count {
		if t.Lines, err = tree.Lines(dir); err != nil {
			return t, fmt.Errorf("count the lines of %s: %w", j.name, err)
		}
	}
	r, err := m.reviewer.Review(ctx, dir, j.key)
	if err != nil {
		t.Failure = err.Error()
		m.fail(t.Failure)
		m.tell(of, j.name, t.Failure)
		return t, nil
	}
	t.Report, t.Seconds = r.Report, r.Seconds
	how := ""
	if r.Cached {
		how = ", reviewed earlier"
	}
	m.add(r)
	shown := slices.DeleteFunc(slices.Clone(r.Report.Findings), func(f tool.Finding) bool { return !f.Shown() })
	m.tell(of, j.name, fmt.Sprintf("%.1f s%s, %d findings, %d endpoints", r.Seconds, how, len(shown), len(r.Report.Endpoints)))
	return t, nil
}

func (m *measurement) add(r tool.Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reviewed++
	m.seconds += r.Seconds
	m.version = r.Report.Version
}

func (m *measurement) fail(why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure == "" {
		m.failure = why
	}
}

// tell prints a line of progress.
func (m *measurement) tell(of int, name, what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	fmt.Fprintf(m.progress, "[%d/%d] %s: %s\n", m.done, of, name, what)
}
