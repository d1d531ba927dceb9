// Package tool runs the review command on trees and reads what it prints. It
// knows the contract of the JSON and nothing of how findings come about; it
// imports none of the code that it measures.
package tool

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
)

// A Severity says how grave a finding is. Greater is graver.
type Severity int

// A Confidence says how sure a finding is. Greater is surer.
type Confidence int

// The severities and confidences.
const (
	LowSeverity Severity = iota + 1
	MediumSeverity
	HighSeverity
	CriticalSeverity
)

// The confidences. Review shows those of MediumConfidence and more unless it
// is told otherwise.
const (
	LowConfidence Confidence = iota + 1
	MediumConfidence
	HighConfidence
)

var (
	severities  = []string{"none", "low", "medium", "high", "critical"}
	confidences = []string{"none", "low", "medium", "high"}
)

// ParseSeverity reads the name of a severity; "none" is below all.
func ParseSeverity(name string) (Severity, error) {
	n, err := rank(severities, "severity", name)
	return Severity(n), err
}

func (s Severity) String() string   { return severities[s] }
func (c Confidence) String() string { return confidences[c] }

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText writes the name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the name.
func (s *Severity) UnmarshalText(text []byte) error {
	n, err := rank(severities, "severity", string(text))
	*s = Severity(n)
	return err
}

// UnmarshalText reads the name.
func (c *Confidence) UnmarshalText(text []byte) error {
	n, err := rank(confidences, "confidence", string(text))
	*c = Confidence(n)
	return err
}

func rank(names []string, what, name string) (int, error) {
	if n := slices.Index(names, name); n >= 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%s %q is not known", what, name)
}

// A Report is what a run of review printed, as far as it is measured.
type Report struct {
	Tool      string     `json:"tool"`
	Version   string     `json:"version"`
	Findings  []Finding  `json:"findings"`
	Endpoints []Endpoint `json:"endpoints"`
	Stats     Stats      `json:"stats"`
}

// A Finding is one weakness at one place of the tree.
type Finding struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Severity    Severity   `json:"severity"`
	Confidence  Confidence `json:"confidence"`
	Path        string     `json:"path"` // relative to the tree
	Line        int        `json:"line"`
	Message     string     `json:"message"`
	Endpoint    string     `json:"endpoint"` // the ID of an Endpoint, or empty
	Fingerprint string     `json:"fingerprint"`
}

// Shown tells whether review prints the finding unless it is told otherwise.
func (f Finding) Shown() bool { return f.Confidence >= MediumConfidence }

// Grave tells whether the finding is shown and counts where too many findings
// are a fault.
func (f Finding) Grave() bool { return f.Shown() && f.Severity >= MediumSeverity }

// An Endpoint is where the program accepts or opens connections.
type Endpoint struct {
	ID        string `json:"id"`
	Path      string `json:"path"` // relative to the tree
	Line      int    `json:"line"`
	Framework string `json:"framework"`
	Role      string `json:"role"`
}

// Stats are what review says of its own run.
type Stats struct {
	FilesWalked  int64   `json:"files_walked"`
	FilesParsed  int64   `json:"files_parsed"`
	BytesWalked  int64   `json:"bytes_walked"`
	BytesParsed  int64   `json:"bytes_parsed"`
	Lines        int64   `json:"lines"`
	Seconds      float64 `json:"seconds"`
	PeakRSSBytes int64   `json:"peak_rss_bytes"`
}

// Decode reads what review printed. It refuses what breaks the contract.
func Decode(text []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("read the report of review: %w", err)
	}
	if r.Tool == "" {
		return nil, fmt.Errorf("read the report of review: it has no tool")
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.ID == "" || f.Path == "" || f.Line < 1 || f.Severity < LowSeverity || f.Confidence < LowConfidence {
			return nil, fmt.Errorf("read the report of review: finding %d (%q at %q) lacks its id, place, severity or confidence", i, f.ID, f.Path)
		}
		f.Path = path.Clean(f.Path)
	}
	for i := range r.Endpoints {
		r.Endpoints[i].Path = path.Clean(r.Endpoints[i].Path)
	}
	return &r, nil
}

// Endpoint gives the endpoint of that ID.
func (r *Report) Endpoint(id string) (Endpoint, bool) {
	i := slices.IndexFunc(r.Endpoints, func(e Endpoint) bool { return e.ID == id })
	if id == "" || i < 0 {
		return Endpoint{}, false
	}
	return r.Endpoints[i], true
}
