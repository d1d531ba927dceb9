// Command corpus measures review on real repositories: which known weaknesses
// it finds, which fixed versions it still flags, what it says of endpoints
// done well, and how many findings it has by the line. README.md says how to
// read the scoreboard. The repositories are fetched into a cache folder, read
// and analysed there; nothing in them is built or run.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/corpus/board"
	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/tool"
	"github.com/wswarden/wswarden/corpus/tree"
)

//go:embed *.tsv
var facts embed.FS

// exitFailed is the exit code of a run that could not be made. A bad score is
// a result, not a failure.
const exitFailed = 2

// options are the command line.
type options struct {
	cache   string
	mirrors string
	forge   string
	rows    *regexp.Regexp
	jobs    int
	write   bool
	only    string
	binary  string
	timeout time.Duration
	unseen  string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = measureAndPrint(ctx, o, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "corpus: %v\n", err)
		return exitFailed
	}
	return 0
}

// parts are what -only may name.
var parts = []string{"", "dev", "negatives", "repos"}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("corpus", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.cache, "cache", "", "`folder` for mirrors, trees and reports, outside the repository (default: below the user's cache folder)")
	fs.StringVar(&o.mirrors, "mirror", "", "`folder` of bare repositories named owner+name, used before any is cloned")
	fs.StringVar(&o.forge, "forge", "https://github.com", "`URL` before /owner/name.git to clone from; empty clones nothing")
	rows := fs.String("rows", "", "measure only rows whose id, or repository, matches the `regexp`")
	fs.IntVar(&o.jobs, "jobs", 1, "trees reviewed at a time")
	fs.BoolVar(&o.write, "write", false, "write RESULTS.md and results.json into the corpus folder")
	fs.StringVar(&o.only, "only", "", "measure one `part`: dev, negatives or repos")
	fs.StringVar(&o.binary, "wswarden", "", "`executable` to measure instead of building ./cmd/wswarden")
	fs.DurationVar(&o.timeout, "timeout", 20*time.Minute, "for the review of one tree")
	fs.StringVar(&o.unseen, "unseen", "", "instead of the corpus, print the findings in each tree of the `folder`, by the line")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	var err error
	o.rows, err = regexp.Compile(*rows)
	switch {
	case err != nil:
		return o, fmt.Errorf("-rows: %w", err)
	case fs.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case o.jobs < 1:
		return o, errors.New("-jobs: at least 1")
	case !slices.Contains(parts, o.only):
		return o, fmt.Errorf("-only: %q is neither dev, negatives nor repos", o.only)
	case o.write && (*rows != "" || o.only != "" || o.unseen != ""):
		return o, errors.New("-write: a part of the rows would overwrite the whole; leave -rows, -only and -unseen out")
	}
	if o.cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return o, fmt.Errorf("find the cache folder: %w; name one with -cache", err)
		}
		o.cache = filepath.Join(dir, "wswarden", "corpus")
	}
	return o, nil
}

// measureAndPrint makes the run that was asked for.
func measureAndPrint(ctx context.Context, o options, stdout, stderr io.Writer) error {
	all, err := fact.Load(facts)
	if err != nil {
		return err
	}
	root := "" // of the module; needed to build and to write
	if o.binary == "" || o.write {
		if root, err = moduleRoot(ctx); err != nil {
			return err
		}
	}
	binary, err := openBinary(ctx, o, root)
	if err != nil {
		return err
	}
	m := &measurement{
		trees:    &tree.Store{Cache: o.cache, Mirrors: o.mirrors, Forge: o.forge},
		reviewer: binary, jobs: o.jobs, progress: stderr,
	}
	r := &board.Run{Command: "go run ./corpus -write", Date: time.Now().UTC(), Binary: binary.Hash()}
	if o.unseen != "" {
		r.Board, err = m.unseen(ctx, o.unseen, o.rows)
	} else {
		r.Board, err = m.corpus(ctx, choose(all, o), all.Verdicts)
	}
	if err != nil {
		return err
	}
	r.Version, r.Trees, r.Seconds = m.version, m.reviewed, m.seconds
	fmt.Fprint(stdout, board.Text(r))
	if err := binary.Prune(); err != nil {
		return err
	}
	if o.write {
		return save(r, filepath.Join(root, "corpus"))
	}
	return nil
}

func openBinary(ctx context.Context, o options, root string) (*tool.Binary, error) {
	path := o.binary
	if path == "" {
		path = filepath.Join(o.cache, "bin", "wswarden")
		if err := build(ctx, root, path); err != nil {
			return nil, err
		}
	}
	return tool.NewBinary(path, filepath.Join(o.cache, "reports"), o.timeout)
}

// choose keeps the rows that were asked for.
func choose(c *fact.Corpus, o options) *fact.Corpus {
	out := &fact.Corpus{Verdicts: c.Verdicts}
	for _, w := range c.Weaknesses {
		if (o.only == "" || o.only == "dev") && (o.rows.MatchString(w.Name) || o.rows.MatchString(w.Version.Repo)) {
			out.Weaknesses = append(out.Weaknesses, w)
		}
	}
	for _, n := range c.Negatives {
		if (o.only == "" || o.only == "negatives") && (o.rows.MatchString(n.Name) || o.rows.MatchString(n.Version.Repo)) {
			out.Negatives = append(out.Negatives, n)
		}
	}
	for _, r := range c.Repositories {
		if (o.only == "" || o.only == "repos") && o.rows.MatchString(r.Repo) {
			out.Repositories = append(out.Repositories, r)
		}
	}
	return out
}

func save(r *board.Run, dir string) error {
	text, err := board.JSON(r)
	if err != nil {
		return fmt.Errorf("save the results: %w", err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "results.json"), text, 0o644),
		os.WriteFile(filepath.Join(dir, "RESULTS.md"), []byte(board.Markdown(r)), 0o644))
	if err != nil {
		return fmt.Errorf("save the results: %w", err)
	}
	return nil
}
