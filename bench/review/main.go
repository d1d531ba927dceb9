//go:build linux

// Command review measures wswarden review beside ast-grep and eslint on the same
// trees in one run: processor time, memory, and how long a start takes. The
// benchmark's README says how to read it. What the tools find is not compared;
// the scoreboard over real repositories does that for review.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// Exit codes.
const (
	exitShort  = 1 // a goal was missed
	exitFailed = 2 // the run could not be made
)

// options are the command line.
type options struct {
	tools  []string
	only   []string // names of trees; nil means all
	trees  []string // local trees to add
	rounds int
	starts int
	lines  int
	cache  string
	out    string
	binary string
	goals  bool
	// command is the command line without paths of the machine.
	command string
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := measure(ctx, o)
	progress("")
	if ctx.Err() != nil {
		return fail(errors.New("interrupted; everything that was started has been stopped"))
	}
	if err != nil {
		return fail(err)
	}
	fmt.Print(text(r))
	if err := save(ctx, r, o.out); err != nil {
		return fail(err)
	}
	for _, v := range judge(r) {
		if !v.reached && o.goals {
			return exitShort
		}
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintf(os.Stderr, "bench: %v\n", err)
	return exitFailed
}

func parse(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench/review", flag.ContinueOnError)
	tools := fs.String("tools", "wswarden,ast-grep,eslint", "what to measure, of wswarden, ast-grep and eslint")
	only := fs.String("only", "", "trees of packages to measure, of "+strings.Join(treeNames, ", ")+"; empty means all")
	fs.Func("tree", "another tree to measure, a `FOLDER`; may be repeated", func(s string) error {
		o.trees = append(o.trees, s)
		return nil
	})
	fs.IntVar(&o.rounds, "rounds", 3, "how often each tool reads each tree")
	fs.IntVar(&o.starts, "starts", 5, "how often each start is measured")
	fs.IntVar(&o.lines, "lines", 500_000, "lines of the tree that is WebSocket code alone; 0 leaves it out")
	fs.StringVar(&o.cache, "cache", "", "folder for packages and trees; default wswarden-bench of the user's cache")
	fs.StringVar(&o.out, "out", "", "folder for the results; default bench/results of the repository, \"none\" saves nothing")
	fs.StringVar(&o.binary, "wswarden", "", "wswarden binary to measure instead of building ./cmd/wswarden")
	fs.BoolVar(&o.goals, "goals", false, "exit 1 if review falls short of a goal")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if o.rounds < 1 || o.starts < 0 || o.lines < 0 {
		return o, errors.New("-rounds must be at least 1, -starts and -lines not negative")
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
		for _, name := range o.only {
			if !slices.Contains(treeNames, name) {
				return o, fmt.Errorf("-only: unknown tree %q, want some of %s", name, strings.Join(treeNames, ", "))
			}
		}
	}
	o.tools = strings.Split(*tools, ",")
	for i, name := range o.tools {
		if !slices.Contains(toolNames, name) {
			return o, fmt.Errorf("-tools: unknown tool %q, want some of %s", name, strings.Join(toolNames, ", "))
		}
		if slices.Contains(o.tools[:i], name) {
			return o, fmt.Errorf("-tools %q: %s is named twice", *tools, name)
		}
	}
	o.command = commandLine(fs)
	return o, nil
}

// commandLine repeats the flags that were set, without those that hold a path.
func commandLine(fs *flag.FlagSet) string {
	line := "go run ./bench/review"
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "out", "cache":
		case "wswarden", "tree":
			line += " -" + f.Name + " ..."
		default:
			line += " -" + f.Name + "=" + f.Value.String()
		}
	})
	return line
}

// progress says on standard error what is being done, if somebody watches.
func progress(format string, args ...any) {
	info, err := os.Stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K"+format, args...)
}
