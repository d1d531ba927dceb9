package guard

import (
	"cmp"
	"log/slog"
	"slices"
	"time"
)

// The defaults of a configuration. Each is written at the field that it fills.
const (
	defaultConnections        = 10000
	defaultHandshake          = 10 * time.Second
	defaultTicketTTL          = 30 * time.Second
	minTicketTTL              = 5 * time.Second
	maxTicketTTL              = 60 * time.Second
	defaultMaxAge             = 24 * time.Hour
	defaultIdle               = 5 * time.Minute
	defaultRecheck            = time.Minute
	minSessionDuration        = time.Second
	defaultConnectionsPerIP   = 10
	defaultConnectionsPerUser = 5
	defaultMessageBytes       = 64 << 10
	defaultServerMessageBytes = 16 << 20
	defaultFragments          = 64
	defaultSendQueue          = 256 << 10
	defaultSendTimeout        = 10 * time.Second
	defaultMessageTimeout     = 30 * time.Second
	defaultCSRFHeader         = "X-CSRF-Token"
)

var (
	defaultHandshakes    = Rate{Count: 200, Per: time.Second, Burst: 400}
	defaultTicketRate    = Rate{Count: 10, Per: time.Second, Burst: 100}
	defaultMessages      = Rate{Count: 60, Per: time.Minute}
	defaultUserMessages  = Rate{Count: 300, Per: time.Minute}
	defaultControlFrames = Rate{Count: 60, Per: time.Minute}
)

// WithDefaults returns c with every zero field that has a default filled in.
// Store, Audit and the verifiers have none and stay as they are.
func (c Config) WithDefaults() Config {
	c.Nodes = cmp.Or(c.Nodes, 1)
	c.SignIn.CSRFHeader = cmp.Or(c.SignIn.CSRFHeader, defaultCSRFHeader)
	c.Limits.Connections = cmp.Or(c.Limits.Connections, defaultConnections)
	c.Limits.Handshake = cmp.Or(c.Limits.Handshake, defaultHandshake)
	c.Limits.Handshakes = c.Limits.Handshakes.or(defaultHandshakes)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Routes = slices.Clone(c.Routes)
	for i := range c.Routes {
		c.Routes[i] = c.Routes[i].withDefaults(c.SignIn)
	}
	if len(c.Hosts) == 0 {
		c.Hosts = DefaultHosts(c.Routes)
	}
	return c
}

func (r Route) withDefaults(in SignIn) Route {
	r.Mode = cmp.Or(r.Mode, Enforce)
	r.Session.MaxAge = cmp.Or(r.Session.MaxAge, defaultMaxAge)
	r.Session.Idle = cmp.Or(r.Session.Idle, defaultIdle)
	if in.Introspection != nil || in.Request != nil {
		r.Session.Recheck = cmp.Or(r.Session.Recheck, defaultRecheck)
	}
	r.Session.Grace = cmp.Or(r.Session.Grace, 2*r.Session.Recheck)
	r.Limits = r.Limits.withDefaults()
	r.Messages = r.Messages.withDefaults()
	if r.Auth.Ticket != nil {
		t := *r.Auth.Ticket
		t.TTL = cmp.Or(t.TTL, defaultTicketTTL)
		t.IP = cmp.Or(t.IP, BindEnforce)
		t.Rate = t.Rate.or(defaultTicketRate)
		if len(t.Carriers) == 0 {
			t.Carriers = []Carrier{CarrierSubprotocol}
		}
		r.Auth.Ticket = &t
	}
	return r
}

func (l Limits) withDefaults() Limits {
	l.ConnectionsPerIP = cmp.Or(l.ConnectionsPerIP, defaultConnectionsPerIP)
	l.ConnectionsPerUser = cmp.Or(l.ConnectionsPerUser, defaultConnectionsPerUser)
	l.Connections = cmp.Or(l.Connections, defaultConnections)
	l.MessageBytes = cmp.Or(l.MessageBytes, defaultMessageBytes)
	l.ServerMessageBytes = cmp.Or(l.ServerMessageBytes, defaultServerMessageBytes)
	l.Messages = l.Messages.or(defaultMessages)
	l.UserMessages = l.UserMessages.or(defaultUserMessages)
	l.ControlFrames = l.ControlFrames.or(defaultControlFrames)
	l.Fragments = cmp.Or(l.Fragments, defaultFragments)
	l.SendQueue = cmp.Or(l.SendQueue, defaultSendQueue)
	l.SendTimeout = cmp.Or(l.SendTimeout, defaultSendTimeout)
	l.Message = cmp.Or(l.Message, defaultMessageTimeout)
	return l
}

// or returns r, or d where r is zero, with a burst.
func (r Rate) or(d Rate) Rate {
	if r == (Rate{}) {
		r = d
	}
	r.Burst = cmp.Or(r.Burst, r.Count)
	return r
}
