package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/vcs"
	"github.com/wswarden/wswarden/report"
)

const reviewLong = `review reads the source below each PATH, a file or a folder, and reports the
WebSocket weaknesses in it: what, where, how it is attacked, the shortest fix and
how sure it is; and for every endpoint what defends it and what doesn't.

A comment 'wswarden:ignore WS101 the reason' on or above a line accepts a finding
there. A baseline accepts all that stand today: --write-baseline makes one,
--baseline compares with it. docs/review.md has more, for CI too.

--emit-guard drafts a configuration of the guard from what the code shows: routes,
message types with their fields, and rules that contain the findings. Lines marked
"confirm:" are yours to decide. docs/loop.md has more.

It exits with 1 if a finding of --fail-on or worse stands.`

const reviewExample = `  wswarden review
  wswarden review server/ web/chat.ts --min-confidence low
  wswarden review --format html --output report.html
  wswarden review --since origin/main --format sarif --output review.sarif
  wswarden review --only WS1..,WS2.. --fail-on high
  wswarden review --emit-guard wswarden.yaml --fail-on never`

// A Reviewer finds the weaknesses of the source below paths and returns all of
// them, whatever their confidence. It calls progress with how far it has come and
// draft, where that is no nil, with a guard configuration for the endpoints that it
// found; nil for none.
type Reviewer func(ctx context.Context, paths []string, progress func(stage string, done, total int), draft func(text []byte)) (*report.Report, error)

// Review makes the review command.
func Review(env *Env) *cobra.Command { return ReviewWith(engine)(env) }

// ReviewWith makes the review command with another engine.
func ReviewWith(r Reviewer) Command {
	return func(env *Env) *cobra.Command { return newReview(env, r) }
}

// reviewFlags are the flags of the review command.
type reviewFlags struct {
	format        *word
	output        string
	failOn        *word
	minConfidence *word
	only, skip    []string
	baseline      string
	writeBaseline string
	since         string
	emitGuard     string
}

