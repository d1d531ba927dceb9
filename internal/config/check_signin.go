package config

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// minSecretBytes is the least length of an HS256 secret: the size of its hash
// (RFC 7518 section 3.2).
const minSecretBytes = 32

func (c *checker) signIn(cfg *Config) {
	s := &c.file.SignIn
	c.claims(cfg)
	cfg.Guard.SignIn.CSRFHeader = s.CSRFHeader
	if s.JWT != nil {
		cfg.SignIn.JWT = c.jwt(s.JWT)
	}
	if s.ForwardAuth != nil {
		cfg.SignIn.ForwardAuth = c.forwardAuth(s.ForwardAuth)
	}
	if s.Introspection != nil {
		cfg.SignIn.Introspection = c.introspection(s.Introspection)
	}
	if s.Logout != nil {
		cfg.SignIn.Logout = c.logout(s.Logout)
	}
	c.csrfHeader(s.CSRFHeader, cfg.SignIn.ForwardAuth)
}

func (c *checker) claims(cfg *Config) {
	names := claims.Names(c.file.SignIn.Claims)
	cfg.SignIn.Claims = names.WithDefaults()
	for key, name := range map[string]string{"user": names.User, "name": names.Name, "roles": names.Roles, "session": names.Session, "token": names.Token} {
		if (claims.Names{User: name}).Validate() != nil {
			c.problem("sign_in.claims."+key, "this can't be the name of a claim", "write a name such as sub, or a path such as realm_access.roles")
		}
	}
}

func (c *checker) jwt(j *fileJWT) *JWT {
	const at = "sign_in.jwt"
	c.need(at+".issuer", "write the value of iss that tokens must have")
	c.need(at+".audience", "write the value of aud that tokens must have: without it a token for another application opens this one")
	out := &JWT{Issuer: j.Issuer, Audience: j.Audience, JWKSURL: j.JWKSURL, Leeway: j.Leeway}
	if n := c.count(at, "jwks_file", "jwks_url", "secret_env"); n != 1 {
		c.problem(at, opens(catalogue.TokenUnverified, fmt.Sprintf("%d of jwks_file, jwks_url and secret_env are set", n)), "set exactly one: a token is verified with one kind of key")
	}
	out.Secret = c.secret(at+".secret_env", j.SecretEnv, minSecretBytes)
	if j.JWKSFile != "" {
		j.JWKSFile = c.resolve(j.JWKSFile)
		out.JWKSFile = j.JWKSFile
		c.keySet(at+".jwks_file", j.JWKSFile)
	}
	c.keySetURL(at+".jwks_url", j.JWKSURL)
	out.Algorithms = c.algorithms(j)
	return out
}

// keySetURL judges an address of public keys.
func (c *checker) keySetURL(at, address string) {
	if address == "" {
		return
	}
	if u, ok := c.url(at, address, "http", "https", "https://id.example.com/jwks.json"); ok && !u.secure && !u.loopback() {
		c.problem(at, opens(catalogue.TokenUnverified, "keys that come in plaintext can be replaced on the way"), "write https://")
	}
}

// algorithms keeps the two kinds of key apart: a public key that is taken for
// an HS256 secret lets everybody sign.
func (c *checker) algorithms(j *fileJWT) []string {
	const at = "sign_in.jwt.algorithms"
	fit, from := []string{"RS256", "ES256", "EdDSA"}, "the kind of key"
	if c.doc.has("sign_in.jwt.secret_env") {
		fit, from = []string{"HS256"}, "sign_in.jwt.secret_env"
	}
	if !c.doc.has(at) {
		c.derived[at] = "derived from " + from
		return fit
	}
	if len(j.Algorithms) == 0 {
		c.problem(at, "the list is empty: no token would be accepted", "list algorithms, or remove the key")
	}
	for i, a := range j.Algorithms {
		if !slices.Contains(fit, a) {
			c.problem(fmt.Sprintf("%s[%d]", at, i), opens(catalogue.TokenUnverified, clip(a)+" does not fit the kind of key"), "write "+orList(fit))
		}
	}
	return j.Algorithms
}

// count returns how many of the keys of a section the file holds.
func (c *checker) count(section string, keys ...string) int {
	n := 0
	for _, k := range keys {
		if c.doc.has(section + "." + k) {
			n++
		}
	}
	return n
}

// keySet lets the verifier judge the file of keys.
func (c *checker) keySet(path, name string) {
	if c.read(path, name) == nil {
		return
	}
	v, err := jwtauth.New(jwtauth.Config{Issuer: "none", Audience: "none", JWKSFile: name})
	if err != nil {
		why := strings.TrimPrefix(err.Error(), fmt.Sprintf("%v: jwks_file: %q: ", guard.ErrConfig, name))
		c.problem(path, fmt.Sprintf("%q can't be used: %s", name, why), `the file must hold a JSON Web Key Set with public keys: {"keys": [{"kty": "EC", ...}]}`)
		return
	}
	_ = v.Close() // it holds nothing but the keys
}

