package probe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// TestPromisesOfOtherTypeField has a server that names the types of its own
// messages by another member than clients do, and answers in the words in which
// it greets. It checks nothing: the promise of a bound is broken.
func TestPromisesOfOtherTypeField(t *testing.T) {
	const state = `{"kind":"board","tide":4}`
	p := peer{
		greet: func(*http.Request) []string { return []string{state} },
		answer: func(_ *http.Request, m string) []string {
			if strings.Contains(m, `"op":"set_tide"`) {
				return []string{state}
			}
			return nil
		},
	}
	target := probe.Target{URL: p.start(t), Origin: probetest.Origin, Promises: &probe.Promises{
		Source: "wswarden.yaml", Path: "/live", Anonymous: true, AnyOrigin: true, NoOrigin: true, Compression: true,
		MessageBytes: 1 << 30, Fragments: 1 << 20,
		Messages: probe.Rate{Count: 1000, Per: 1e9}, ControlFrames: probe.Rate{Count: 1000, Per: 1e9},
		Rules: &probe.MessagePromises{TypeField: "op", UnknownPasses: true, PrototypeKeys: true, Client: []probe.MessagePromise{{
			Type: "set_tide", Schema: []byte(`{"type":"object","required":["op","tide"],"properties":{"op":{"type":"string"},"tide":{"type":"number","maximum":12}}}`),
		}}},
	}}
	r := run(t, probe.Options{Target: target, Only: []string{probe.PromisesName}})
	got := map[string]report.PromiseVerdict{}
	for _, p := range r.Promises {
		if p.Message == "set_tide" {
			got[p.Text] = p.Verdict
		}
	}
	for text, want := range map[string]report.PromiseVerdict{
		"a message that is valid is accepted":                            report.PromiseHeld,
		"a message is refused where tide is above the maximum (maximum)": report.PromiseBroken,
	} {
		if got[text] != want {
			t.Errorf("%s: got %q, want %q; of %v", text, got[text], want, got)
		}
	}
}
