package loop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"time"
)

// A Program is a program that was started for a run.
type Program struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// StartProgram runs a command of the shell and waits until something listens at
// address (host and port). Nothing is left running where it fails. The caller must
// call [Program.Close].
func StartProgram(ctx context.Context, command, address string) (*Program, error) {
	if listens(ctx, address) {
		return nil, fmt.Errorf("start the program: something listens at %s already", address)
	}
	p := &Program{cmd: exec.Command("sh", "-c", command), ended: make(chan struct{})}
	ownGroup(p.cmd)
	p.cmd.WaitDelay = time.Second
	var said tail
	p.cmd.Stdout, p.cmd.Stderr = &said, &said
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	go func() {
		p.cmd.Wait()
		close(p.ended)
	}()
	if err := p.ready(ctx, address); err != nil {
		p.Close()
		return nil, fmt.Errorf("start the program: %w%s", err, said.last())
	}
	return p, nil
}

// ready waits until the program listens, ends, or has taken too long.
func (p *Program) ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("nothing listens at %s after %v", address, startTime))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return errors.New("it ended before it listened")
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			if listens(ctx, address) {
				return nil
			}
		}
	}
}

func listens(ctx context.Context, address string) bool {
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// Close ends the program with all that it has started, and waits for it.
func (p *Program) Close() {
	endGroup(p.cmd, false) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(stopTime):
	}
	endGroup(p.cmd, true) // what it has left behind
	<-p.ended
}
