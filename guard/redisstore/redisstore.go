// Package redisstore keeps what several guards share in Redis or Valkey 6.2 and
// later: tickets, revocations, and what they count together. One server, a
// master that Sentinel watches, or a Cluster: every operation touches one key,
// or keys one by one, so that a Cluster spreads them.
//
// It decides nothing: what a ticket opens, whom a marker ends and what a limit
// means is for package guard. It trusts its Redis, which must be out of reach of
// anybody else: who can write to it can make tickets.
package redisstore

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/wswarden/wswarden/guard"
)

// Config says which Redis a [Store] uses, and how. Address is all it needs.
type Config struct {
	// Address is one of
	//
	//	redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]
	//	redis+sentinel://[USER:PASSWORD@]HOST[:PORT],…[/DATABASE]?master=NAME
	//	redis+cluster://[USER:PASSWORD@]HOST[:PORT],…
	//
	// or the same with rediss for TLS. The hosts of the second form are the
	// sentinels, those of the third some nodes of the cluster.
	Address string
	// Username and Password take the place of those in Address unless empty.
	Username, Password string
	// SentinelUsername and SentinelPassword are what the sentinels themselves
	// ask for; empty for most.
	SentinelUsername, SentinelPassword string
	// TLS is used by addresses with rediss. Nil verifies against the roots of
	// the system. ServerName is set from the address.
	TLS *tls.Config
	// ConfirmReplicas is how many replicas must have a redemption and a
	// revocation before it counts; 0 asks for none. Without it a ticket that was
	// taken just before its server failed can come back on a replica that had
	// not heard of it.
	ConfirmReplicas int
	// Prefix starts every key and channel; empty means "wswarden:". Guards that
	// serve the same clients need the same one.
	Prefix string
	// Timeout bounds every operation; 0 means 1 s.
	Timeout time.Duration
	// Connections is the largest number of connections to one server, besides
	// the one that hears of revocations; 0 means 32.
	Connections int
	// Observe is called after every operation, by name; nil is not. It must be
	// quick and safe for concurrent use. The names are take_ticket, put_ticket,
	// revoke, revoked, take_rates, hold_places, renew_holder and ping. Err is nil
	// also where the answer is that there is no such ticket.
	Observe func(operation string, took time.Duration, err error)
}

const (
	defaultPrefix      = "wswarden:"
	defaultTimeout     = time.Second
	defaultConnections = 32
)

// Store is a [guard.Store] in Redis. It is safe for concurrent use.
type Store struct {
	client   redis.UniversalClient
	prefix   string
	timeout  time.Duration
	replicas int
	observe  func(string, time.Duration, error)
}

var _ guard.Store = (*Store)(nil)

// New returns a store for cfg. It connects when it is first used, and again
// whenever a connection is lost. No error quotes the address, which may hold a
// password.
func New(cfg Config) (*Store, error) {
	a, err := parseAddress(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	switch {
	case cfg.ConfirmReplicas < 0:
		return nil, errors.New("redis: confirm replicas: must not be negative")
	case cfg.Timeout < 0:
		return nil, errors.New("redis: timeout: must not be negative")
	case cfg.Connections < 0:
		return nil, errors.New("redis: connections: must not be negative")
	}
	s := &Store{prefix: cfg.Prefix, timeout: cfg.Timeout, replicas: cfg.ConfirmReplicas, observe: cfg.Observe}
	if s.prefix == "" {
		s.prefix = defaultPrefix
	}
	if s.timeout == 0 {
		s.timeout = defaultTimeout
	}
	if s.observe == nil {
		s.observe = func(string, time.Duration, error) {}
	}
	s.client = connect(a, cfg, s.timeout)
	return s, nil
}

// connect returns the client for a, which dials later.
func connect(a address, cfg Config, timeout time.Duration) redis.UniversalClient {
	connections := cfg.Connections
	if connections == 0 {
		connections = defaultConnections
	}
	o := &redis.UniversalOptions{
		Addrs: a.hosts, DB: a.database, MasterName: a.master, IsClusterMode: a.kind == kindCluster,
		Username: a.username, Password: a.password, SentinelUsername: cfg.SentinelUsername, SentinelPassword: cfg.SentinelPassword,
		Protocol: 2, DisableIdentity: true, MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		// A command that was sent may have been carried out, and a ticket that
		// is taken twice is an alarm: nothing is repeated behind our back.
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: timeout, ReadTimeout: timeout, WriteTimeout: timeout, PoolTimeout: timeout, ContextTimeoutEnabled: true,
		PoolSize: connections, MaxActiveConns: connections, PipelinePoolSize: -1, ReadBufferSize: bufferSize, WriteBufferSize: bufferSize,
	}
	if cfg.Username != "" {
		o.Username = cfg.Username
	}
	if cfg.Password != "" {
		o.Password = cfg.Password
	}
	if a.tls {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		if cfg.TLS != nil {
			o.TLSConfig = cfg.TLS.Clone()
		}
	}
	switch a.kind {
	case kindCluster:
		return redis.NewClusterClient(o.Cluster())
	case kindSentinel:
		return redis.NewFailoverClient(o.Failover())
	default:
		return redis.NewClient(o.Simple())
	}
}

// bufferSize is that of a connection in each direction. A ticket takes about
// 1 KiB.
const bufferSize = 8 << 10

// Quiet switches off the log of the client library, which goes to standard
// error, for the whole process. What goes wrong comes back as an error of the
// operation in any case.
func Quiet() { logging.Disable() }

// Ping implements [guard.Store].
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, "ping", func(ctx context.Context) error { return s.client.Ping(ctx).Err() })
}

// Shared implements [guard.Store].
func (s *Store) Shared() bool { return true }

// Close implements [guard.Store].
func (s *Store) Close() error { return s.client.Close() }

// do runs one operation within its time and reports it.
func (s *Store) do(ctx context.Context, operation string, run func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	start := time.Now()
	err := run(ctx)
	s.observe(operation, time.Since(start), err)
	return err
}

// key returns the key of a kind for a name. Names come from clients and
// verifiers: the hash bounds their length and lets nobody choose a slot.
func (s *Store) key(kind byte, name string) string {
	sum := sha256.Sum256([]byte(name))
	return s.hashed(kind, sum[:24])
}

func (s *Store) hashed(kind byte, sum []byte) string {
	b := make([]byte, 0, len(s.prefix)+2+base64.RawURLEncoding.EncodedLen(len(sum)))
	b = append(append(b, s.prefix...), kind, ':')
	return string(base64.RawURLEncoding.AppendEncode(b, sum))
}

// The kinds of keys. No key of a client's choice is among them.
const (
	ticketKey = 't'
	ownerKey  = 'o'
	markerKey = 'm'
	rateKey   = 'r'
	placeKey  = 'p'
	// nodesKey is one key, and so is the channel of revocations.
	nodesKey          = "nodes"
	revocationChannel = "revocations"
)
