package serve

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"reflect"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/forwardauth"
	"github.com/wswarden/wswarden/guard/introspection"
	"github.com/wswarden/wswarden/guard/jwtauth"
	"github.com/wswarden/wswarden/guard/oidclogout"
	"github.com/wswarden/wswarden/guard/otel"
	"github.com/wswarden/wswarden/internal/audit"
	"github.com/wswarden/wswarden/internal/config"
)

// signIn holds the verifiers of a configuration.
type signIn struct {
	from    config.SignIn
	csrf    string
	token   *jwtauth.Verifier       // nil where no JWT is accepted
	request *forwardauth.Verifier   // nil where no endpoint is asked
	issuer  *introspection.Verifier // nil where no issuer is asked
	logout  *oidclogout.Receiver    // nil where no provider is heard
}

// newSignIn makes the verifiers of cfg, and the receiver whose orders revoker
// gets. None connects to anything yet.
func newSignIn(cfg *config.Config, revoker oidclogout.Revoker, audit guard.Auditor, log *slog.Logger) (*signIn, error) {
	s := &signIn{from: cfg.SignIn, csrf: cfg.Guard.WithDefaults().SignIn.CSRFHeader}
	names := claims.Names(cfg.SignIn.Claims)
	var err error
	if j := cfg.SignIn.JWT; j != nil {
		c := jwtauth.Config{
			Issuer:     j.Issuer,
			Audience:   j.Audience,
			Algorithms: j.Algorithms,
			JWKSFile:   j.JWKSFile,
			JWKSURL:    j.JWKSURL,
			Claims:     names,
			Leeway:     max(j.Leeway, time.Nanosecond), // 0 would mean the verifier's own default
			Log:        log,
		}
		if j.Secret.IsSet() {
			c.Secret = []byte(j.Secret.Reveal())
		}
		if s.token, err = jwtauth.New(c); err != nil {
			return nil, fmt.Errorf("sign_in.jwt: %w", err)
		}
	}
	if f := cfg.SignIn.ForwardAuth; f != nil {
		s.request, err = forwardauth.New(forwardauth.Config{
			URL:               f.URL,
			InsecurePlaintext: f.InsecurePlaintext,
			Headers:           f.Headers,
			CSRFHeader:        s.csrf,
			Timeout:           f.Timeout,
			Claims:            names,
		})
		if err != nil {
			s.close()
			return nil, fmt.Errorf("sign_in.forward_auth: %w", err)
		}
	}
	if i := cfg.SignIn.Introspection; i != nil {
		s.issuer, err = introspection.New(introspection.Config{
			URL:               i.URL,
			InsecurePlaintext: i.InsecurePlaintext,
			ClientID:          i.ClientID,
			ClientSecret:      i.ClientSecret.Reveal(),
			Audience:          i.Audience,
			Timeout:           i.Timeout,
			Claims:            names,
		})
		if err != nil {
			s.close()
			return nil, fmt.Errorf("sign_in.introspection: %w", err)
		}
	}
	if l := cfg.SignIn.Logout; l != nil {
		s.logout, err = oidclogout.New(oidclogout.Config{
			Issuer:   l.Issuer,
			Audience: l.Audience,
			JWKSFile: l.JWKSFile,
			JWKSURL:  l.JWKSURL,
			Claims:   names,
			Revoker:  revoker,
			Audit:    audit,
			Log:      log,
		})
		if err != nil {
			s.close()
			return nil, fmt.Errorf("sign_in.logout: %w", err)
		}
	}
	return s, nil
}

// serves reports whether s is what cfg asks for, so that fetched keys and open
// connections outlast a reload of something else.
func (s *signIn) serves(cfg *config.Config) bool {
	return reflect.DeepEqual(s.from, cfg.SignIn) && s.csrf == cfg.Guard.WithDefaults().SignIn.CSRFHeader
}

func (s *signIn) close() {
	if s == nil {
		return
	}
	if s.token != nil {
		s.token.Close()
	}
	if s.request != nil {
		s.request.Close()
	}
	if s.issuer != nil {
		s.issuer.Close()
	}
	if s.logout != nil {
		s.logout.Close()
	}
}

// guardConfig returns what cfg asks of a guard. Old is the configuration in
// force, nil at the start.
func guardConfig(cfg, old *config.Config, s *signIn) (guard.Config, error) {
	g := cfg.Guard
	if s.token != nil {
		g.SignIn.Token = s.token
	}
	if s.request != nil {
		g.SignIn.Request = s.request
	}
	if s.issuer != nil {
		g.SignIn.Introspection = s.issuer
	}
	if old != nil && sameRoots(cfg, old) {
		// The guard knows a TLS configuration by its address: another one with
		// the same roots would end every connection.
		g.BackendTLS = old.Guard.BackendTLS
		cfg.Guard.BackendTLS = old.Guard.BackendTLS
	}
	if cfg.Identity == nil {
		return g, nil
	}
	var c jwtauth.SignerConfig
	if cfg.Identity.Key.IsSet() {
		c.PrivateKey = []byte(cfg.Identity.Key.Reveal())
	} else {
		c.Secret = []byte(cfg.Identity.Secret.Reveal())
	}
	signer, err := jwtauth.NewSigner(c)
	if err != nil {
		return g, fmt.Errorf("identity: %w", err)
	}
	g.Identity = signer
	return g, nil
}

func sameRoots(a, b *config.Config) bool {
	x, y := a.Guard.BackendTLS, b.Guard.BackendTLS
	return x != nil && y != nil && x.RootCAs.Equal(y.RootCAs)
}

func auditSettings(cfg *config.Config) audit.Settings {
	s := audit.Settings{File: cfg.Audit.File, Accepted: cfg.Audit.Accepted, HashChain: cfg.Audit.HashChain}
	if cfg.Audit.ChainKey.IsSet() {
		s.ChainKey = []byte(cfg.Audit.ChainKey.Reveal())
	}
	return s
}

// exportSpans starts the export of spans, nil where cfg asks for none.
func exportSpans(cfg *config.Config, log *slog.Logger) (*otel.Exporter, error) {
	t := cfg.Telemetry
	if t == nil {
		return nil, nil
	}
	return otel.Start(otel.Export{Endpoint: t.Endpoint, Service: t.Service, OneConnectionIn: t.OneConnectionIn, OneMessageIn: t.OneMessageIn, Log: log})
}

// trusted returns the proxies whose PROXY protocol is believed.
func (s *Server) trusted() []netip.Prefix { return s.current.Load().Guard.TrustedProxies }

// handshakeTimeout returns the longest time of a request head.
func (s *Server) handshakeTimeout() time.Duration {
	return s.current.Load().Guard.WithDefaults().Limits.Handshake
}

// setAdminHosts says which Host headers the admin listener answers: loopback,
// its own name, and those of the configuration.
func (s *Server) setAdminHosts(cfg *config.Config) {
	hosts := append([]string{"localhost", "127.0.0.1", "[::1]"}, cfg.Guard.Hosts...)
	if host, _, err := net.SplitHostPort(cfg.Admin); err == nil && host != "" {
		if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
			host = "[" + host + "]"
		}
		hosts = append(hosts, host)
	}
	list := guard.NewHostList(hosts)
	s.hosts.Store(&list)
}
