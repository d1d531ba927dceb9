package config

import (
	"crypto/tls"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// minTokenBytes is the least length of the admin token.
const minTokenBytes = 16

// endpoint is an address to listen on or to connect to.
type endpoint struct {
	host string // without brackets; empty means every address
	port int
}

func (e endpoint) loopback() bool { return isLoopback(e.host) }

// meets reports whether a connection to dialled arrives at e.
func (e endpoint) meets(dialled endpoint) bool {
	if e.port == 0 || e.port != dialled.port {
		return false
	}
	a, b := unspecified(e.host), unspecified(dialled.host)
	return a == b || a == "" && isLoopback(b) || isLoopback(a) && isLoopback(b) && (a == "localhost" || b == "localhost")
}

func unspecified(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		return ""
	}
	return strings.ToLower(host)
}

// isLoopback reports whether only this machine reaches host, as far as its
// text tells.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// listenAddress parses host:port.
func listenAddress(s string) (endpoint, bool) {
	host, port, err := net.SplitHostPort(s)
	if strings.HasPrefix(s, "[") && !strings.Contains(host, ":") {
		return endpoint{}, false // brackets are for IPv6
	}
	n, perr := strconv.ParseUint(port, 10, 16)
	if err != nil || perr != nil || strconv.FormatUint(n, 10) != port || host != "" && !isHost(host) {
		return endpoint{}, false
	}
	return endpoint{host, int(n)}, true
}

// number is the last label of what browsers read as an IPv4 address (127.1,
// 0x7f.1), whatever others read.
var number = regexp.MustCompile(`^([0-9]+|0[xX][0-9a-fA-F]*)$`)

// isHost reports whether s is an IP address or looks like a DNS name in ASCII.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s == "" || len(s) > 253 || strings.Contains(s, "..") || number.MatchString(s[strings.LastIndexByte(s, '.')+1:]) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alnum := c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !alnum && (i == 0 || i == len(s)-1 || c != '.' && c != '-' && c != '_') {
			return false
		}
	}
	return true
}

const addressHint = "write host and port, such as 127.0.0.1:8080"

func (c *checker) listeners(cfg *Config) {
	f := &c.file
	cfg.Listen, cfg.Admin = f.Listen, f.Admin
	public, ok := listenAddress(f.Listen)
	if !ok {
		c.problem("listen", "this is not an address to listen on", addressHint)
	} else {
		c.serveAt(public)
	}
	c.tls(cfg)
	switch {
	case f.InsecurePlaintext && f.TLS != nil:
		c.problem("insecure_plaintext", "it has no effect with tls", "remove one of the two")
	case f.InsecurePlaintext:
		c.warn(catalogue.PlaintextTransport, "insecure_plaintext", "everybody on the way can read and change tickets, cookies and messages", "set tls, or listen on loopback behind a proxy that ends TLS")
	case ok && f.TLS == nil && !public.loopback():
		c.problem("listen", opens(catalogue.PlaintextTransport, "listening off loopback without tls would carry tickets and messages in plaintext"),
			"set tls {cert, key}, listen on 127.0.0.1, or set insecure_plaintext: true")
	}
	c.admin(cfg, public)
}

func (c *checker) tls(cfg *Config) {
	t := c.file.TLS
	if t == nil {
		return
	}
	haveCert, haveKey := c.need("tls.cert", "name the file with the certificate"), c.need("tls.key", "name the file with the private key")
	t.Cert, t.Key = c.resolveSet(t.Cert), c.resolveSet(t.Key)
	cfg.TLS = &TLS{CertFile: t.Cert, KeyFile: t.Key}
	if !haveCert || !haveKey || c.doc.problems.touch("tls") {
		return
	}
	cert, key := c.read("tls.cert", t.Cert), c.read("tls.key", t.Key)
	if cert == nil || key == nil {
		return
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		c.consequence("tls", "the certificate and key don't work: "+err.Error(), "name a PEM certificate with its chain and the PEM key that belongs to it")
		return
	}
	c.serve(pair)
}

func (c *checker) resolveSet(name string) string {
	if name == "" {
		return ""
	}
	return c.resolve(name)
}

func (c *checker) admin(cfg *Config, public endpoint) {
	f := &c.file
	cfg.AdminToken = c.secret("admin_token_env", f.AdminTokenEnv, minTokenBytes)
	if f.Admin == "" {
		if f.AdminTokenEnv != "" && !c.doc.problems.at("admin") {
			c.problem("admin_token_env", "it has no effect: there is no admin listener", "set admin, or remove the key")
		}
		return
	}
	at, ok := listenAddress(f.Admin)
	switch {
	case !ok:
		c.problem("admin", "this is not an address to listen on", addressHint)
	case public.meets(at) || at.meets(public):
		c.problem("admin", "it is the address of listen", "give the admin listener its own port")
	case at.loopback():
	case f.AdminTokenEnv == "":
		c.problem("admin", opens(catalogue.AuthMissing, "off loopback everybody could list and close connections"),
			"set admin_token_env, or listen on 127.0.0.1")
	default:
		c.warn(catalogue.PlaintextTransport, "admin", "other machines reach the admin listener in plaintext; only the token in $"+f.AdminTokenEnv+" stands before it", "listen on 127.0.0.1")
	}
}
