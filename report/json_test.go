package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func jsonOf(t *testing.T, r *report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONGolden(t *testing.T) {
	golden(t, "sample.json", jsonOf(t, sample(t)))
}

// keys returns the keys of a JSON object.
func keys(t *testing.T, object json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var out map[string]json.RawMessage
	if err := json.Unmarshal(object, &out); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	return out
}

func list(t *testing.T, array json.RawMessage) []json.RawMessage {
	t.Helper()
	var out []json.RawMessage
	if err := json.Unmarshal(array, &out); err != nil || out == nil {
		t.Fatalf("%s: %v, want a list", array, err)
	}
	return out
}

func wantKeys(t *testing.T, object json.RawMessage, want ...string) {
	t.Helper()
	got := keys(t, object)
	for _, k := range want {
		if _, ok := got[k]; !ok {
			t.Errorf("no key %q in %.200s", k, object)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d keys, want %d (%q) in %.300s", len(got), len(want), want, object)
	}
}

// The keys are a contract with programs.
func TestJSONKeys(t *testing.T) {
	out := jsonOf(t, sample(t))
	wantKeys(t, out, "tool", "version", "findings", "endpoints", "stats", "notes")
	top := keys(t, out)
	for _, f := range list(t, top["findings"]) {
		wantKeys(t, f, "id", "slug", "title", "severity", "confidence", "cwe", "path", "line", "column", "end_line", "end_column",
			"message", "fix", "endpoint", "trace", "fingerprint")
		for _, s := range list(t, keys(t, f)["trace"]) {
			wantKeys(t, s, "path", "line", "column", "message")
		}
	}
	for _, e := range list(t, top["endpoints"]) {
		defences := keys(t, keys(t, e)["defences"])
		if len(defences) != len(report.DefenceNames) {
			t.Errorf("%d defences, want all %d", len(defences), len(report.DefenceNames))
		}
		for name, d := range defences {
			if _, ok := keys(t, d)["state"]; !ok {
				t.Errorf("defence %s has no state", name)
			}
		}
	}
	wantKeys(t, top["stats"], "files_walked", "files_parsed", "bytes_walked", "bytes_parsed", "lines", "seconds", "peak_rss_bytes")
}

func TestJSONOfNothing(t *testing.T) {
	nothing := &report.Report{Findings: []report.Finding{{Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.LowConfidence}}}
	f := keys(t, list(t, keys(t, jsonOf(t, nothing))["findings"])[0])
	if string(f["endpoint"]) != "null" || string(f["trace"]) != "[]" {
		t.Errorf("endpoint %s and trace %s, want null and []", f["endpoint"], f["trace"])
	}
	top := keys(t, jsonOf(t, &report.Report{}))
	for _, k := range []string{"findings", "endpoints", "notes"} {
		if string(top[k]) != "[]" {
			t.Errorf("%s is %s, want []", k, top[k])
		}
	}
}

// Probe's findings have an address in place of a place.
func TestJSONOfProbe(t *testing.T) {
	r := &report.Report{Findings: []report.Finding{{
		Weakness: catalogue.OriginWeak, Severity: catalogue.High, Confidence: report.HighConfidence,
		URL: "wss://app.example.com/ws", Check: "origin.suffix", Evidence: &report.Evidence{Request: "GET /ws", Response: "101"},
	}}}
	report.Finish(r)
	f := list(t, keys(t, jsonOf(t, r))["findings"])[0]
	wantKeys(t, f, "id", "slug", "title", "severity", "confidence", "cwe", "url", "check", "evidence", "message", "fix", "endpoint", "trace", "fingerprint")
	wantKeys(t, keys(t, f)["evidence"], "request", "response")
}

func TestJSONFailsOnNonsense(t *testing.T) {
	r := &report.Report{Findings: []report.Finding{{Weakness: catalogue.IDOR, Severity: catalogue.High}}}
	if err := report.JSON(&bytes.Buffer{}, r); err == nil {
		t.Error("a finding without confidence was written")
	}
}

// Every key must be described.
func TestJSONIsDocumented(t *testing.T) {
	docs, err := os.ReadFile("../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"([a-z_]+)":`).FindAllSubmatch(jsonOf(t, sample(t)), -1) {
		described := regexp.MustCompile("`[.a-z\\[\\]]*" + string(m[1]) + "(\\[\\])?`")
		if !described.Match(docs) {
			t.Errorf("docs/review.md does not describe %q", m[1])
		}
	}
}
