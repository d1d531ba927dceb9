package guard

import (
	"crypto/tls"
	"fmt"
	"reflect"

	"github.com/wswarden/wswarden/internal/wire"
)

// plan is a configuration in force. It does not change: a reload puts another
// one in its place.
type plan struct {
	cfg        Config
	hosts      HostList
	handshakes pace
	routes     map[string]*route
}

// route is one route of a plan, made ready for judging.
type route struct {
	cfg     Route
	origins originPolicy
	backend *backend // nil where the far end is a handler or named later
	tls     *tls.Config
	counts  *routeCounts

	messageRules *messageRules // nil without a message policy

	ticketPace   pace
	messages     pace
	userMessages pace
	control      pace
	fromClient   wire.ReaderConfig
	fromServer   wire.ReaderConfig
}

// newPlan makes cfg ready. Routes of old that have not changed are taken over
// whole, with the connections on them; counts go on in any case.
func newPlan(cfg Config, old *plan, counts *counts) (*plan, error) {
	p := &plan{cfg: cfg, hosts: NewHostList(cfg.Hosts), handshakes: newPace(cfg.Limits.Handshakes), routes: map[string]*route{}}
	for i, r := range cfg.Routes {
		if old != nil && old.keeps(r, cfg) {
			p.routes[r.Path] = old.routes[r.Path]
			continue
		}
		rt, err := newRoute(r, cfg, counts)
		if err != nil {
			return nil, fmt.Errorf("routes[%d]: %w", i, err)
		}
		p.routes[r.Path] = rt
	}
	return p, nil
}

// mints returns the route whose tickets are minted below path, nil if none are. A
// slash at the end of the route's path makes no difference there.
func (p *plan) mints(path string) *route {
	rt := p.routes[path]
	if rt == nil {
		rt = p.routes[path+"/"]
	}
	if rt == nil || rt.cfg.Auth.Ticket == nil {
		return nil
	}
	return rt
}

// keeps reports whether r is in force already.
func (p *plan) keeps(r Route, cfg Config) bool {
	rt := p.routes[r.Path]
	if rt == nil || p.cfg.BackendTLS != cfg.BackendTLS || !sameMessages(rt.cfg.Messages, r.Messages) {
		return false
	}
	r.Messages = rt.cfg.Messages
	return reflect.DeepEqual(rt.cfg, r)
}

// sameMessages reports whether two policies are one: what is compiled in them can't
// be compared.
func sameMessages(a, b *MessagePolicy) bool {
	return a == b || a != nil && b != nil && a.Version != "" && a.Version == b.Version
}

func newRoute(r Route, cfg Config, counts *counts) (*route, error) {
	l := r.Limits
	rt := &route{
		cfg: r, origins: newOriginPolicy(&r), tls: cfg.BackendTLS, counts: counts.route(r.Path),
		messages: newPace(l.Messages), userMessages: newPace(l.UserMessages), control: newPace(l.ControlFrames),
		fromClient: wire.ReaderConfig{From: wire.FromClient, MaxMessage: l.MessageBytes, MaxFragments: l.Fragments},
		fromServer: wire.ReaderConfig{From: wire.FromServer, MaxMessage: l.ServerMessageBytes, MaxFragments: serverFragments},
	}
	if r.Auth.Ticket != nil {
		rt.ticketPace = newPace(r.Auth.Ticket.Rate)
	}
	var err error
	if r.Messages != nil {
		if rt.messageRules, err = newMessageRules(r, rt.counts); err != nil {
			return nil, fmt.Errorf("messages: %w", err)
		}
	}
	if r.Backend == "" {
		return rt, nil
	}
	rt.backend, err = newBackend(r, cfg.BackendTLS)
	return rt, err
}

// serverFragments bounds the frames of a backend's message, which streams more
// freely than a client may.
const serverFragments = 4096
