package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"

	"github.com/wswarden/wswarden/catalogue"
)

// JSON writes r for programs. docs/review.md describes the keys, which are a
// promise: they are added, never renamed or removed, and lists are never null.
func JSON(w io.Writer, r *Report) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(newJSONReport(r))
}

type (
	jsonReport struct {
		Tool      string         `json:"tool"`
		Version   string         `json:"version"`
		Findings  []jsonFinding  `json:"findings"`
		Endpoints []jsonEndpoint `json:"endpoints"`
		Stats     jsonStats      `json:"stats"`
		Notes     []jsonNote     `json:"notes"`
		*jsonRun                 // of probe
	}
	jsonRun struct {
		URL    string          `json:"url"`
		Checks []jsonJudgement `json:"checks"`
		// Promises are those of a configuration; empty without one.
		Promises []jsonPromise `json:"promises"`
	}
	jsonPromise struct {
		Route    string         `json:"route"`
		Type     string         `json:"type"` // of messages; empty where it is about the connection
		Promise  string         `json:"promise"`
		Verdict  PromiseVerdict `json:"verdict"` // held, broken, not judged
		Reason   string         `json:"reason"`
		Weakness *string        `json:"weakness"` // what a broken one opens
	}
	jsonJudgement struct {
		Check    string  `json:"check"`
		Weakness *string `json:"weakness"` // null for a check that only describes
		Verdict  Verdict `json:"verdict"`  // passed, weak, not judged
		Message  string  `json:"message"`
	}
	jsonFinding struct {
		ID          string             `json:"id"`
		Slug        string             `json:"slug"`
		Title       string             `json:"title"`
		Severity    catalogue.Severity `json:"severity"`
		Confidence  Confidence         `json:"confidence"`
		CWE         []int              `json:"cwe"`
		*jsonSpan                      // of review
		*jsonTarget                    // of probe
		Message     string             `json:"message"`
		Fix         string             `json:"fix"`
		Endpoint    *string            `json:"endpoint"`
		Trace       []jsonStep         `json:"trace"`
		Fingerprint string             `json:"fingerprint"`
	}
	jsonSpan struct {
		Path      string `json:"path"`
		Line      int    `json:"line"`
		Column    int    `json:"column"`
		EndLine   int    `json:"end_line"`
		EndColumn int    `json:"end_column"`
	}
	jsonTarget struct {
		URL      string        `json:"url"`
		Check    string        `json:"check"`
		Evidence *jsonEvidence `json:"evidence"`
	}
	jsonEvidence struct {
		Request  string `json:"request"`
		Response string `json:"response"`
	}
	jsonStep struct {
		Path    string `json:"path"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
	jsonEndpoint struct {
		ID string `json:"id"`
		jsonSpan
		Framework string        `json:"framework"`
		Role      Role          `json:"role"`
		Route     string        `json:"route,omitempty"`
		Defences  jsonDefences  `json:"defences"`
		Messages  []jsonMessage `json:"messages"`
	}
	jsonDefence struct {
		State State  `json:"state"`
		Value string `json:"value,omitempty"`
		Path  string `json:"path,omitempty"`
		Line  int    `json:"line,omitempty"`
	}
	jsonMessage struct {
		Name      string      `json:"name"`
		Direction Direction   `json:"direction"`
		Path      string      `json:"path,omitempty"`
		Line      int         `json:"line,omitempty"`
		Fields    []jsonField `json:"fields"`
		Flows     []jsonFlow  `json:"flows"`
	}
	jsonField struct {
		Name      string `json:"name"`
		Type      string `json:"type,omitempty"`
		Validated bool   `json:"validated"`
	}
	jsonFlow struct {
		Field    string `json:"field"`
		Kind     string `json:"kind"`
		Path     string `json:"path,omitempty"`
		Line     int    `json:"line,omitempty"`
		Weakness string `json:"weakness,omitempty"`
	}
	jsonStats struct {
		FilesWalked  int     `json:"files_walked"`
		FilesParsed  int     `json:"files_parsed"`
		BytesWalked  int64   `json:"bytes_walked"`
		BytesParsed  int64   `json:"bytes_parsed"`
		Lines        int     `json:"lines"`
		Seconds      float64 `json:"seconds"`
		PeakRSSBytes int64   `json:"peak_rss_bytes"`
		Connections  int     `json:"connections,omitempty"`
		Messages     int     `json:"messages,omitempty"`
	}
	jsonNote struct {
		Path    string `json:"path,omitempty"`
		Line    int    `json:"line,omitempty"`
		Message string `json:"message"`
	}
)

// jsonDefences is an object with a key for every defence, in their order.
type jsonDefences []Defence

// MarshalJSON implements json.Marshaler.
func (d jsonDefences) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for i, x := range d {
		value, err := marshal(jsonDefence{State: x.State, Value: x.Value, Path: x.Path, Line: x.Line})
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + string(x.Name) + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func newJSONReport(r *Report) jsonReport {
	return jsonReport{
		Tool:      toolName,
		Version:   r.Version,
		Findings:  each(r.Findings, newJSONFinding),
		Endpoints: each(r.Endpoints, newJSONEndpoint),
		Stats: jsonStats{
			FilesWalked: r.Stats.FilesWalked, FilesParsed: r.Stats.FilesParsed,
			BytesWalked: r.Stats.BytesWalked, BytesParsed: r.Stats.BytesParsed,
			Lines: r.Stats.Lines, PeakRSSBytes: r.Stats.PeakRSSBytes,
			Connections: r.Stats.Connections, Messages: r.Stats.Messages,
			Seconds: math.Round(r.Stats.Elapsed.Seconds()*1000) / 1000,
		},
		Notes:   each(r.Notes, func(n Note) jsonNote { return jsonNote{Path: n.Path, Line: n.Line, Message: n.Message} }),
		jsonRun: newJSONRun(r),
	}
}

// newJSONRun is what only reports of probe have.
func newJSONRun(r *Report) *jsonRun {
	if r.Target == "" {
		return nil
	}
	return &jsonRun{URL: r.Target, Checks: each(r.Judgements, func(j Judgement) jsonJudgement {
		out := jsonJudgement{Check: j.Check, Verdict: j.Verdict, Message: j.Message}
		if j.Weakness != nil {
			out.Weakness = &j.Weakness.ID
		}
		return out
	}), Promises: each(r.Promises, newJSONPromise)}
}

func newJSONPromise(p Promise) jsonPromise {
	out := jsonPromise{Route: p.Route, Type: p.Message, Promise: p.Text, Verdict: p.Verdict, Reason: p.Why}
	if p.Weakness != nil {
		out.Weakness = &p.Weakness.ID
	}
	return out
}

func newJSONFinding(f Finding) jsonFinding {
	out := jsonFinding{
		ID: f.Weakness.ID, Slug: f.Weakness.Slug, Title: f.Weakness.Title,
		Severity: f.Severity, Confidence: f.Confidence, CWE: f.Weakness.CWE,
		Message: f.Message, Fix: f.Fix, Fingerprint: f.Fingerprint,
		Trace: each(f.Trace, func(s Step) jsonStep { return jsonStep{s.Path, s.Line, s.Column, s.Message} }),
	}
	if f.Endpoint != "" {
		out.Endpoint = &f.Endpoint
	}
	if f.URL == "" {
		span := jsonSpan(f.Span)
		out.jsonSpan = &span
		return out
	}
	out.jsonTarget = &jsonTarget{URL: f.URL, Check: f.Check}
	if f.Evidence != nil {
		evidence := jsonEvidence(*f.Evidence)
		out.Evidence = &evidence
	}
	return out
}

func newJSONEndpoint(e Endpoint) jsonEndpoint {
	return jsonEndpoint{
		ID: e.ID, jsonSpan: jsonSpan(e.Span), Framework: e.Framework, Role: e.Role, Route: e.Route,
		Defences: each(DefenceNames, e.defence),
		Messages: each(e.Messages, func(m MessageType) jsonMessage {
			return jsonMessage{
				Name: m.Name, Direction: m.Direction, Path: m.Path, Line: m.Line,
				Fields: each(m.Fields, func(f MessageField) jsonField { return jsonField(f) }),
				Flows: each(m.Flows, func(f MessageFlow) jsonFlow {
					return jsonFlow{Field: f.Field, Kind: f.Kind, Path: f.Path, Line: f.Line, Weakness: f.Weakness}
				}),
			}
		}),
	}
}

// each maps a slice. The result is never nil: an empty list is [] in JSON.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}
