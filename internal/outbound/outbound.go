// Package outbound makes the HTTP clients with which sign-in adapters ask
// somebody else for a verdict: no redirect, no cookie, no proxy of the
// environment, bounded connections, and errors in words of our own.
//
// It sends nothing by itself and knows neither questions nor answers.
package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Options say how a client reaches the one server that it asks.
type Options struct {
	// Timeout bounds connecting and the TLS handshake. A request is bounded by
	// its context.
	Timeout time.Duration
	// Connections is the largest number of connections.
	Connections int
	// TLS configures https; nil verifies against the system's roots.
	TLS *tls.Config
	// Transport takes the place of an own one with the above; may be nil.
	Transport http.RoundTripper
}

// NewClient returns a client that follows no redirect and keeps no cookie.
func NewClient(o Options) *http.Client {
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     o.Transport,
	}
	if client.Transport == nil {
		client.Transport = &http.Transport{
			DialContext:            (&net.Dialer{Timeout: o.Timeout}).DialContext,
			TLSClientConfig:        o.TLS.Clone(),
			TLSHandshakeTimeout:    o.Timeout,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        o.Connections,
			MaxIdleConns:           o.Connections,
			MaxIdleConnsPerHost:    o.Connections,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true,
		}
	}
	return client
}

// Cause says what went wrong with an exchange: errors of the HTTP client name
// the address, whose query may be private, and quote what a server sent, which
// may echo a credential.
func Cause(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	var certificate *tls.CertificateVerificationError
	var network *net.OpError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused")
	case errors.As(err, &certificate):
		return errors.New("tls: certificate not accepted")
	case errors.As(err, &network):
		return fmt.Errorf("connection failed (%s)", network.Op)
	}
	return errors.New("exchange failed")
}

// CheckURL reports why text can't be the address of a server that is asked
// about credentials: https, or http on a loopback address unless plaintext is
// accepted. No error quotes the address, which may hold a password.
func CheckURL(text string, plaintext bool) error {
	if text == "" {
		return errors.New("url: must be set")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("url: not a URL")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return errors.New("url: must be an http or https address")
	case u.User != nil:
		return errors.New("url: must not hold a user or password")
	case u.Fragment != "":
		return errors.New("url: must not have a fragment")
	case u.Scheme == "http" && !plaintext && !loopback(u.Hostname()):
		return errors.New("url: must be https, or http on a loopback address")
	}
	return nil
}

// loopback reports whether host never leaves this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
