package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/internal/loop"
	"github.com/wswarden/wswarden/report"
)

const loopLong = `loop runs the three faces on one program: it reviews the source, drafts a guard
configuration from it, starts a guard with that draft in front of the running
program, and attacks the program without the guard and with it. The table says of
each weakness where it was found, which line of the draft contains it, and what the
attacks came to before and after; and whether the program's own clients are served.

--example starts a server of the trading platform, whose attacks and clients are
known. A program of yours is named by the folder of its source and the address where
it runs: probe judges it before and behind the guard, and holds the guard to what the
draft promises. --identity says who may connect; --draft takes a draft that you have
confirmed in place of a fresh one. Nothing leaves the machine.

It exits with 1 if an attack passes the guard, a weakness that the draft should
contain stays open, or a legitimate client is refused. docs/loop.md has more.`

// loopFlags are the flags of the loop command.
type loopFlags struct {
	example string
	flavour *word
	backend string
	keep    string
	draft   string
	who     []string
	format  *word
}

// Loop makes the loop command.
func Loop(env *Env) *cobra.Command {
	f := loopFlags{flavour: oneOf("go", "node", "python"), format: oneOf("text", "json")}
	cmd := &cobra.Command{
		Use:   "loop [DIR]",
		Short: "find the weaknesses of a program, fence it, and prove it",
		Long:  loopLong,
		Example: "  wswarden loop --example trading --flavour node\n" +
			"  wswarden loop --example trading --keep out\n" +
			"  wswarden loop server/ --backend http://127.0.0.1:3000 --identity alice='Cookie: session=…'",
		RunE: func(cmd *cobra.Command, args []string) error {
			// A second signal ends the process at once.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop)
			if err := f.check(args, cmd.Flags().Changed("flavour")); err != nil {
				return err
			}
			err := env.loop(ctx, args, f)
			if errors.Is(err, context.Canceled) {
				return fail("", "interrupted")
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.example, "example", "", "start the example `NAME`: trading")
	addWord(cmd, f.flavour, "flavour", "server of the example")
	flags.StringVar(&f.backend, "backend", "", "`URL` of the running program whose source is in DIR, on this machine")
	flags.StringArrayVar(&f.who, "identity", nil, "somebody who may connect to it: `NAME='Header: value'`")
	flags.StringVar(&f.draft, "draft", "", "take the draft in `FILE`, which you have confirmed, in place of a fresh one")
	flags.StringVar(&f.keep, "keep", "", "keep the findings, the draft and the table in the folder `DIR`")
	addWord(cmd, f.format, "format", "form of the table")
	must := func(err error) {
		if err != nil {
			panic(err) // the flags were added before
		}
	}
	must(cmd.MarkFlagDirname("keep"))
	must(cmd.RegisterFlagCompletionFunc("example", cobra.FixedCompletions([]string{"trading"}, cobra.ShellCompDirectiveNoFileComp)))
	must(cmd.RegisterFlagCompletionFunc("backend", cobra.NoFileCompletions))
	must(cmd.RegisterFlagCompletionFunc("identity", cobra.NoFileCompletions))
	must(cmd.MarkFlagFilename("draft", "yaml", "yml"))
	return cmd
}

// check judges what goes together.
func (f loopFlags) check(args []string, flavoured bool) error {
	const hint = "write 'wswarden loop --example trading', or 'wswarden loop DIR --backend http://127.0.0.1:PORT'"
	switch {
	case len(args) > 1:
		return fail(hint, "unexpected argument %q", args[1])
	case f.example != "" && f.example != "trading":
		return fail("write --example trading", "no example is called %q", f.example)
	case f.example != "" && (len(args) > 0 || f.backend != ""):
		return fail("leave out one of the two", "--example starts a program of its own, beside DIR and --backend")
	case f.example != "" && len(f.who) > 0:
		return fail("leave it out", "--identity is for programs of your own: who may connect to the example is known")
	case f.example == "" && flavoured:
		return fail("add --example trading", "--flavour is for --example")
	case f.example == "" && (len(args) == 0 || f.backend == ""):
		return fail(hint, "loop needs a program: its source, and the address where it runs")
	}
	if f.backend != "" {
		u, err := url.Parse(f.backend)
		if err != nil || u.Scheme != "http" || u.Port() == "" || strings.Trim(u.Path, "/") != "" || u.Hostname() != "127.0.0.1" {
			return fail("write for example --backend http://127.0.0.1:3000", "--backend %q is no address of loopback with a port", f.backend)
		}
	}
	return nil
}

func (e *Env) loop(ctx context.Context, args []string, f loopFlags) error {
	opt := loop.Options{Platform: strings.TrimRight(f.backend, "/")}
	if dir, err := os.UserCacheDir(); err == nil {
		opt.CacheDir = filepath.Join(dir, "wswarden")
	}
	if f.example != "" {
		example, err := loop.StartExample(ctx, f.flavour.value)
		switch {
		case errors.Is(err, loop.ErrNoSource):
			return fail("run it in a clone of the repository", "--example: %w", err)
		case err != nil:
			return fail("", "--example: %w", err)
		}
		defer example.Close()
		opt.Source, opt.Platform, opt.Trading = example.Source, example.Platform, true
	} else {
		opt.Source = args[0]
	}
	paths, err := cleanPaths([]string{opt.Source})
	if err != nil {
		return err
	}
	opt.Source = paths[0]
	if opt.Identities, err = identities(f.who); err != nil {
		return fail("write for example --identity alice='Cookie: session=…'", "--identity: %w", err)
	}
	if f.draft != "" {
		if opt.Confirmed, err = os.ReadFile(f.draft); err != nil {
			return fail("", "--draft: %w", err)
		}
	}
	bar := startProgress(e.Stderr, e.ErrWidth)
	defer bar.end()
	opt.Progress = bar.show
	r, err := loop.Run(ctx, opt)
	bar.end()
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, loop.ErrNoEndpoint):
		return fail("give the folder of the server", "%s: %w", opt.Source, err)
	case err != nil:
		return fail("is the program running there? A guard needs what is marked in its draft: confirm it, and name the file with --draft", "loop: %w", err)
	}
	return e.deliverLoop(r, opt.Source, f)
}

// deliverLoop writes the table and what is to be kept, and judges.
func (e *Env) deliverLoop(r *loop.Result, source string, f loopFlags) error {
	table, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if f.keep != "" {
		if err := keepLoop(r, table, f.keep); err != nil {
			return fail("", "--keep: %w", err)
		}
	}
	if f.format.value == "json" {
		fmt.Fprintln(e.Stdout, string(table))
	} else {
		fmt.Fprintf(e.Stdout, "source %s, a guard from its draft in front\n", source)
		loop.Printer{W: e.Stdout, Color: e.Color}.Print(r)
	}
	if f.keep != "" {
		fmt.Fprintf(e.Stderr, "wswarden: kept wswarden.yaml, review.json and loop.json in %s\n", f.keep)
	}
	if !r.Holds() {
		return &failure{err: errors.New("the loop is open"), findings: true, silent: true}
	}
	return nil
}

// keepLoop writes the files of a run.
func keepLoop(r *loop.Result, table []byte, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var findings strings.Builder
	if err := report.JSON(&findings, r.Report); err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		text []byte
	}{{"wswarden.yaml", r.Draft}, {"review.json", []byte(findings.String())}, {"loop.json", append(table, '\n')}} {
		if err := replaceFile(filepath.Join(dir, file.name), file.text); err != nil {
			return err
		}
	}
	return nil
}