func newReview(env *Env, r Reviewer) *cobra.Command {
	f := reviewFlags{
		format:        oneOf("text", "json", "sarif", "html"),
		failOn:        &word{"medium", []string{"low", "medium", "high", "critical", "never"}},
		minConfidence: &word{"medium", []string{"low", "medium", "high"}},
	}
	cmd := &cobra.Command{
		Use:     "review [PATH ...]",
		Short:   "find the weaknesses in source code",
		Long:    reviewLong,
		Example: reviewExample,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if cmd.Flags().Changed("emit-guard") && f.emitGuard == "" {
				return fail("write --emit-guard FILE", "--emit-guard needs a file")
			}
			if len(paths) == 0 {
				paths = []string{"."}
			}
			// A second signal ends the process at once.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop)
			err := env.review(ctx, r, paths, f)
			if errors.Is(err, context.Canceled) {
				return fail("", "interrupted")
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	addWord(cmd, f.format, "format", "form of the report")
	flags.StringVar(&f.output, "output", "", "write the report to `FILE` instead of standard output")
	addWord(cmd, f.failOn, "fail-on", "least severity that makes the exit code 1")
	addWord(cmd, f.minConfidence, "min-confidence", "least confidence that is reported")
	flags.StringArrayVar(&f.only, "only", nil, "report these weaknesses alone: `IDS` such as WS101,WS4..")
	flags.StringArrayVar(&f.skip, "skip", nil, "leave these weaknesses out: `IDS` such as WS604,message-rate")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the findings that `FILE` lists")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "list the findings in `FILE`, and accept them")
	flags.StringVar(&f.since, "since", "", "report only what is on lines changed since the git revision `REV`")
	flags.StringVar(&f.emitGuard, "emit-guard", "", "write a draft of a guard configuration for the endpoints to `FILE`, which must be new or a draft")
	completeReview(cmd)
	return cmd
}

// completeReview tells shells what the flags take.
func completeReview(cmd *cobra.Command) {
	must := func(err error) {
		if err != nil {
			panic(err) // the flags were added before
		}
	}
	must(cmd.MarkFlagFilename("emit-guard", "yaml", "yml"))
	must(cmd.MarkFlagFilename("baseline", "json"))
	must(cmd.MarkFlagFilename("write-baseline", "json"))
	must(cmd.RegisterFlagCompletionFunc("only", completeWeaknesses))
	must(cmd.RegisterFlagCompletionFunc("skip", completeWeaknesses))
	must(cmd.RegisterFlagCompletionFunc("since", cobra.NoFileCompletions))
}

// completeWeaknesses completes the last of a comma-separated list of IDs.
func completeWeaknesses(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var out []string
	for _, w := range catalogue.All {
		if w.Review {
			out = append(out, before+w.ID+"\t"+w.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// review checks all that can be wrong with the command line, reviews, and
// writes.
func (e *Env) review(ctx context.Context, r Reviewer, paths []string, f reviewFlags) error {
	filter, err := f.filter()
	if err != nil {
		return err
	}
	if paths, err = cleanPaths(paths); err != nil {
		return err
	}
	if f.since != "" {
		changes, err := vcs.Since(ctx, f.since, paths)
		if err != nil {
			return sinceFailure(f.since, err)
		}
		filter.Changed = func(s report.Span) bool { return changes.Touch(s.Path, s.Line, s.EndLine) }
	}
	if f.emitGuard != "" {
		if err := draftable(f.emitGuard); err != nil {
			return err
		}
	}
	bar := startProgress(e.Stderr, e.ErrWidth)
	defer bar.end()
	var draft func([]byte)
	var text []byte
	if f.emitGuard != "" {
		draft = func(t []byte) { text = t }
	}
	all, err := r(ctx, paths, bar.show, draft)
	bar.end()
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return fail("", "review: %w", err)
	}
	if info := buildInfo(); info != nil {
		all.Version = info.Main.Version
	}
	report.Finish(all)
	if f.emitGuard != "" {
		if err := e.writeDraft(text, f.emitGuard); err != nil {
			return err
		}
	}
	return e.deliver(all, paths, filter, f)
}

// filter turns the flags that choose findings into a filter.
func (f reviewFlags) filter() (report.Filter, error) {
	var out report.Filter
	var err error
	if out.Only, err = patterns("only", f.only); err != nil {
		return out, err
	}
	if out.Skip, err = patterns("skip", f.skip); err != nil {
		return out, err
	}
	if err := checkSelection(out); err != nil {
		return out, err
	}
	if out.MinConfidence, err = report.ParseConfidence(f.minConfidence.value); err != nil {
		return out, err
	}
	if f.writeBaseline != "" && f.since != "" {
		return out, fail("leave out one of the two", "--write-baseline and --since at once: the baseline would lack what stands on unchanged lines")
	}
	if f.baseline != "" {
		out.Baseline, err = readBaseline(f.baseline)
	}
	return out, err
}

// patterns cuts the values of a flag at commas. A pattern that selects nothing
// is a mistake that would go unnoticed.
func patterns(flag string, values []string) ([]string, error) {
	var out []string
	for _, v := range values {
		for p := range strings.SplitSeq(v, ",") {
			if p = strings.TrimSpace(p); len(catalogue.Match(p)) == 0 {
				return nil, fail(nearWeakness(p), "--%s: no weakness is called %q", flag, p)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// checkSelection refuses a selection that review can't find anything of.
func checkSelection(f report.Filter) error {
	for _, w := range catalogue.All {
		one := &report.Report{Findings: []report.Finding{{Weakness: w}}}
		if w.Review && len(f.Apply(one).Findings) > 0 {
			return nil
		}
	}
	return fail("run 'wswarden explain --list' for what review finds", "--only and --skip leave nothing that review can find")
}

// cleanPaths refuses paths that lead nowhere and makes all of one form: relative
// where they lie below the working directory, absolute elsewhere.
func cleanPaths(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		_, err := os.Stat(p)
		var pe *fs.PathError
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fail("give files or folders; without any, the working directory is reviewed", "review %q: no such file or directory", p)
		case errors.As(err, &pe):
			return nil, fail("", "review %q: %w", p, pe.Err)
		case err != nil:
			return nil, fail("", "review %q: %w", p, err)
		}
		if p, err = cleanPath(p); err != nil {
			return nil, fail("", "review %q: %w", p, err)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

func cleanPath(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return p, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return p, err
	}
	if rel, err := filepath.Rel(dir, abs); err == nil && filepath.IsLocal(rel) {
		return rel, nil
	}
	return abs, nil
}

func sinceFailure(revision string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, vcs.ErrNoGit):
		hint = "install git, or leave out --since"
	case errors.Is(err, vcs.ErrNoRepository):
		hint = "--since works on files in a git repository"
	case errors.Is(err, vcs.ErrNoRevision):
		hint = fmt.Sprintf("try 'git rev-parse %s'; in CI, fetch the history: a shallow clone has few revisions", revision)
	}
	return fail(hint, "--since: %w", err)
}

func readBaseline(name string) (*report.Baseline, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail("make one with --write-baseline "+name, "--baseline %q: no such file", name)
	}
	if err != nil {
		return nil, fail("", "--baseline: %w", err)
	}
	defer file.Close()
	b, err := report.ReadBaseline(file)
	if err != nil {
		return nil, fail("make it anew with --write-baseline "+name, "--baseline %q: %w", name, err)
	}
	return b, nil
}
