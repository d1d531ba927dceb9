package config

import (
	"time"

	"go.yaml.in/yaml/v4"
)

// The structs of this file, of file_route.go and of file_message.go are the configuration file. Their
// comments become docs/configuration.md. Tags:
//
//	yaml      the key
//	default   the default, where package guard does not own it
//	empty     what an absent value means, where there is no default
//	min, max  the bounds of the value; of each element in a list
//	one       the words that are allowed
//	why       why the bounds or words are these
//	bool      true may stand for the section with its defaults
//	word      a text may stand for the section, as the value of this key of it;
//	          what empty names may stand for no section
//	weakness  the entries of the catalogue that the key is about

//go:generate go run ./gen -out ../../docs/configuration.md

type (
	// byteSize is a number of bytes, written as 65536 or 64KiB.
	byteSize int64
	// rate is written as 60/1m, or as a section where the burst differs.
	rate struct {
		count int
		per   time.Duration
		burst int // 0 means count
	}
	// expression is written in CEL. The node tells where it stands.
	expression struct {
		source string
		node   *yaml.Node
	}
	// setValue is an expression, or a JSON value.
	setValue struct {
		expression
		json []byte
	}
	// schemaText is a JSON Schema, written as YAML. The places are those of its
	// parts, by JSON pointer.
	schemaText struct {
		json   []byte
		places map[string]place
	}
	// redisAddress is the address of a Redis. It may name a user.
	redisAddress string
)

// file is the whole configuration.
type file struct {
	// Address for clients, host and port. An empty host means every address of
	// the machine.
	Listen string `yaml:"listen" default:"127.0.0.1:8080"`
	// Certificate of the listener. It is read again when it changes.
	TLS *fileTLS `yaml:"tls" empty:"none" weakness:"WS106"`
	// Needed to listen off loopback without tls: everybody on the way can read
	// and change what passes. Only behind a proxy that ends TLS on a network
	// that you trust.
	InsecurePlaintext bool `yaml:"insecure_plaintext" weakness:"WS106"`
	// Address of the admin listener with health, readiness, metrics,
	// connections and, for browsers, the dashboard. Off loopback it needs
	// admin_token_env.
	Admin string `yaml:"admin" empty:"none"`
	// Name of the environment variable with the admin token, at least 16
	// characters, that callers send as `Authorization: Bearer`.
	AdminTokenEnv string `yaml:"admin_token_env" empty:"none"`
	// Where tickets, revocations and what nodes count together are kept: memory,
	// which serves one node, or Redis, whose address alone may stand here.
	Store *fileStore `yaml:"store" empty:"memory" word:"redis" weakness:"WS204"`
	// Number of guards that serve the same clients. More than one needs a store
	// that they share.
	Nodes int `yaml:"nodes" min:"1" weakness:"WS204"`
	// Addresses and networks of the proxies whose Forwarded, X-Forwarded-For
	// and PROXY protocol headers name the client.
	TrustedProxies []string `yaml:"trusted_proxies" empty:"none" weakness:"WS703"`
	// Names, with or without a port, that the Host header of a request may
	// carry.
	Hosts []string `yaml:"hosts" empty:"the loopback names, the hosts of all origins, the address of listen and the names of the certificate" weakness:"WS104"`
	// What all routes share.
	Limits fileSharedLimits `yaml:"limits"`
	// Who may ask for a ticket, or come with a bearer token or a cookie.
	SignIn fileSignIn `yaml:"sign_in"`
	// Key that signs who the client is: backends get a short-lived JWT besides
	// the headers. Without it the headers are not signed.
	Identity *fileIdentity `yaml:"identity" empty:"none"`
	// The audit log: one JSON line for each decision.
	Audit fileAudit `yaml:"audit"`
	// Exports OpenTelemetry spans of connections and messages by OTLP over HTTP.
	// Without the section they are exported if the environment names a collector
	// in OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT. The
	// other OTEL_EXPORTER_OTLP_ variables count in either case.
	Telemetry *fileTelemetry `yaml:"telemetry" bool:"true" empty:"what the environment says"`
	// How connections end when the program ends.
	Drain fileDrain `yaml:"drain"`
	// The endpoints, at least one. Every other path is answered with 404.
	Routes []fileRoute `yaml:"routes"`
}

type fileTLS struct {
	// File with the certificate and its chain, PEM.
	Cert string `yaml:"cert"`
	// File with the private key, PEM.
	Key string `yaml:"key"`
}

