//go:build linux

package main

import (
	"context"
	"fmt"

	"github.com/wswarden/wswarden/bench/load"
	"github.com/wswarden/wswarden/bench/peer"
	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/worker"
)

// revocations is how often a revocation is measured, each with connections of
// its own.
const revocations = 3

// revocation measures how long connections outlive the order that ends them:
// as many as are idle in the measurement of memory, all of one user.
func (b *bench) revocation(ctx context.Context, s peer.Spec) error {
	p, err := b.start(ctx, s)
	if err != nil {
		return err
	}
	defer p.Stop()
	for i := range revocations {
		progress("revocation %d of %d: %d connections", i+1, revocations, b.idle)
		v, err := b.revoke(p, fmt.Sprintf("user-%d", i))
		if err != nil {
			return fmt.Errorf("revocation of %d connections: %w", b.idle, err)
		}
		b.result.Revocations = append(b.result.Revocations, v)
	}
	return nil
}

func (b *bench) revoke(p *peer.Peer, user string) (result.Revocation, error) {
	v := result.Revocation{Peer: p.Name, Connections: b.idle}
	target := load.Target{Addr: p.Addr, Origin: peer.Origin, Bearer: peer.Token(user)}
	if _, err := b.load.Call(worker.Request{Op: "open", Count: b.idle, Target: target}); err != nil {
		return v, err
	}
	reply, err := b.load.Call(worker.Request{Op: "end", Order: worker.Order{
		URL: "http://" + p.Admin.String() + "/revocations", Body: fmt.Sprintf(`{"user":%q}`, user), Code: 4001,
	}})
	if err != nil {
		return v, err
	}
	e := reply.Endings
	v.Median, v.P99, v.Last, v.Answer = e.Median, e.P99, e.Last, e.Answer
	return v, b.close()
}
