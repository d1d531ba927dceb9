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

const (
	defaultTimeout = 5 * time.Second
	maxTimeout     = 30 * time.Second

	defaultConcurrent = 64
	maxConcurrent     = 4096
)

// Server is who is asked, and how.
type Server struct {
	// URL is https, or http on a loopback address unless InsecurePlaintext is set.
	URL               string
	InsecurePlaintext bool
	// Timeout bounds one question, the wait for a free place included; 0 means
	// 5 s, at most 30 s.
	Timeout time.Duration
	// MaxConcurrent is the largest number of questions at once, and of
	// connections; 0 means 64, at most 4096. Further ones wait.
	MaxConcurrent int
	// TLS configures https; nil verifies against the system's roots.
	TLS *tls.Config
	// HTTPClient asks in place of an own client with TLS; of it only the
	// Transport is used, where it has one. It may be nil.
	HTTPClient *http.Client
}

// Validate reports every problem at once. No error quotes the URL.
func (s Server) Validate() error {
	problems := []error{CheckURL(s.URL, s.InsecurePlaintext)}
	if s.Timeout < 0 || s.Timeout > maxTimeout {
		problems = append(problems, fmt.Errorf("timeout: must be at most %v, not %v", maxTimeout, s.Timeout))
	}
	if s.MaxConcurrent < 0 || s.MaxConcurrent > maxConcurrent {
		problems = append(problems, fmt.Errorf("max_concurrent: must be from 1 to %d, not %d", maxConcurrent, s.MaxConcurrent))
	}
	if s.TLS != nil && s.HTTPClient != nil {
		problems = append(problems, errors.New("tls: set it in the transport of the HTTP client"))
	}
	return errors.Join(problems...)
}

// Client asks one server. It follows no redirect and keeps no cookie. It is safe
// for concurrent use.
type Client struct {
	http    *http.Client
	timeout time.Duration
	places  chan struct{} // one element for each question under way
}

// NewClient returns a client of s, which must hold. It does not connect.
func NewClient(s Server) *Client {
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	if s.MaxConcurrent == 0 {
		s.MaxConcurrent = defaultConcurrent
	}
	return &Client{
		http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     s.transport(),
		},
		timeout: s.Timeout,
		places:  make(chan struct{}, s.MaxConcurrent),
	}
}

func (s Server) transport() http.RoundTripper {
	if s.HTTPClient != nil && s.HTTPClient.Transport != nil {
		return s.HTTPClient.Transport
	}
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: s.Timeout}).DialContext,
		TLSClientConfig:        s.TLS.Clone(),
		TLSHandshakeTimeout:    s.Timeout,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        s.MaxConcurrent,
		MaxIdleConns:           s.MaxConcurrent,
		MaxIdleConnsPerHost:    s.MaxConcurrent,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}
}

// Begin waits for a free place. The context that it returns bounds the whole
// question, the reading of the answer included; end gives the place back and
// must be called unless there is an error.
func (c *Client) Begin(ctx context.Context) (question context.Context, end func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	select {
	case c.places <- struct{}{}:
		return ctx, func() { <-c.places; cancel() }, nil
	case <-ctx.Done():
		defer cancel()
		return nil, nil, fmt.Errorf("wait for a free place: %w", ctx.Err())
	}
}

// Do sends a request of a question that has begun. The caller closes the body.
func (c *Client) Do(request *http.Request) (*http.Response, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return nil, Cause(request.Context(), err)
	}
	return response, nil
}

// CloseIdle closes connections that are not in use. The client may be used after
// it.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

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
