package flow

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// A covering is what a wrapper of a whole application adds to its endpoints.
type covering struct {
	cover *frameworks.Cover
	pack  *frameworks.Pack
	call  *callSpec
	file  *ir.File
	place model.Place
}

// cover notes a wrapper.
func (in *interp) cover(e *frameworks.Effect, c *callSpec) {
	place := in.place(c.x.Pos)
	for _, old := range in.prog.covers {
		if old.place.Span == place.Span {
			return
		}
	}
	in.prog.covers = append(in.prog.covers, covering{e.Covers, e.Pack, c, in.file(), place})
}

// coverOption notes a setting of an application that makes its endpoints
// elsewhere: app.config.WEBSOCKET_MAX_SIZE = n.
func (in *interp) coverOption(p *frameworks.Prop, v *value, at ir.Expr) {
	place := in.place(at.At())
	for _, old := range in.prog.covers {
		if old.place.Span == place.Span {
			return
		}
	}
	call := &callSpec{args: []arg{{name: p.Option, v: v, x: at}}}
	in.prog.covers = append(in.prog.covers, covering{&frameworks.Cover{Options: true}, p.Pack, call, in.file(), place})
}

// finishEndpoints completes the endpoints when everything ran.
func (in *interp) finishEndpoints() {
	in.applyCovers()
	in.finishShields()
	for _, ep := range in.prog.endpointList {
		judged := in.contained(ep.file, func() {
			in.finishOrigin(ep)
			in.finishAmbient(ep)
			in.finishDemand(ep)
		})
		ep.hiddenHandshake = ep.hiddenHandshake || !judged
		ep.Handshake = ep.handshakeCode || ep.hiddenHandshake
		ep.HiddenHandshake = ep.hiddenHandshake
		ep.Partial = ep.partial
		if ep.pack != nil {
			ep.LosesEarly = ep.pack.Defaults.LosesEarly
			ep.Dialect, ep.DefaultPath = ep.pack.Defaults.Dialect, ep.pack.Defaults.Path
		}
		in.finishPlace(ep)
	}
}

// finishPlace gives an endpoint whose server isn't in view the place of its
// first event.
func (in *interp) finishPlace(ep *endpoint) {
	if !ep.partial || len(ep.Events) == 0 {
		return
	}
	first := slices.MinFunc(ep.Events, func(a, b *model.Event) int { return comparePlaces(a.Place, b.Place) })
	ep.Place = first.Place
	ep.Func = ""
}

func (in *interp) applyCovers() {
	for _, c := range in.prog.covers {
		names := c.cover.Packs
		if len(names) == 0 {
			names = []string{c.pack.Name}
		}
		for _, ep := range in.prog.endpointList {
			if ep.pack == nil || !slices.Contains(names, ep.pack.Name) || ep.Role == report.Client {
				continue
			}
			in.applyCover(c, ep)
		}
	}
}

func (in *interp) applyCover(c covering, ep *endpoint) {
	place := c.place
	in.act = &activation{file: c.file, scope: in.prog.modules[c.file].scope, layer: &layer{}, result: nothing}
	in.env = environment{endpoint: ep}
	if c.cover.Options {
		own := ep.pack
		ep.pack = c.pack // whose options they are: uvicorn's
		for _, a := range c.call.args {
			if a.name != "" {
				in.option(ep, a.name, a.v, a.x)
			} else {
				in.options(ep, a.v, a.x)
			}
		}
		ep.pack = own
	}
	if c.cover.Host {
		ep.Ambient.HostCheck = &place
	}
	if c.cover.Ambient == "cookie" {
		ep.Ambient.Cookie = &place
	}
	switch c.cover.Origin {
	case "same-host":
		ep.Origin.Default = model.OriginStrict
	case "list":
		ep.Origin.Default = model.OriginStrict
		if i := c.cover.List - 1; i >= 0 && i < len(c.call.args) && in.holdsText(c.call.args[i].v, []string{"*"}) != "" {
			ep.Origin.Off, ep.Origin.OffHow = &place, `the list of allowed origins contains "*"`
		}
	}
}

// finishAmbient says where the endpoint's program listens.
func (in *interp) finishAmbient(ep *endpoint) {
	for _, l := range in.out.listen {
		if l.file.Lang != ep.file.Lang || !l.known {
			continue
		}
		place := l.place
		if loopback(l.addr) {
			if ep.Ambient.Loopback == nil {
				ep.Ambient.Loopback = &place
			}
		} else if ep.Ambient.AllHosts == nil {
			ep.Ambient.AllHosts = &place
		}
	}
	if ep.Ambient.Cookie != nil {
		ep.Ambient.SameSite = in.prog.sameSite(ep.file.Lang)
	}
	if f := ep.Fact(model.HostFact); f != nil && ep.Ambient.HostCheck == nil {
		ep.Ambient.HostCheck = &f.Place
	}
	if f := ep.Fact(model.TicketFact); f != nil && ep.Ambient.Token == nil {
		ep.Ambient.Token = &f.Place
	}
}

func loopback(addr string) bool {
	host := addr
	if h, _, err := net.SplitHostPort(addr); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func comparePlaces(a, b model.Place) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// result hands over what was found, in the order of places, with IDs given.
func (r *recorder) result(p *Program) *Result {
	out := &Result{Program: &model.Program{}}
	for _, ep := range p.endpointList {
		if ep.partial && len(ep.Events) == 0 {
			continue
		}
		if ep.Role == "" {
			ep.Role = report.Server
		}
		sortEvents(ep.Events)
		out.Endpoints = append(out.Endpoints, ep.Endpoint)
	}
	slices.SortStableFunc(out.Endpoints, func(a, b *model.Endpoint) int { return comparePlaces(a.Place, b.Place) })
	names := map[string]int{}
	for _, e := range out.Endpoints {
		e.ID = endpointName(e)
		names[e.ID]++
		if n := names[e.ID]; n > 1 {
			e.ID = fmt.Sprintf("%s.%d", e.ID, n)
		}
	}
	out.Events = r.events
	sortEvents(out.Events)
	for path := range r.overrun {
		out.Overrun = append(out.Overrun, path)
	}
	slices.Sort(out.Overrun)
	return out
}

func sortEvents(list []*model.Event) {
	slices.SortStableFunc(list, func(a, b *model.Event) int { return comparePlaces(a.Place, b.Place) })
}

// endpointName is the ID of an endpoint: its file, and what tells it from
// others there when lines move.
func endpointName(e *model.Endpoint) string {
	name := firstNonEmpty(e.Route, e.Func, e.Framework)
	return e.Path + "#" + name
}

func direction(ep *endpoint) report.Direction {
	if ep.Role == report.Client {
		return report.FromServer
	}
	return report.FromClient
}
