package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/redact"
	"github.com/wswarden/wswarden/internal/serve"
)

const guardLong = `guard runs the gateway in front of a WebSocket server.

It reloads the configuration when the file changes or SIGHUP comes; a file with
an error changes nothing. SIGTERM and SIGINT drain: clients are told to go, and
the command exits with 0 when they are gone or the deadline has come. A second
signal ends it at once.

With --verify-audit it runs nothing, and judges the hash chain of an audit log
(audit.hash_chain of the configuration): exit 0 if it holds, 1 if it is broken.`

// guardFlags are the flags of the guard command.
type guardFlags struct {
	config    string
	check     bool
	format    *word
	logFormat *word
	logLevel  *word
	verify    verifyFlags
}

// Guard makes the guard command.
func Guard(env *Env) *cobra.Command {
	f := guardFlags{format: oneOf("text", "json"), logFormat: oneOf("text", "json"), logLevel: oneOf("info", "debug", "warn", "error")}
	cmd := &cobra.Command{
		Use:   "guard --config FILE",
		Short: "run the gateway in front of a WebSocket server",
		Long:  guardLong,
		Example: "  wswarden guard --config wswarden.yaml --check\n" +
			"  wswarden guard --config wswarden.yaml\n" +
			"  wswarden guard --verify-audit audit.jsonl",
		Args: noArgs("a configuration is named with --config %s"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(f.verify.files) > 0 {
				return env.verifyAudit(f.verify)
			}
			if f.verify.alone() {
				return fail("add --verify-audit FILE", "--audit-key-env and --audit-head are for --verify-audit")
			}
			if f.config == "" {
				return fail("write --config FILE; docs/configuration.md has every setting", "guard needs a configuration")
			}
			if f.check {
				return env.check(f)
			}
			if cmd.Flags().Changed("format") {
				return fail("add --check; the log of a running guard has --log-format", "--format is for --check")
			}
			return env.guard(cmd.Context(), f)
		},
	}
	cmd.Flags().StringVar(&f.config, "config", "", "configuration `FILE`")
	cmd.Flags().BoolVar(&f.check, "check", false, "judge the configuration, print what it puts in force, and exit")
	addWord(cmd, f.format, "format", "form of the output of --check")
	addWord(cmd, f.logFormat, "log-format", "form of the log on standard error")
	addWord(cmd, f.logLevel, "log-level", "least level of the log")
	f.verify.add(cmd)
	if err := cmd.MarkFlagFilename("config", "yaml", "yml"); err != nil {
		panic(err) // the flag was added above
	}
	return cmd
}

// guard runs the gateway until a signal ends it.
func (e *Env) guard(ctx context.Context, f guardFlags) error {
	cfg, err := config.Load(f.config, nil)
	if err != nil {
		return badConfig(err)
	}
	err = serve.Run(ctx, cfg, serve.Options{Log: newLog(e.Stderr, f.logFormat.value, f.logLevel.value), Stdout: e.Stdout, Version: moduleVersion(buildInfo())})
	return startHint(err)
}

// newLog returns the operational log. Whatever looks like a credential is
// masked on its way out.
func newLog(w io.Writer, format, level string) *slog.Logger {
	opts := &slog.HandlerOptions{ReplaceAttr: redact.Attr}
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		panic(err) // the flag takes no other word
	}
	opts.Level = l
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// startHint says what to do about a start that failed.
func startHint(err error) error {
	if err == nil {
		return nil
	}
	hint := ""
	var le *serve.ListenError
	switch {
	case !errors.As(err, &le):
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "another program listens there: stop it, or set " + le.Setting + " to another port"
	case errors.Is(err, fs.ErrPermission):
		hint = "ports below 1024 need a privilege: set " + le.Setting + " to a higher one, or grant CAP_NET_BIND_SERVICE"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "the address is none of this machine: set " + le.Setting + " to one that is"
	}
	return fail(hint, "guard: %w", err)
}