func (c *checker) forwardAuth(f *fileForwardAuth) *ForwardAuth {
	const at = "sign_in.forward_auth"
	out := &ForwardAuth{URL: f.URL, Timeout: f.Timeout}
	if c.need(at+".url", "write the address that judges requests") && f.URL != "" {
		if u, ok := c.url(at+".url", f.URL, "http", "https", "http://127.0.0.1:3000/whoami"); ok && !u.secure && !u.loopback() {
			out.InsecurePlaintext = true
			c.warn(catalogue.PlaintextTransport, at+".url", "cookies and tokens travel to the endpoint in plaintext", "write https://")
		}
	}
	if len(f.Headers) > 16 {
		c.problem(at+".headers", "the list has more than 16 headers", "list the headers that hold credentials")
	}
	if len(f.Headers) == 0 {
		c.problem(at+".headers", "the list is empty: the endpoint would have nothing to judge", "list the headers that hold credentials, such as [Cookie, Authorization]")
	}
	for i, h := range f.Headers {
		at, name := fmt.Sprintf("%s.headers[%d]", at, i), http.CanonicalHeaderKey(h)
		switch {
		case !isToken(h):
			c.problem(at, "this is not the name of a header", "write a name such as Cookie")
		case isHopHeader(name):
			c.problem(at, fmt.Sprintf("%s is no credential, and belongs to the connection or to the guard", clip(name)), "list the headers that hold credentials")
		case slices.Contains(out.Headers, name):
			c.problem(at, "the header is here twice", "keep one of the two")
		}
		out.Headers = append(out.Headers, name)
	}
	f.Headers = out.Headers
	return out
}

// Headers that can't be passed to an endpoint: they are about the connection or
// the message, or servers believe them because a proxy wrote them.
var (
	hopHeaders = []string{
		"Accept", "Accept-Encoding", "Connection", "Expect", "Forwarded", "Host", "Keep-Alive", "Origin", "Range", "Te",
		"Trailer", "Transfer-Encoding", "Upgrade", "Via", "X-Real-Ip",
	}
	hopPrefixes = []string{"Content-", "If-", "Proxy-", "Sec-", "Wswarden-", "X-Forwarded-"}
	// ambientHeaders are those that browsers send by themselves or let every
	// page set, as the Fetch standard has it, besides the above.
	ambientHeaders = []string{"Accept-Charset", "Accept-Language", "Authorization", "Cache-Control", "Cookie", "Date", "Dnt", "Pragma", "Referer", "User-Agent"}
)

func isHopHeader(name string) bool {
	return slices.Contains(hopHeaders, name) || slices.ContainsFunc(hopPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// csrfHeader refuses headers that a foreign page can cause without asking.
func (c *checker) csrfHeader(name string, f *ForwardAuth) {
	const at = "sign_in.csrf_header"
	canonical := http.CanonicalHeaderKey(name)
	switch {
	case name == "":
	case !isToken(name):
		c.problem(at, "this is not the name of a header", "write a name such as X-CSRF-Token")
	case isHopHeader(canonical) || slices.Contains(ambientHeaders, canonical):
		c.problem(at, opens(catalogue.OriginUnchecked, fmt.Sprintf("browsers send %s by themselves, or let every page set it", clip(canonical))), "write a name of your own such as X-CSRF-Token")
	case f != nil && slices.Contains(f.Headers, canonical):
		c.problem(at, "it is one of sign_in.forward_auth.headers: what proves the page would count as a credential", "remove it there")
	}
}

func (c *checker) identity(cfg *Config) {
	id := c.file.Identity
	if id == nil {
		return
	}
	if n := c.count("identity", "secret_env", "key_file"); n != 1 {
		c.problem("identity", fmt.Sprintf("%d of secret_env and key_file are set", n), "set exactly one; key_file lets backends verify without being able to sign")
	}
	out := &Identity{Secret: c.secret("identity.secret_env", id.SecretEnv, minSecretBytes)}
	if in := cfg.SignIn.JWT; in != nil && out.Secret.IsSet() && out.Secret.Reveal() != "" && in.Secret.Reveal() == out.Secret.Reveal() {
		c.problem("identity.secret_env", opens(catalogue.TokenUnverified, "it is the secret of sign_in.jwt: whoever verifies identities could forge sign-ins"), "use a secret of its own, or key_file")
	}
	if id.KeyFile != "" {
		id.KeyFile = c.resolve(id.KeyFile)
		out.Key = c.signingKey("identity.key_file", id.KeyFile)
	}
	cfg.Identity = out
}

// signingKey reads a private key. Nothing of the file is quoted.
func (c *checker) signingKey(path, name string) Secret {
	data := c.read(path, name)
	if data == nil {
		return Secret{}
	}
	if _, err := jwtauth.NewSigner(jwtauth.SignerConfig{PrivateKey: data}); err != nil {
		why := strings.TrimPrefix(err.Error(), guard.ErrConfig.Error()+": identity signer: ")
		c.problem(path, fmt.Sprintf("the key in %q can't sign: %s", name, why), "make one with: openssl genpkey -algorithm ed25519")
	}
	return newSecret(name, string(data))
}
