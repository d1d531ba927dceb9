package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A Baseline lists findings that are known, so that only others are reported.
// It is made by NewBaseline or ReadBaseline. A nil Baseline is empty.
type Baseline struct {
	entries []BaselineEntry
	known   map[string]bool // fingerprints of entries
}

// A BaselineEntry is a known finding. Only the fingerprint counts; the rest is
// for the people who read a change of the file.
type BaselineEntry struct {
	ID          string `json:"id"`
	Path        string `json:"path"`
	Fingerprint string `json:"fingerprint"`
	Message     string `json:"message"`
}

const (
	baselineVersion = 1
	// maxBaseline bounds a baseline file. A line takes some 300 bytes.
	maxBaseline = 16 << 20
)

// NewBaseline returns a baseline of all findings of r, which Finish must have
// seen.
func NewBaseline(r *Report) *Baseline {
	entries := make([]BaselineEntry, 0, len(r.Findings))
	for _, f := range r.Findings {
		entries = append(entries, BaselineEntry{ID: f.Weakness.ID, Path: cmp.Or(f.Path, f.URL), Fingerprint: f.Fingerprint, Message: f.Message})
	}
	// Not by line: an entry must not move when its finding does.
	slices.SortFunc(entries, func(a, b BaselineEntry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return newBaseline(entries)
}

func newBaseline(entries []BaselineEntry) *Baseline {
	b := &Baseline{entries: entries, known: make(map[string]bool, len(entries))}
	for _, e := range entries {
		b.known[e.Fingerprint] = true
	}
	return b
}

// Has reports whether the finding with the fingerprint is known.
func (b *Baseline) Has(fingerprint string) bool { return b != nil && b.known[fingerprint] }

// Len returns the number of findings.
func (b *Baseline) Len() int {
	if b == nil {
		return 0
	}
	return len(b.entries)
}

// Stale returns the entries that are none of the findings of r: they were
// closed, or have changed. r must hold all findings, unfiltered.
func (b *Baseline) Stale(r *Report) []BaselineEntry {
	if b == nil {
		return nil
	}
	current := make(map[string]bool, len(r.Findings))
	for _, f := range r.Findings {
		current[f.Fingerprint] = true
	}
	var out []BaselineEntry
	for _, e := range b.entries {
		if !current[e.Fingerprint] {
			out = append(out, e)
		}
	}
	return out
}

// WriteTo writes the baseline as JSON with one finding a line, so that a
// version control system shows and merges it by findings.
func (b *Baseline) WriteTo(w io.Writer) (int64, error) {
	buf := bytes.NewBufferString(fmt.Sprintf("{\n  \"baseline\": %d,\n  \"findings\": [", baselineVersion))
	for i, e := range b.entries {
		line, err := marshal(e)
		if err != nil {
			return 0, fmt.Errorf("write baseline: %w", err)
		}
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.WriteString("\n    ")
		buf.Write(line)
	}
	if len(b.entries) > 0 {
		buf.WriteString("\n  ")
	}
	buf.WriteString("]\n}\n")
	return buf.WriteTo(w)
}

// ReadBaseline reads what WriteTo wrote. It is strict: a file that is not
// wholly understood might hide findings that nobody has accepted.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	limited := &io.LimitedReader{R: r, N: maxBaseline + 1}
	in := json.NewDecoder(bufio.NewReader(limited))
	in.DisallowUnknownFields()
	var file struct {
		Baseline *int             `json:"baseline"`
		Findings *[]BaselineEntry `json:"findings"`
	}
	err := in.Decode(&file)
	if limited.N == 0 {
		return nil, fmt.Errorf("read baseline: more than %d MiB", maxBaseline>>20)
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("read baseline: it ends too early")
	case err != nil:
		return nil, fmt.Errorf("read baseline: %w", err)
	case file.Baseline == nil || file.Findings == nil:
		return nil, errors.New("read baseline: want an object with baseline and findings")
	case *file.Baseline != baselineVersion:
		return nil, fmt.Errorf("read baseline: version %d, want %d", *file.Baseline, baselineVersion)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read baseline: text behind the end")
	}
	for i, e := range *file.Findings {
		if raw, err := hex.DecodeString(e.Fingerprint); err != nil || len(raw) != fingerprintSize {
			return nil, fmt.Errorf("read baseline: finding %d: fingerprint %q is none", i+1, clipString(e.Fingerprint, 80))
		}
	}
	return newBaseline(*file.Findings), nil
}

// marshal is json.Marshal that leaves <, > and & readable.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
