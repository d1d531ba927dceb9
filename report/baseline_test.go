package report_test

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func write(t testing.TB, b *report.Baseline) string {
	t.Helper()
	var out bytes.Buffer
	if n, err := b.WriteTo(&out); err != nil || n != int64(out.Len()) {
		t.Fatalf("WriteTo: %d, %v; wrote %d", n, err, out.Len())
	}
	return out.String()
}

func TestBaselineGolden(t *testing.T) {
	golden(t, "baseline.json", []byte(write(t, report.NewBaseline(sample(t)))))
	golden(t, "baseline.empty.json", []byte(write(t, report.NewBaseline(&report.Report{}))))
}

func TestBaselineRoundTrip(t *testing.T) {
	r := sample(t)
	written := write(t, report.NewBaseline(r))
	b, err := report.ReadBaseline(strings.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	if b.Len() != len(r.Findings) {
		t.Errorf("got %d findings, want %d", b.Len(), len(r.Findings))
	}
	for _, f := range r.Findings {
		if !b.Has(f.Fingerprint) {
			t.Errorf("%s is not in the baseline", f.Weakness.ID)
		}
	}
	if got := write(t, b); got != written {
		t.Errorf("read and written again: got %s, want %s", got, written)
	}
}

// A finding that is fixed leaves its entry behind.
func TestBaselineStale(t *testing.T) {
	r := sample(t)
	b := report.NewBaseline(r)
	if stale := b.Stale(r); len(stale) != 0 {
		t.Errorf("got %v, want none", stale)
	}
	r.Findings = r.Findings[1:]
	stale := b.Stale(r)
	if len(stale) != 1 || stale[0].ID != "WS605" || stale[0].Path != "page.js" {
		t.Errorf("got %v, want WS605 of page.js", stale)
	}
}

// The file must not change when lines move.
func TestBaselineKeepsItsOrder(t *testing.T) {
	make := func(first, second int) string {
		r := &report.Report{Findings: []report.Finding{finding(catalogue.IDOR, at("a.js", first, 1), "x"), finding(catalogue.IDOR, at("a.js", second, 1), "y")}}
		report.Finish(r)
		return write(t, report.NewBaseline(r))
	}
	if a, b := make(1, 2), make(9, 3); a != b {
		t.Errorf("got %s, want %s", b, a)
	}
}

func TestNilBaselineIsEmpty(t *testing.T) {
	var b *report.Baseline
	if b.Has("") || b.Len() != 0 || b.Stale(sample(t)) != nil {
		t.Error("a nil baseline holds something")
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	const entry = `{"id": "WS101", "path": "a", "fingerprint": "00112233445566778899aabbccddeeff", "message": ""}`
	tests := []struct{ name, file, want string }{
		{"nothing", "", "it ends too early"},
		{"cut short", `{"baseline": 1, "findings": [` + entry, "it ends too early"},
		{"not JSON", "WS101", "invalid character"},
		{"another type", "[]", "cannot unmarshal array"},
		{"null", "null", "want an object with baseline and findings"},
		{"no version", `{"findings": []}`, "want an object with baseline and findings"},
		{"no findings", `{"baseline": 1}`, "want an object with baseline and findings"},
		{"a report", `{"tool": "wswarden", "findings": []}`, `unknown field "tool"`},
		{"a later version", `{"baseline": 2, "findings": []}`, "version 2, want 1"},
		{"an unknown key of a finding", `{"baseline": 1, "findings": [{"all": true}]}`, `unknown field "all"`},
		{"a finding without fingerprint", `{"baseline": 1, "findings": [` + entry + `, {"id": "WS101"}]}`, `finding 2: fingerprint "" is none`},
		{"a short fingerprint", `{"baseline": 1, "findings": [{"fingerprint": "00"}]}`, `finding 1: fingerprint "00" is none`},
		{"no hexadecimal", `{"baseline": 1, "findings": [{"fingerprint": "zz112233445566778899aabbccddeeff"}]}`, "is none"},
		{"text behind", `{"baseline": 1, "findings": []} {}`, "text behind the end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := report.ReadBaseline(strings.NewReader(tt.file))
			if err == nil || !strings.HasPrefix(err.Error(), "read baseline: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// spaces is an endless file.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestReadBaselineIsBounded(t *testing.T) {
	for name, r := range map[string]io.Reader{"before": spaces{}, "within": io.MultiReader(strings.NewReader(`{"baseline": 1, `), spaces{})} {
		if _, err := report.ReadBaseline(r); err == nil || !strings.Contains(err.Error(), "more than 16 MiB") {
			t.Errorf("%s: got %v, want an error that names the limit", name, err)
		}
	}
}

// FuzzReadBaseline checks that what is read is what is written, and that nothing
// panics.
func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(write(f, report.NewBaseline(sample(f)))))
	f.Add([]byte(write(f, report.NewBaseline(&report.Report{}))))
	f.Add([]byte(`{"baseline": 1, "findings": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := report.ReadBaseline(bytes.NewReader(data))
		if err != nil {
			if b != nil {
				t.Error("a baseline with an error")
			}
			return
		}
		first := write(t, b)
		again, err := report.ReadBaseline(strings.NewReader(first))
		if err != nil {
			t.Fatalf("%s: written as %s: %v", data, first, err)
		}
		if !reflect.DeepEqual(b, again) {
			t.Errorf("%s: got %+v, want %+v", data, again, b)
		}
	})
}
