package loop

import (
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/serve"
)

// fence starts a guard with the configuration on a free port, in front of the
// program at backend (host and port). The caller must close it.
func (r *Result) fence(opt Options, backend string) (*config.Config, *serve.Server, error) {
	cfg, err := config.Parse(opt.file(), r.Draft, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("judge the configuration: %w", err)
	}
	if err := placeAt(cfg, backend); err != nil {
		return nil, nil, err
	}
	if err := allowOrigin(cfg, opt); err != nil {
		return nil, nil, err
	}
	gateway, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
	if err != nil {
		return nil, nil, fmt.Errorf("start a guard from the configuration: %w", err)
	}
	return cfg, gateway, nil
}

// placeAt makes of a configuration one for this run: a free port of loopback, nothing
// that is written or told elsewhere, and the program where it runs. A file that names
// that address already is right; else every address of the program that the file
// names, in backends, sign-in and origins, stands for it.
func placeAt(cfg *config.Config, backend string) error {
	cfg.Listen, cfg.TLS, cfg.Admin, cfg.Audit = "127.0.0.1:0", nil, "", config.Audit{}
	cfg.Store, cfg.Telemetry, cfg.Learn = nil, nil, nil
	g := &cfg.Guard
	g.Nodes = 0
	g.Hosts = append(slices.Clone(g.Hosts), "localhost", "127.0.0.1", "[::1]")
	at, err := url.Parse("//" + backend)
	if err != nil {
		return fmt.Errorf("read address %q: %w", backend, err)
	}
	ports := map[string]bool{}
	for _, route := range g.Routes {
		u, err := url.Parse(route.Backend)
		if err != nil {
			return fmt.Errorf("read the backend of %q: %w", route.Path, err)
		}
		if u.Host == backend {
			return nil
		}
		ports[u.Port()] = true
	}
	move := func(text *string, host func(old *url.URL) string) {
		if u, err := url.Parse(*text); err == nil && u.Port() != "" && ports[u.Port()] && loopback[u.Hostname()] {
			u.Host = host(u)
			*text = u.String()
		}
	}
	there := func(*url.URL) string { return backend }
	for i := range g.Routes {
		route := &g.Routes[i]
		u, err := url.Parse(route.Backend)
		if err != nil {
			return fmt.Errorf("read the backend of %q: %w", route.Path, err)
		}
		u.Scheme, u.Host = "ws", backend
		route.Backend = u.String()
		route.Origins = slices.Clone(route.Origins)
		for j := range route.Origins {
			move(&route.Origins[j], func(old *url.URL) string { return old.Hostname() + ":" + at.Port() })
		}
	}
	if a := cfg.SignIn.ForwardAuth; a != nil {
		move(&a.URL, there)
	}
	if a := cfg.SignIn.Introspection; a != nil {
		move(&a.URL, there)
	}
	if a := cfg.SignIn.JWT; a != nil {
		move(&a.JWKSURL, there)
	}
	return nil
}

// loopback are the names by which a program on this machine is written.
var loopback = map[string]bool{"127.0.0.1": true, "localhost": true, "::1": true}

// allowOrigin settles the origin in a fresh draft. A file that somebody has settled
// has to name it.
func allowOrigin(cfg *config.Config, opt Options) error {
	if opt.Origin == "" {
		return nil
	}
	for i := range cfg.Guard.Routes {
		route := &cfg.Guard.Routes[i]
		switch {
		case route.InsecureAnyOrigin || slices.Contains(route.Origins, opt.Origin):
		case opt.Confirmed != nil:
			return fmt.Errorf("allow the origin %q: the route %q does not list it; add it to its origins", opt.Origin, route.Path)
		default:
			route.Origins = append(slices.Clone(route.Origins), opt.Origin)
		}
	}
	return nil
}

// file is the name of the configuration, to which the files that it names are
// relative.
func (opt Options) file() string {
	if opt.ConfirmedFile != "" {
		return opt.ConfirmedFile
	}
	return "wswarden.yaml"
}
