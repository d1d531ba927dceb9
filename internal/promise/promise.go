// Package promise reads what a configuration of guard promises of a route, in
// the plain form in which probe holds an endpoint to it.
//
// It opens no connection and judges nothing: it is the waist between package
// config, which knows files, and package probe, which knows neither files nor
// guard.
package promise

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/probe"
)

// ErrNoRoute says that no route of the configuration has the path.
var ErrNoRoute = errors.New("no such route")

// stand is what stands for a secret that is not set here: who tests an
// endpoint need not have its secrets. It is long enough for all of them.
const stand = "a-secret-that-is-not-known-where-the-endpoint-is-tested-00000000"

// Load reads the configuration at file and returns what it promises of the
// route with the path. Environment variables that it names and that are not
// set are taken for set: no secret is needed to test.
func Load(file, path string) (*probe.Promises, error) {
	cfg, err := config.Load(file, func(name string) (string, bool) {
		if v, ok := os.LookupEnv(name); ok {
			return v, true
		}
		return stand, true
	})
	if err != nil {
		return nil, err
	}
	return Of(cfg, path)
}

// Of returns what a configuration promises of the route with the path.
func Of(cfg *config.Config, path string) (*probe.Promises, error) {
	g := cfg.Guard.WithDefaults()
	var paths []string
	for i := range g.Routes {
		if g.Routes[i].Path == path {
			return route(cfg, &g.Routes[i], &cfg.Rules[i]), nil
		}
		paths = append(paths, g.Routes[i].Path)
	}
	return nil, fmt.Errorf("find the route %q in %q: %w; its routes are %s", path, cfg.File, ErrNoRoute, strings.Join(paths, ", "))
}

// CSRFHeader returns the header that a request for a ticket must have where a
// cookie authenticates it.
func CSRFHeader(cfg *config.Config) string {
	return http.CanonicalHeaderKey(cfg.Guard.WithDefaults().SignIn.CSRFHeader)
}

func route(cfg *config.Config, r *guard.Route, sources *config.RouteRules) *probe.Promises {
	p := &probe.Promises{
		Source: filepath.Base(cfg.File), Path: r.Path, Monitor: r.Mode == guard.Monitor,
		Origins: r.Origins, AnyOrigin: r.InsecureAnyOrigin, NoOrigin: r.AllowNoOrigin,
		Subprotocols: r.Subprotocols, Compression: r.Compression,
		Bearer: r.Auth.Bearer, Cookie: r.Auth.Cookie, Anonymous: r.Auth.Anonymous,
		CSRFHeader: CSRFHeader(cfg),
		MaxAge:     r.Session.MaxAge, Idle: r.Session.Idle, Recheck: r.Session.Recheck,
		PerAddress: r.Limits.ConnectionsPerIP, PerUser: r.Limits.ConnectionsPerUser,
		MessageBytes: r.Limits.MessageBytes, Fragments: r.Limits.Fragments,
		Messages: rate(r.Limits.Messages), UserMessages: rate(r.Limits.UserMessages), ControlFrames: rate(r.Limits.ControlFrames),
	}
	if t := r.Auth.Ticket; t != nil {
		p.TicketPath = strings.TrimSuffix(r.Path, "/") + "/ticket"
		p.Ticket = &probe.TicketPromise{
			TTL: t.TTL, BoundToAddress: t.IP == guard.BindEnforce,
			InProtocol: slices.Contains(t.Carriers, guard.CarrierSubprotocol), InQuery: slices.Contains(t.Carriers, guard.CarrierQuery),
			InMessage: slices.Contains(t.Carriers, guard.CarrierFirstMessage),
		}
	}
	if m := r.Messages; m != nil {
		p.Rules = rules(m, sources)
	}
	return p
}

func rate(r guard.Rate) probe.Rate { return probe.Rate{Count: r.Count, Per: r.Per, Burst: r.Burst} }

func rules(m *guard.MessagePolicy, sources *config.RouteRules) *probe.MessagePromises {
	p := &probe.MessagePromises{
		Dialect: sources.Dialect, TypeField: m.Type, UnknownPasses: m.Unknown == guard.UnknownPass,
		PrototypeKeys: m.JSON.AllowPrototypeKeys, Strikes: m.Strikes, Depth: m.JSON.Depth, Secret: m.Secret,
	}
	for _, name := range slices.Sorted(maps.Keys(m.Client)) {
		p.Client = append(p.Client, rule(name, m.Client[name], sources.Client[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Server)) {
		p.Server = append(p.Server, rule(name, m.Server[name], sources.Server[name]))
	}
	return p
}

func rule(name string, r guard.MessageRule, source config.RuleSource) probe.MessagePromise {
	p := probe.MessagePromise{
		Type: name, Schema: source.Schema, Drop: r.Undeclared == guard.UndeclaredDrop,
		Set: slices.Sorted(maps.Keys(r.Set)), Clean: source.Clean,
		Limit: rate(r.Limit), Fresh: r.Fresh, Monitor: r.Mode == guard.Monitor, Redact: r.Redact,
	}
	if p.Limit.Count == 0 {
		p.Limit = rate(r.UserLimit)
	}
	if r.Allow != nil {
		p.Allow, p.Allows = fmt.Sprint(r.Allow), allows(r.Allow)
	}
	return p
}

// allows evaluates a condition over a payload.
func allows(c guard.Condition) func([]byte, probe.Claims) (bool, error) {
	scanner := jsonscan.NewScanner(jsonscan.Limits{})
	return func(payload []byte, who probe.Claims) (bool, error) {
		var doc jsonscan.Doc
		if v := scanner.Scan(payload, &doc); v.Code != jsonscan.Valid {
			return false, errors.New("evaluate condition: the payload is no JSON")
		}
		return c.Holds(&guard.Facts{
			Message: doc.Root(),
			Session: &guard.Identity{User: who.User, Name: who.Name, Roles: who.Roles, Session: who.Session},
			Conn:    &guard.ConnFacts{},
		})
	}
}
