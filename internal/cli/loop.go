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
	"github.com/wswarden/wswarden/probe"
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
configuration promises, message by message. Messages that it promises something of are
sent to the program too, so let it be one that holds nothing of value. --identity says
who may connect, twice for checks of two users; --sign-in has a command find it out,
which gets WSWARDEN_PROGRAM_URL and prints the header. --start starts the program and ends it.
--keep writes the draft; settle its marked lines, and run again with --config. Nothing
leaves the machine.

--client is a command that does what a client of the program does. It runs once
without the guard and once with it, and has to exit with 0 both times. It finds
WSWARDEN_SOCKET_URL, WSWARDEN_TICKET_URL (empty where no ticket is needed),
WSWARDEN_TICKET_HEADER (a header that the request for a ticket must have),
WSWARDEN_ORIGIN, WSWARDEN_PROGRAM_URL (the program itself, to sign in) and
WSWARDEN_ENDPOINT (bare or guarded) in its environment.

It exits with 1 if an attack passes the guard, a weakness that the draft should
contain stays open, or a legitimate client is refused. docs/loop.md has more.`

// loopFlags are the flags of the loop command.
type loopFlags struct {
	example string
	flavour *word
	backend string
	keep    string
	config  string
	origin  string
	start   string
	clients []string
	with    []string
	who     []string
	signIn  []string
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
	flags.StringArrayVar(&f.signIn, "sign-in", nil, "sign somebody in by `NAME=COMMAND`, which prints 'Header: value', once the program runs")
	flags.StringVar(&f.origin, "origin", "", "an `ORIGIN` from which pages of the program connect (default: the first that the configuration lists)")
	flags.StringVar(&f.start, "start", "", "start the program by the `COMMAND`, wait until it listens at --backend, and end it")
	flags.StringArrayVar(&f.clients, "client", nil, "a `COMMAND` that does what a client does, and must exit with 0 without the guard and with it")
	flags.StringArrayVar(&f.with, "with", nil, "allow probe `CHECKS` that are off by default: load, memory, state, or names")
	flags.StringVar(&f.config, "config", "", "take the configuration in `FILE`, a draft whose marked lines are settled, in place of a fresh draft")
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
	must(cmd.MarkFlagFilename("config", "yaml", "yml"))
	for _, name := range []string{"sign-in", "origin", "start", "client", "with"} {
		must(cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions))
	}
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
	case f.example != "" && (len(f.who) > 0 || len(f.signIn) > 0 || f.start != "" || f.config != ""):
		return fail("leave it out", "--identity, --sign-in, --start and --config are for programs of your own: the example is known")
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
		if f.who, err = example.Identities(ctx); err != nil {
			return fail("", "--example: %w", err)
		}
	} else {
		opt.Source = args[0]
	}
	paths, err := cleanPaths([]string{opt.Source})
	if err != nil {
		return err
	}
	opt.Source = paths[0]
	if f.config != "" {
		if opt.Confirmed, err = os.ReadFile(f.config); err != nil {
			return fail("check the name", "--config: %w", err)
		}
	}
	opt.ConfirmedFile, opt.Origin, opt.Clients, opt.With = f.config, f.origin, f.clients, cutAll(f.with)
	if opt.Origin != "" {
		if err := checkTarget(probe.Target{Origin: opt.Origin}); err != nil {
			return err
		}
	}
	if f.start != "" {
		program, err := loop.StartProgram(ctx, f.start, strings.TrimPrefix(opt.Platform, "http://"))
		if err != nil {
			return fail("is the command right, and the address where it listens?", "--start: %w", err)
		}
		defer program.Close()
	}
	for _, how := range f.signIn {
		who, err := loop.SignIn(ctx, how, opt.Platform)
		if err != nil {
			return fail("write for example --sign-in alice='curl …', a command that prints 'Cookie: session=…'", "--sign-in: %w", err)
		}
		f.who = append(f.who, who)
	}
	if opt.Identities, err = identities(f.who); err != nil {
		return fail("write for example --identity alice='Cookie: session=…'", "--identity: %w", err)
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
		return fail("is the program running there? A guard needs what is marked in its draft: keep it with --keep DIR, settle it, and name the file with --config", "loop: %w", err)
	}
	return e.deliverLoop(r, opt.Source, f)
}

// deliverLoop writes the table and what is to be kept, and judges.
func (e *Env) deliverLoop(r *loop.Result, source string, f loopFlags) error {
	table, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	kept := ""
	if f.keep != "" {
		if kept, err = keepLoop(r, table, f.keep); err != nil {
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
		fmt.Fprintf(e.Stderr, "wswarden: kept %s, review.json and loop.json in %s\n", kept, f.keep)
		if n := strings.Count(string(r.Draft), "# confirm:"); n > 0 && f.config == "" && f.example == "" {
			fmt.Fprintf(e.Stderr, "wswarden: %d lines of it are marked 'confirm:'; settle them, then run the same command with --config %s\n", n, filepath.Join(f.keep, kept))
		}
	}
	if !r.Holds() {
		return &failure{err: errors.New("the loop is open"), findings: true, silent: true}
	}
	return nil
}

// keepLoop writes the files of a run and returns the name of the configuration's. One
// that is there and says something else may be settled by hand: it is left alone.
func keepLoop(r *loop.Result, table []byte, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	config := "wswarden.yaml"
	if old, err := os.ReadFile(filepath.Join(dir, config)); err == nil && string(old) != string(r.Draft) {
		config = "wswarden.new.yaml"
	}
	var findings strings.Builder
	if err := report.JSON(&findings, r.Report); err != nil {
		return "", err
	}
	for _, file := range []struct {
		name string
		text []byte
	}{{config, r.Draft}, {"review.json", []byte(findings.String())}, {"loop.json", append(table, '\n')}} {
		if err := replaceFile(filepath.Join(dir, file.name), file.text); err != nil {
			return "", err
		}
	}
	return config, nil
}
