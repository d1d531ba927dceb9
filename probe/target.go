package probe

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe/corpus"
)

// A Target is the endpoint to test and what is known of it.
type Target struct {
	// URL is its address, ws or wss.
	URL *url.URL
	// Origin is an origin that it accepts, such as "https://app.example.com".
	Origin string
	// Foreign is a domain of somebody else, for origins that must be refused.
	// Empty: evil.example, a name that is reserved for examples.
	Foreign string
	// Identities are who may connect. The first is the one that checks use
	// unless they need more. Empty: the endpoint is tested without credentials.
	Identities []Identity
	// TicketURL mints a ticket for an identity: a POST whose JSON answer has the
	// key "ticket". Nil: none is needed.
	TicketURL string
	// TicketHeaders are sent along when a ticket is minted, such as the CSRF header of
	// the application.
	TicketHeaders []wireclient.Line
	// Promises are what a configuration of guard says of the endpoint; nil: nothing.
	Promises *Promises
	// Source is a second local address to connect from; empty: 127.0.0.2 towards
	// 127.0.0.1, else there is none.
	Source string
	// Another is a second origin that the endpoint accepts, and OtherPath a second
	// endpoint of the same server: where a ticket must not work.
	Another, OtherPath string
	// Revoke ends the sign-in of the first identity, Demote takes the role away that
	// Privileged messages need, Audit shows what was recorded.
	Revoke, Demote, Audit Hook
	// Privileged are types of messages that the first identity must not send.
	Privileged []string
	// AuthMessage is the message by which a client of the endpoint authenticates
	// after the handshake; {token} stands for the first identity's bearer token, and
	// {ticket} for a fresh ticket.
	AuthMessage string
	// CanaryPath is a path of the same server that its front keeps back, and
	// UpstreamPath one at which a backend can be made to answer 101.
	CanaryPath, UpstreamPath string
	// Write lets the check of two identities repeat messages that are not reads.
	Write bool
	// Corpus are the messages that it is known to speak; nil: none.
	Corpus *corpus.Corpus
	// Subprotocols are offered in every handshake.
	Subprotocols []string
	// Hello are messages that a client of the endpoint sends first, such as the
	// greeting of Socket.IO. Recognise fills it.
	Hello [][]byte
	// TLS configures wss; nil is the default. Checks of the certificate itself
	// use their own.
	TLS *tls.Config
}

// An Identity is somebody who may connect: header lines that authenticate him,
// as they are sent in the handshake or to the address that mints tickets.
type Identity struct {
	Name  string
	Lines []wireclient.Line
}

// ParseIdentity reads NAME='Header: value' as it is given on a command line.
func ParseIdentity(s string) (Identity, error) {
	name, line, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return Identity{}, fmt.Errorf("read identity: want NAME='Header: value'")
	}
	header, value, ok := strings.Cut(line, ":")
	header, value = strings.TrimSpace(header), strings.TrimSpace(value)
	if !ok || header == "" || value == "" || strings.ContainsAny(header, " \t\r\n") || strings.ContainsAny(value, "\r\n\x00") {
		return Identity{}, fmt.Errorf("read identity %q: want NAME='Header: value' behind the name, such as %s='Cookie: session=…'", name, name)
	}
	return Identity{Name: name, Lines: []wireclient.Line{{Name: header, Value: value}}}, nil
}

// Value returns the value of the identity's header, empty if it has none.
func (i Identity) Value(header string) string {
	for _, l := range i.Lines {
		if strings.EqualFold(l.Name, header) {
			return l.Value
		}
	}
	return ""
}

// Cookie returns the identity's Cookie header.
func (i Identity) Cookie() string { return i.Value("Cookie") }

// Bearer returns the token of the identity's Authorization header, empty if
// there is none or it is of another scheme.
func (i Identity) Bearer() string {
	scheme, token, _ := strings.Cut(i.Value("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Identity returns the first identity, nil if there is none.
func (t *Target) Identity() *Identity {
	if len(t.Identities) == 0 {
		return nil
	}
	return &t.Identities[0]
}

// Secure reports whether the target is behind TLS.
func (t *Target) Secure() bool { return t.URL.Scheme == "wss" }

// Loopback reports whether host is this machine, by name or address. Other
// names are not looked up: what they resolve to may change.
func Loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Internal reports whether the target is on this machine or on an address of a
// private network: where DNS rebinding leads a browser.
func (t *Target) Internal() bool {
	if Loopback(t.URL.Hostname()) {
		return true
	}
	ip, err := netip.ParseAddr(t.URL.Hostname())
	return err == nil && (ip.Unmap().IsPrivate() || ip.IsLinkLocalUnicast())
}

// OwnOrigin is the origin of a page served by the target's own host.
func OwnOrigin(u *url.URL) string {
	scheme, standard := "http", "80"
	if u.Scheme == "wss" {
		scheme, standard = "https", "443"
	}
	host := u.Host
	if h, port, err := net.SplitHostPort(host); err == nil && port == standard {
		host = h
	}
	return scheme + "://" + host
}