type fileStore struct {
	// Address of Redis or Valkey, 6.2 or later: `redis://HOST:PORT/DATABASE`;
	// `redis+sentinel://HOST:PORT,HOST:PORT/DATABASE?master=NAME` for what
	// sentinels at these hosts watch; `redis+cluster://HOST:PORT,HOST:PORT` for a
	// cluster with these nodes among others. `rediss` in place of `redis` speaks
	// TLS. `USER@` may stand before the hosts, a password may not.
	Redis redisAddress `yaml:"redis" weakness:"WS106"`
	// Name of the environment variable with the password.
	PasswordEnv string `yaml:"password_env" empty:"none"`
	// Name of the environment variable with the password of the sentinels.
	SentinelPasswordEnv string `yaml:"sentinel_password_env" empty:"none"`
	// File with the certificates of the authorities that vouch for Redis, PEM.
	TLSCA string `yaml:"tls_ca" empty:"the authorities of the system" weakness:"WS106"`
	// File with the certificate that Redis asks for, PEM.
	TLSCert string `yaml:"tls_cert" empty:"none"`
	// File with its private key, PEM.
	TLSKey string `yaml:"tls_key" empty:"none"`
	// Number of replicas that must have a redemption or a revocation before it
	// counts. Without it a ticket that was redeemed just before its server failed
	// can come back on a replica that had not heard of it.
	ConfirmReplicas int `yaml:"confirm_replicas" min:"0" max:"16" weakness:"WS204"`
	// What every key starts with. Nodes that serve the same clients need the
	// same.
	Prefix string `yaml:"prefix" default:"wswarden:"`
	// Longest time of one operation. Without an answer tickets are refused, and
	// nodes count apart.
	Timeout time.Duration `yaml:"timeout" default:"1s" min:"10ms" max:"10s"`
}

type fileSharedLimits struct {
	// Largest number of open connections over all routes.
	Connections int `yaml:"connections" min:"1" weakness:"WS703"`
	// Rate of handshakes and ticket requests from one address (IPv6 by /64).
	Handshakes rate `yaml:"handshakes" weakness:"WS703"`
	// Longest time from the first byte of a request to the 101 answer.
	Handshake time.Duration `yaml:"handshake" min:"1ms" max:"5m" weakness:"WS704"`
}

type fileSignIn struct {
	// Accepts JSON Web Tokens.
	JWT *fileJWT `yaml:"jwt" empty:"none" weakness:"WS208"`
	// Asks an endpoint of the application to judge a request by its headers:
	// 200 with JSON claims lets it in, 401 refuses it.
	ForwardAuth *fileForwardAuth `yaml:"forward_auth" empty:"none"`
	// Asks the issuer about bearer tokens (RFC 7662): about opaque ones at
	// first, about every one when a session is judged again.
	Introspection *fileIntrospection `yaml:"introspection" empty:"none" weakness:"WS205"`
	// Takes the news of an identity provider that sign-ins have ended: OpenID
	// Connect Back-Channel Logout at POST /-/wswarden/backchannel-logout, and
	// the event session-revoked of CAEP by push (RFC 8935) at
	// POST /-/wswarden/security-events.
	Logout *fileLogout `yaml:"logout" empty:"none" weakness:"WS206"`
	// Which claims hold the identity, whoever judges it.
	Claims fileClaims `yaml:"claims"`
	// Header that a ticket request must carry where a cookie authenticates it.
	// It is handed to forward_auth, which may judge its value. A header that
	// browsers send by themselves is refused.
	CSRFHeader string `yaml:"csrf_header" weakness:"WS101"`
}

type fileJWT struct {
	// Value that `iss` must have.
	Issuer string `yaml:"issuer"`
	// Value that `aud` must contain.
	Audience string `yaml:"audience"`
	// File with the public keys, a JSON Web Key Set. One of jwks_file, jwks_url
	// and secret_env is needed.
	JWKSFile string `yaml:"jwks_file" empty:"none"`
	// Address of the JSON Web Key Set: https, or http on loopback.
	JWKSURL string `yaml:"jwks_url" empty:"none" weakness:"WS208"`
	// Name of the environment variable with the shared secret for HS256, at
	// least 32 bytes.
	SecretEnv string `yaml:"secret_env" empty:"none"`
	// Signature algorithms that are accepted: HS256 alone with secret_env, else
	// some of RS256, ES256 and EdDSA. By default all that fit the kind of key.
	Algorithms []string `yaml:"algorithms" one:"HS256 RS256 ES256 EdDSA" why:"other algorithms are weak, or none at all" empty:"all that fit the key" weakness:"WS208"`
	// How far clocks may differ when `exp`, `nbf` and `iat` are judged.
	Leeway time.Duration `yaml:"leeway" default:"30s" min:"0s" max:"30s"`
}

