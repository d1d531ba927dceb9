package flow

import (
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// demands notes that checks in force where a handshake is completed ask for a
// header that no page can set: with what it is, a browser doesn't get in, of
// whatever origin its page is.
func (r *recorder) demands(ep *endpoint, guards []*model.Fact) {
	if ep.Ambient.Token != nil {
		return
	}
	for _, g := range guards {
		if g.Holds && slices.ContainsFunc(g.Flows, unsettable) {
			ep.Ambient.Token = &g.Place
			return
		}
	}
}

// unsettable reports whether data is a header of the handshake that neither a
// page can set nor a browser or proxy adds.
func unsettable(f *model.Flow) bool {
	if f.Label != model.FromHeader {
		return false
	}
	name, _, _ := strings.Cut(strings.ToLower(f.Field), ".")
	if name == "" || setOf("user-agent referer connection upgrade pragma dnt te via forwarded authorization proxy-authorization cookie origin host date from").any([]string{name}) {
		return false
	}
	for _, prefix := range []string{"sec-", "accept", "cache-", "content-", "if-", "x-forwarded", "x-original", "x-real", "x-client", "cf-", "true-client", "fly-", "x-amz", "x-goog", "x-envoy", "x-azure", "x-ms-", "x-b3", "traceparent", "tracestate"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	// A proxy that signs visitors in by their cookies passes on who they are.
	return !setOf("user username email groups group roles remote subject principal webauth ip addr trace request correlation proto scheme country").any(words(name))
}

// headersOf is the type of a parameter. A type of headers doesn't tell whose they
// are: what a server answered is no handshake.
func (in *interp) headersOf(p *ir.Param, v *value) *value {
	if v.kind != nil && ofHandshake(v.kind) && setOf("response responses resp reply answer").any(words(p.Name)) {
		return nothing
	}
	return v
}

// ofHandshake reports whether a kind is that of the headers of a handshake.
func ofHandshake(k *frameworks.Kind) bool { return model.Label(k.AnySpec.Label) == model.FromHeader }

// finishDemand finds the credential of an endpoint whose handlers could not be
// followed, in a library that leaves its judgement to whoever uses it: it is
// handed to hooks beside the endpoint.
func (in *interp) finishDemand(ep *endpoint) {
	if !ep.Hidden || ep.Ambient.Token != nil || ep.Ambient.Cookie != nil {
		return
	}
	for _, at := range in.out.hooked {
		if path.Dir(at.Path) == path.Dir(ep.Path) {
			ep.Ambient.Token = &at
			return
		}
	}
}
