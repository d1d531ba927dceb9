package probe_test

import (
	"slices"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
)

// TestVulnerableTwin looks for what the twin with everything at once shows to
// the safe checks.
func TestVulnerableTwin(t *testing.T) {
	s := probetest.Vulnerable(t)
	opt := probe.Options{Target: target(t, s)}
	opt.Advisories = func(product, version string) ([]probe.Advisory, bool) {
		return []probe.Advisory{{ID: "CVE-2000-0001", Title: product + " " + version, Fixed: "999", Severity: catalogue.High}}, true
	}
	r := run(t, opt)
	got := found(r)
	for _, want := range []string{
		"WS101 origin", "WS104 host", "WS105 handshake-version", "WS105 handshake-form", "WS105 upgrade-body",
		"WS105 foreign-upgrade", "WS108 subprotocol", "WS201 auth", "WS311 dispatch", "WS503 error-detail", "WS701 message-size",
		"WS703 connection-count", "WS704 close-handshake", "WS801 framing", "WS901 known-vulnerability",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing%s", want, describe(r))
		}
	}
}
