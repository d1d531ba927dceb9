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

const demoLong = `Runs the attacks on handshakes, frames and messages against a trading platform,
bare and behind the guard, and prints what came of each. Both run in this process, on free
ports of loopback; nothing is simulated and nothing leaves the machine.

It exits with 1 if an attack passes the guard or a legitimate client is refused.`

// Demo makes the demo command.
func Demo(env *Env) *cobra.Command {
	var serve bool
	format := oneOf("text", "json")
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "attack a trading platform, bare and behind the guard",
		Long:  demoLong,
		Example: "  wswarden demo\n" +
			"  wswarden demo --serve",
		Args: noArgs("demo takes no arguments, %q neither"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return env.demo(ctx, format.value, serve)
		},
	}
	cmd.Flags().BoolVar(&serve, "serve", false, "keep both running afterwards, until Ctrl-C")
	addWord(cmd, format, "format", "form of the output")
	return cmd
}

func (e *Env) demo(ctx context.Context, format string, serve bool) error {
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
	if serve {
		fmt.Fprintf(e.Stderr, "\nunguarded: %s/\nguarded:   %s/?guard=%s\nsign in as alice with the password alice-demo; Ctrl-C ends both\n", stage.Platform, stage.Platform, stage.Guard)
		<-ctx.Done()
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
