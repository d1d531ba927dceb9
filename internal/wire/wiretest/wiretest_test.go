package wiretest_test

import (
	"net"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wire/wiretest"
)

// everything are the capabilities of package wire.
var everything = wiretest.Capabilities{Deflate: true, ContextTakeover: true, ServerWindow: true}

// echo connects a case to an echoing server in memory.
func echo(t *testing.T, c wiretest.Case) net.Conn {
	t.Helper()
	cfg := wire.ReaderConfig{Payload: true, Raw: true}
	if c.Offer != "" {
		d, _, err := wire.NegotiateDeflate([]string{c.Offer}, wire.DeflatePolicy{ClientContextTakeover: true, ServerWindow: true})
		if err != nil || d == nil {
			t.Fatalf("%q: %v, %v", c.Offer, d, err)
		}
		cfg.Deflate = d
	}
	return pipe(t, cfg)
}

// pipe returns the client end of a connection in memory to an echoing server.
func pipe(t *testing.T, cfg wire.ReaderConfig) net.Conn {
	client, server := net.Pipe()
	serve(t, client, server, cfg)
	return client
}

// serve echoes on the server end until the test is over.
func serve(t *testing.T, client, server net.Conn, cfg wire.ReaderConfig) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		wiretest.Echo(server, cfg)
	}()
	t.Cleanup(func() {
		client.Close()
		<-done
	})
}

// TestCodec runs every case against package wire, in memory.
func TestCodec(t *testing.T) {
	wiretest.Run(t, wiretest.Cases(everything), echo, everything)
}

// TestEchoOverTCP runs every case against package wire over a socket.
func TestEchoOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	connect := func(t *testing.T, c wiretest.Case) net.Conn {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		serve(t, client, server, wire.ReaderConfig{Payload: true})
		return client
	}
	plain := wiretest.Capabilities{}
	wiretest.Run(t, wiretest.Cases(plain), connect, plain)
}

// TestOtherLimits runs the cases against an end with limits of its own.
func TestOtherLimits(t *testing.T) {
	caps := wiretest.Capabilities{MaxMessage: 1000, MaxFragments: 5}
	connect := func(t *testing.T, _ wiretest.Case) net.Conn {
		return pipe(t, wire.ReaderConfig{Payload: true, MaxMessage: caps.MaxMessage, MaxFragments: caps.MaxFragments})
	}
	wiretest.Run(t, wiretest.Cases(caps), connect, caps)
}

// TestCasesAreWellFormed checks the table itself.
func TestCasesAreWellFormed(t *testing.T) {
	cases := wiretest.Cases(everything)
	if len(cases) < 500 {
		t.Errorf("only %d cases", len(cases))
	}
	groups := map[string]int{}
	names := map[string]bool{}
	for _, c := range cases {
		group, _, _ := strings.Cut(c.Name, "/")
		groups[group]++
		if names[c.Name] {
			t.Errorf("%q is there twice", c.Name)
		}
		names[c.Name] = true
		if !strings.HasPrefix(c.Rule.Section, "RFC ") || c.Rule.Sentence == "" {
			t.Errorf("%q has no rule", c.Name)
		}
		if len(c.Send) == 0 || (c.Want.Outcome == wiretest.Open) != (len(c.Want.Codes) == 0) {
			t.Errorf("%q sends %d bytes and wants %v %v", c.Name, len(c.Send), c.Want.Outcome, c.Want.Codes)
		}
		for _, code := range c.Want.Codes {
			if !code.Sendable() && code != wire.CloseNoStatus {
				t.Errorf("%q wants code %v", c.Name, code)
			}
		}
	}
	for _, g := range []string{"echo", "header", "control", "fragment", "text", "close", "limit", "deflate"} {
		if groups[g] < 10 {
			t.Errorf("%d cases in %q", groups[g], g)
		}
	}
	t.Logf("%d cases: %v", len(cases), groups)
	for _, c := range wiretest.Cases(wiretest.Capabilities{}) {
		if c.Offer != "" {
			t.Errorf("%q offers compression to an end without it", c.Name)
		}
	}
}
