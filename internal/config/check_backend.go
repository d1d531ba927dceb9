package config

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
)

// backendCA collects what vouches for the wss backends. Package guard has one
// TLS configuration for all of them, so that routes may not differ.
type backendCA struct {
	seen   bool
	file   string
	route  string
	config *tls.Config
}

func (c *checker) backend(route string, r *fileRoute, ca *backendCA) {
	at := route + ".backend"
	if r.Mode == "monitor" {
		c.warn(catalogue.AuthMissing, route+".mode", "what the rules of the route refuse is recorded and let in: foreign origins, clients without a credential, floods", "set mode: enforce")
	}
	if r.Compression {
		c.warn(catalogue.CompressionBomb, route+".compression", "compressed messages cost memory, and their sizes tell about secrets beside the input of strangers", "leave compression off")
	}
	if r.BackendHost != "" && !isHostHeader(r.BackendHost) {
		c.problem(route+".backend_host", "this is not a host name", "write a name such as app.internal, with a port if the backend needs one")
	}
	if !c.need(at, "write the address of the backend, such as ws://127.0.0.1:3000/ws") || c.doc.problems.at(at) {
		return
	}
	u, ok := c.url(at, r.Backend, "ws", "wss", "ws://127.0.0.1:3000/ws")
	if !ok {
		return
	}
	if u.RawQuery != "" || u.ForceQuery {
		c.problem(at, "the address has a query", "remove it: the query of the client is passed on")
	}
	for _, own := range []string{c.file.Listen, c.file.Admin} {
		if e, ok := listenAddress(own); ok && e.meets(u.endpoint) {
			c.problem(at, "the address is one of the guard itself: each connection would open the next", "write the address of the application")
		}
	}
	if !u.secure && !u.loopback() {
		c.warn(catalogue.PlaintextTransport, at, "messages and identities travel to the backend in plaintext", "write wss://, or run the guard beside the backend")
	}
	c.vouch(route, r, u, ca)
}

// vouch loads the roots of a wss backend.
func (c *checker) vouch(route string, r *fileRoute, u address, ca *backendCA) {
	at := route + ".backend_ca"
	if r.BackendCA != "" {
		r.BackendCA = c.resolve(r.BackendCA)
	}
	switch {
	case r.BackendCA != "" && !u.secure:
		c.problem(at, "it has no effect on a ws backend", "write wss:// in backend, or remove the key")
		return
	case !u.secure:
		return
	case ca.seen && ca.file != r.BackendCA:
		c.problem(at, fmt.Sprintf("it differs from that of %s: different files are not available in this version", ca.route), "name one file with the certificates of all wss backends in each of their routes")
		return
	case ca.seen:
		return
	}
	ca.seen, ca.file, ca.route = true, r.BackendCA, route
	if r.BackendCA == "" {
		return
	}
	data := c.read(at, r.BackendCA)
	if data == nil {
		return
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data) {
		c.problem(at, fmt.Sprintf("%q holds no certificate", r.BackendCA), "name a PEM file with the certificates of the authorities")
		return
	}
	ca.config = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// isHostHeader reports whether s is a host, or a host and a port.
func isHostHeader(s string) bool {
	if e, ok := listenAddress(s); ok {
		return e.host != "" && e.port != 0
	}
	e, ok := listenAddress(s + ":1")
	return ok && e.host != ""
}
