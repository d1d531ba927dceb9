// Package cli is the command line: one file a subcommand, and what they share
// of output, errors and exit codes.
//
// A command turns arguments into a call of another package and its result into
// text. It decides nothing itself: whoever needs a result in a program calls
// the other package.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes. CI systems branch on them, so they never change meaning.
const (
	ExitClean    = 0 // nothing was found
	ExitFindings = 1 // something was found
	ExitFailure  = 2 // the command could not run: a bad flag, a bad file, a port in use
)

// Command makes one subcommand. It is called once.
type Command func(*Env) *cobra.Command

// Env is what a command may touch of the world.
type Env struct {
	Stdout, Stderr io.Writer
	// Width is the number of columns of the terminal; 0 where Stdout is none.
	Width int
	// Color says that Stdout is a terminal that wants colours.
	Color bool
	// ErrWidth is the number of columns of the terminal that Stderr is, on which
	// a line can be written over; 0 where it is none.
	ErrWidth int
}

// Main runs the command line of the process and returns its exit code.
func Main(args []string, commands ...Command) int {
	width, errWidth := terminalWidth(os.Stdout), terminalWidth(os.Stderr)
	dumb := os.Getenv("TERM") == "dumb"
	if dumb {
		errWidth = 0
	}
	return Run(&Env{
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
		Width:    width,
		Color:    width > 0 && os.Getenv("NO_COLOR") == "" && !dumb,
		ErrWidth: errWidth,
	}, args, commands...)
}

// Run runs a command line and returns its exit code.
func Run(env *Env, args []string, commands ...Command) int {
	root := newRoot(env, commands)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return ExitClean
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{err: err, hint: "run 'wswarden help' for the commands"}
	}
	f.print(env.Stderr)
	return f.exit()
}

// failure is an error with the next step for whoever reads it.
type failure struct {
	err      error
	hint     string // empty where there is no next step
	findings bool   // the command ran, and found something
	silent   bool   // everything was said already
}

// fail returns an error with a hint.
func fail(hint, format string, args ...any) error {
	return &failure{err: fmt.Errorf(format, args...), hint: hint}
}

// Error returns the message without the hint.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

func (f *failure) exit() int {
	if f.findings {
		return ExitFindings
	}
	return ExitFailure
}

// print writes every line of the message as one of the program's, and the hint
// after it: all of them can be told from the output of others in a log.
func (f *failure) print(w io.Writer) {
	if f.silent {
		return
	}
	for line := range strings.Lines(f.err.Error()) {
		fmt.Fprintf(w, "wswarden: %s\n", strings.TrimRight(line, "\n"))
	}
	if f.hint != "" {
		fmt.Fprintf(w, "wswarden: hint: %s\n", f.hint)
	}
}
