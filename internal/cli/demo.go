package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/internal/demo"
)

const demoLong = `Runs a vulnerable trading platform twice, bare and behind the guard, with an attacker,
and prints the address at which a browser shows them side by side. Everything runs in
this process, on free ports of loopback; nothing is simulated and nothing leaves the
machine. Ctrl-C ends it.

With --check it attacks both platforms itself, prints a table of what came of it, and
exits with 1 if an attack passes the guard or a legitimate client is refused. So it does
where standard output is no terminal, unless --serve is given.`

// demoFlags are the flags of the demo command.
type demoFlags struct {
	serve, check, open bool
	format             *word
}

// Demo makes the demo command.
func Demo(env *Env) *cobra.Command {
	f := demoFlags{format: oneOf("text", "json")}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "attack a trading platform, bare and behind the guard, in the browser",
		Long:  demoLong,
		Example: "  wswarden demo\n" +
			"  wswarden demo --open\n" +
			"  wswarden demo --check",
		Args: noArgs("demo takes no arguments, %q neither"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return env.demo(ctx, f)
		},
	}
	cmd.Flags().BoolVar(&f.serve, "serve", false, "serve until Ctrl-C also where standard output is no terminal")
	cmd.Flags().BoolVar(&f.check, "check", false, "attack both platforms, print a table and exit")
	cmd.Flags().BoolVar(&f.open, "open", false, "serve, and open the address in a browser")
	addWord(cmd, f.format, "format", "form of the table; json means --check")
	return cmd
}

func (e *Env) demo(ctx context.Context, f demoFlags) error {
	asked := f.serve || f.open
	if asked && (f.check || f.format.value != "text") {
		return fail("leave out --check and --format, or --serve and --open", "demo either serves a browser or prints the table")
	}
	if f.check || f.format.value != "text" {
		return e.checkDemo(ctx, f.format.value)
	}
	site, err := demo.NewSite()
	if err != nil {
		return fail("the demo needs free ports on 127.0.0.1", "%w", err)
	}
	defer site.Close()
	fmt.Fprintf(e.Stdout, "open %s\n\n", site.Address)
	if !asked && e.Width == 0 {
		return e.checkDemo(ctx, f.format.value)
	}
	fmt.Fprintln(e.Stdout, "A trading platform twice, bare and behind the guard, and an attacker between them.\n"+
		"Ctrl-C ends it; wswarden demo --check prints the attacks as a table.")
	if f.open {
		if err := openBrowser(site.Address); err != nil {
			fmt.Fprintf(e.Stderr, "wswarden: %v\nwswarden: hint: open the address yourself\n", err)
		}
	}
	<-ctx.Done()
	return nil
}

// checkDemo carries the attacks out and judges the guard by them.
func (e *Env) checkDemo(ctx context.Context, format string) error {
	stage, err := demo.NewStage()
	if err != nil {
		return fail("the demo needs free ports on 127.0.0.1", "%w", err)
	}
	defer stage.Close()
	rows, err := e.runDemo(ctx, stage, format)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return fail("", "interrupted after %d rows", len(rows))
		}
		return err
	}
	if !demo.Hold(rows) {
		return &failure{err: errors.New("the guard does not hold"), findings: true}
	}
	return nil
}

// runDemo carries the attacks out and prints them.
func (e *Env) runDemo(ctx context.Context, stage *demo.Stage, format string) ([]demo.Row, error) {
	if format == "json" {
		rows, err := demo.Run(ctx, stage, func(demo.Row) {})
		if err != nil {
			return rows, err
		}
		out := json.NewEncoder(e.Stdout)
		out.SetIndent("", "  ")
		return rows, out.Encode(rows)
	}
	p := demo.Printer{W: e.Stdout, Color: e.Color}
	fmt.Fprintf(e.Stdout, "platform %s, guard %s\n\n", stage.Platform, stage.Guard)
	p.Head()
	rows, err := demo.Run(ctx, stage, p.Row)
	if err == nil {
		p.Sum(rows)
	}
	return rows, err
}