type fileForwardAuth struct {
	// Address of the endpoint, http or https.
	URL string `yaml:"url" weakness:"WS106"`
	// Headers of the client that the endpoint sees, and the only ones of these
	// that may travel to the backend.
	Headers []string `yaml:"headers" default:"Cookie Authorization"`
	// Longest time of one question. Without an answer the guard refuses.
	Timeout time.Duration `yaml:"timeout" default:"5s" min:"1ms" max:"30s"`
}

type fileIntrospection struct {
	// Address of the endpoint, http or https.
	URL string `yaml:"url" weakness:"WS106"`
	// Name of the guard at the issuer.
	ClientID string `yaml:"client_id"`
	// Name of the environment variable with the guard's secret at the issuer.
	ClientSecretEnv string `yaml:"client_secret_env"`
	// Value that `aud` of the answer must contain. Set it where the issuer has
	// other applications too.
	Audience string `yaml:"audience" empty:"any" weakness:"WS208"`
	// Longest time of one question. Without an answer the guard refuses.
	Timeout time.Duration `yaml:"timeout" default:"5s" min:"1ms" max:"30s"`
}

type fileLogout struct {
	// Value that `iss` must have.
	Issuer string `yaml:"issuer"`
	// Value that `aud` must contain.
	Audience string `yaml:"audience"`
	// File with the public keys, a JSON Web Key Set. One of jwks_file and
	// jwks_url is needed.
	JWKSFile string `yaml:"jwks_file" empty:"none"`
	// Address of the JSON Web Key Set: https, or http on loopback.
	JWKSURL string `yaml:"jwks_url" empty:"none" weakness:"WS208"`
}

type fileClaims struct {
	// Claim with the stable name of the account.
	User string `yaml:"user"`
	// Claim with the name that other people may read.
	Name string `yaml:"name"`
	// Claim with the roles.
	Roles string `yaml:"roles"`
	// Claim that names the sign-in.
	Session string `yaml:"session"`
	// Claim that names the token.
	Token string `yaml:"token"`
}

type fileIdentity struct {
	// Name of the environment variable with a secret for HS256, at least 32
	// bytes, other than the one of sign_in. One of secret_env and key_file is
	// needed.
	SecretEnv string `yaml:"secret_env" empty:"none"`
	// File with a private key, PKCS#8 in PEM: Ed25519 or ECDSA P-256.
	KeyFile string `yaml:"key_file" empty:"none"`
}

type fileAudit struct {
	// File that the lines are appended to.
	File string `yaml:"file" empty:"standard output"`
	// Records acceptances too. Refusals and revocations are always recorded.
	Accepted bool `yaml:"accepted"`
	// Chains each line to the one before by a SHA-256 hash, so that `wswarden
	// guard --verify-audit FILE` finds what was changed, dropped or added later.
	// No other process may write to the file then.
	HashChain bool `yaml:"hash_chain"`
	// Name of the environment variable with a secret, at least 32 bytes, that
	// makes the hashes HMACs: without it, whoever can write the file can compute
	// all of them anew. It needs hash_chain.
	HashChainKeyEnv string `yaml:"hash_chain_key_env" empty:"none"`
}

type fileTelemetry struct {
	// Address of the collector, such as http://127.0.0.1:4318.
	Endpoint string `yaml:"endpoint" empty:"what the environment says"`
	// Name of the service in the spans.
	Service string `yaml:"service" empty:"what OTEL_SERVICE_NAME says, else wswarden"`
	// Of how many connections one is sampled; 1 samples all.
	OneConnectionIn int `yaml:"one_connection_in" default:"1" min:"1"`
	// Of how many messages of a sampled connection one gets a span; 0 means none.
	OneMessageIn int `yaml:"one_message_in" default:"1000" min:"0"`
}

type fileDrain struct {
	// Time over which clients are told to go, so that they don't all come back
	// at once. 0s tells all at once.
	Spread time.Duration `yaml:"spread" default:"10s" min:"0s" max:"1h" weakness:"WS605"`
	// When what is still open is cut off; not before spread.
	Deadline time.Duration `yaml:"deadline" default:"30s" min:"1s" max:"1h"`
}
