package loop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/wswarden/wswarden/internal/demo"
)

// clientTime bounds one run of a client.
const clientTime = 2 * time.Minute

// An endpoint is what a client is told of one side.
type endpoint struct {
	name, socket, ticket, ticketHeader, origin, program string
}

// environ is that of a client's command.
func (e endpoint) environ() []string {
	return append(os.Environ(),
		"WSWARDEN_ENDPOINT="+e.name,
		"WSWARDEN_SOCKET_URL="+e.socket,
		"WSWARDEN_TICKET_URL="+e.ticket,
		"WSWARDEN_TICKET_HEADER="+e.ticketHeader,
		"WSWARDEN_ORIGIN="+e.origin,
		"WSWARDEN_PROGRAM_URL="+e.program,
	)
}

// clients runs the program's own clients against both sides: what works without the
// guard has to work with it.
func (r *Result) clients(ctx context.Context, opt Options, bare, guarded endpoint) error {
	for i, command := range opt.Clients {
		opt.Progress("the program's own clients", i, len(opt.Clients))
		row := demo.Row{Name: clientName(i, command)}
		row.Unguarded = runClient(ctx, command, bare)
		row.Guarded = runClient(ctx, command, guarded)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !row.Unguarded.Worked {
			row.Err = fmt.Errorf("it fails without the guard already: %s", row.Unguarded.Seen)
		}
		r.Sessions = append(r.Sessions, row)
	}
	return nil
}

// clientName tells clients apart without the whole command, which may hold secrets.
func clientName(i int, command string) string {
	for word := range strings.FieldsSeq(command) {
		if !strings.Contains(word, "=") {
			return fmt.Sprintf("client %d, %s", i+1, filepath.Base(word))
		}
	}
	return fmt.Sprintf("client %d", i+1)
}

func runClient(ctx context.Context, command string, at endpoint) demo.Result {
	ctx, cancel := context.WithTimeout(ctx, clientTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	ownGroup(cmd)
	cmd.Cancel = func() error { return endGroup(cmd, true) }
	cmd.WaitDelay = time.Second
	cmd.Env = at.environ()
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return demo.Result{Worked: true, Seen: "exit 0"}
	case ctx.Err() != nil:
		return demo.Result{Seen: fmt.Sprintf("no end within %v", clientTime)}
	case errors.As(err, &exit):
		return demo.Result{Seen: strings.TrimSuffix(fmt.Sprintf("exit %d%s", exit.ExitCode(), said.last()), ": ")}
	}
	return demo.Result{Seen: err.Error()}
}

// SignIn has a command sign somebody in: NAME=COMMAND, which prints the header that
// says who he is. It returns NAME=Header: value. Nothing of the header is in an error.
func SignIn(ctx context.Context, how, program string) (string, error) {
	name, command, ok := strings.Cut(how, "=")
	if !ok || name == "" || command == "" {
		return "", errors.New("sign in: want NAME=COMMAND")
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	ownGroup(cmd)
	cmd.Cancel = func() error { return endGroup(cmd, true) }
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "WSWARDEN_PROGRAM_URL="+program)
	var said tail
	cmd.Stdout = &said
	err := cmd.Run()
	header := strings.TrimSpace(string(said.kept))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", fmt.Errorf("sign %q in: %w", name, err)
	case header == "" || strings.Contains(header, "\n"):
		return "", fmt.Errorf("sign %q in: the command has to print one line", name)
	}
	return name + "=" + header, nil
}

// maxTail bounds what is kept of what a program says.
const maxTail = 4 << 10

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-maxTail):]...)
	t.kept = bytes.Clone(t.kept[max(0, len(t.kept)-maxTail):])
	return len(p), nil
}

// last is the last line, behind a colon; empty where nothing was said.
func (t *tail) last() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, lastLine(string(t.kept)))
}
