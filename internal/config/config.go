// Package config turns a configuration file of the gateway into typed settings.
//
// The file is strict YAML: an unknown key, a wrong type or a setting that would
// open a hole is an error with file, line and next step, and all of them are
// reported at once. The package reads the files and environment variables that
// the configuration names, and nothing else of the program does.
//
// It opens no socket, starts nothing and keeps no verifier, store or audit log:
// its caller builds those from the settings. The defaults of routes and
// limits are not written here but in package guard.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
)

// Config is a configuration that holds: every rule of the file was checked.
type Config struct {
	// File is the name that the configuration was read from.
	File string
	// Parts are the files that hold parts of it: schemas of messages. When one of
	// them changes, the configuration has changed.
	Parts []string
	// Listen is the address for clients, host and port.
	Listen string
	// TLS is nil where the listener speaks plaintext.
	TLS *TLS
	// Admin is the address of the admin listener; empty means that there is none.
	Admin string
	// AdminToken protects the admin listener. It is always set where Admin is
	// not a loopback address.
	AdminToken Secret
	// Store is nil where everything is kept in memory.
	Store *Store
	// SignIn says who judges primary credentials.
	SignIn SignIn
	// Identity is nil where the identity headers to backends are not signed.
	Identity *Identity
	// Audit says where decisions are kept.
	Audit Audit
	// Telemetry is nil where no spans are exported.
	Telemetry *Telemetry
	// Learn are the files for proposed rules, by the path of the route.
	Learn map[string]string
	// Drain says how connections end when the program ends.
	Drain Drain
	// Guard has routes, hosts, proxies, limits, nodes and BackendTLS filled in;
	// a zero field means the default of package guard. The verifiers, Store,
	// Identity, Audit, Log and Clock are left for the caller.
	Guard guard.Config
	// Rules are the sources of the rules of messages, one element a route, in the
	// order of Guard.Routes.
	Rules []RouteRules

	settings []Setting
	warnings []Warning
}

// RouteRules are the sources of the rules of messages of a route: what package
// guard has compiled, for those who test it from outside.
type RouteRules struct {
	// Dialect is the name of the language.
	Dialect string
	// Client and Server are by the type of message, as in guard.MessagePolicy.
	Client, Server map[string]RuleSource
}

// RuleSource is what a rule was compiled of.
type RuleSource struct {
	// Schema is the JSON text of the schema in force, nil if there is none.
	Schema []byte
	// Clean says for each path what becomes of markup.
	Clean map[string]string
}

// TLS names the certificate of the listener, both PEM.
type TLS struct {
	CertFile string
	KeyFile  string
}

// SignIn says who judges primary credentials. Its CSRF header is in
// Guard.SignIn.
type SignIn struct {
	// JWT is nil where no JWT is accepted, ForwardAuth and Introspection where no
	// endpoint is asked.
	JWT           *JWT
	ForwardAuth   *ForwardAuth
	Introspection *Introspection
	// Logout is nil where no identity provider tells of ended sign-ins.
	Logout *Logout
	// Claims has no empty name.
	Claims claims.Names
}

// JWT says which tokens are accepted. One of JWKSFile, JWKSURL and Secret is
// set.
type JWT struct {
	Issuer   string
	Audience string
	JWKSFile string
	JWKSURL  string
	Secret   Secret
	// Algorithms is never empty: HS256 with a Secret, else some of RS256, ES256
	// and EdDSA.
	Algorithms []string
	// Leeway is how far clocks may differ, 0 to 30 s.
	Leeway time.Duration
}

// ForwardAuth names the endpoint that judges requests by their headers.
type ForwardAuth struct {
	URL string
	// InsecurePlaintext says that URL is http and off loopback.
	InsecurePlaintext bool
	// Headers are the headers that it sees, in canonical form.
	Headers []string
	// Timeout bounds one question.
	Timeout time.Duration
}

// Introspection names the endpoint that judges tokens.
type Introspection struct {
	URL string
	// InsecurePlaintext says that URL is http and off loopback.
	InsecurePlaintext bool
	ClientID          string
	ClientSecret      Secret
	// Audience is what "aud" must contain; empty accepts any.
	Audience string
	// Timeout bounds one question.
	Timeout time.Duration
}

// Logout says whose news of ended sign-ins is believed. One of JWKSFile and
// JWKSURL is set.
type Logout struct {
	Issuer   string
	Audience string
	JWKSFile string
	JWKSURL  string
}

// Identity signs who the client is for backends. One of its fields is set.
type Identity struct {
	// Secret is for HS256.
	Secret Secret
	// Key is a private key in PKCS#8 and PEM, Ed25519 or ECDSA P-256.
	Key Secret
}

// Audit says where decisions are kept.
type Audit struct {
	// File is appended to; empty means standard output.
	File string
	// Accepted records acceptances too, not only refusals.
	Accepted bool
	// HashChain chains each line to the one before, with ChainKey where it is
	// set.
	HashChain bool
	ChainKey  Secret
}

// Telemetry says where spans go and how many there are.
type Telemetry struct {
	// Endpoint is the address of the collector; empty means that the environment
	// names it.
	Endpoint string
	// Service is the name of the service; empty means what the environment says.
	Service string
	// OneConnectionIn and OneMessageIn are of how many one is sampled; at least 1,
	// and 0 for no message.
	OneConnectionIn, OneMessageIn int
}

// Drain says how connections end when the program ends.
type Drain struct {
	// Spread is the time over which clients are told to go.
	Spread time.Duration
	// Deadline is when the rest is cut off; at least Spread.
	Deadline time.Duration
}

// maxFileBytes bounds the configuration and every file that it names.
const maxFileBytes = 1 << 20

// Load reads the configuration file at path. Environment variables are read
// through getenv, which has the meaning of [os.LookupEnv]; nil means
// os.LookupEnv. An error about the content is an [*Error].
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration %q: %w", path, cause(err))
	}
	defer f.Close()
	// One byte more than allowed tells Parse that the file is too large.
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration %q: %w", path, cause(err))
	}
	return Parse(path, data, getenv)
}

// Parse reads a configuration from data. The file names in it are relative to
// the folder of name. The error is an [*Error] that lists every problem.
func Parse(name string, data []byte, getenv func(string) (string, bool)) (*Config, error) {
	if getenv == nil {
		getenv = os.LookupEnv
	}
	c := &checker{name: name, getenv: getenv, doc: newDocument()}
	root := c.doc.read(data)
	if root == nil {
		return nil, c.doc.problems.asError(name)
	}
	c.file = c.doc.decode(root)
	c.doc.defaults(reflect.ValueOf(&c.file).Elem(), "")
	cfg := c.check()
	if len(c.doc.problems.list) > 0 {
		err := c.doc.problems.asError(name)
		err.Parts = cfg.Parts
		return nil, err
	}
	c.describe(cfg)
	return cfg, nil
}

// cause strips the operation and the path that the caller has written already.
func cause(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
