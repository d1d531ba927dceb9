package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func sarifOf(t *testing.T, r *report.Report, source report.Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.SARIF(&b, r, source); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The parts of a log that the tests look at.
type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID, Name      string
					Help          struct{ Text, Markdown string }
					Relationships []struct {
						Target struct {
							ID    string
							Index int
						}
					}
					Properties struct {
						SecuritySeverity string `json:"security-severity"`
					}
				}
			}
		}
		Taxonomies []struct{ Taxa []struct{ ID string } }
		ColumnKind string
		Results    []sarifResult
	}
}

type sarifResult struct {
	RuleID           string
	RuleIndex        int
	Level            string
	Message          struct{ Text string }
	Locations        []sarifLocation
	RelatedLocations []sarifLocation
	CodeFlows        []struct {
		ThreadFlows []struct {
			Locations []struct{ Location sarifLocation }
		}
	}
	PartialFingerprints map[string]string
}

type sarifLocation struct {
	ID               int
	Message          struct{ Text string }
	PhysicalLocation struct {
		ArtifactLocation struct{ URI, URIBaseID string }
		Region           struct {
			StartLine, StartColumn, EndLine, EndColumn int
			Snippet                                    struct{ Text string }
		}
	}
}

func parseSARIF(t *testing.T, data []byte) sarifLog {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs, want 1", len(log.Runs))
	}
	return log
}

// hostile is a report whose every text comes from an attacker.
func hostile() *report.Report {
	const evil = "{0} [click](https://evil.example) <script>alert(1)</script> \x1b[2J \u202e \xff"
	step := report.Step{Span: report.Span{Path: "a b/ü%#?.js", Line: 1, Column: 2, EndLine: 1, EndColumn: 3}, Message: evil}
	r := &report.Report{
		Version: evil,
		Findings: []report.Finding{
			{Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.LowConfidence, Span: step.Span, Message: evil, Fix: evil, Endpoint: evil,
				Trace: []report.Step{step, {Message: evil}}, Related: []report.Step{step}},
			{Weakness: catalogue.MalformedFrame, Severity: catalogue.Medium, Confidence: report.HighConfidence, URL: "wss://app.example.com/ws", Message: evil},
			{Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.LowConfidence, Span: report.Span{Path: "/abs/a b.js", Line: 3}, Message: "m"},
			{Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.LowConfidence, Span: report.Span{Path: "C:/x/a.js"}, Message: "m"},
		},
		Notes: []report.Note{{Span: step.Span, Message: evil}, {Message: evil}, {Span: report.Span{Path: "x"}, Message: evil}},
	}
	report.Finish(r)
	return r
}

func TestSARIFFollowsTheSchema(t *testing.T) {
	file, err := os.Open("testdata/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(data []byte) error {
		log, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return schema.Validate(log)
	}
	for name, r := range map[string]*report.Report{"sample": sample(t), "empty": {}, "hostile": hostile(), "probe": probed()} {
		for _, source := range []report.Source{sampleSource, nil} {
			data := sarifOf(t, r, source)
			if err := valid(data); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := valid([]byte(`{"version": "2.1.0", "runs": [{"tool": {}}]}`)); err == nil {
		t.Error("the schema accepts a run without a driver")
	}
}

// The golden file has no rules: they are the catalogue's, and long.
func TestSARIFGolden(t *testing.T) {
	var log map[string]any
	if err := json.Unmarshal(sarifOf(t, sample(t), sampleSource), &log); err != nil {
		t.Fatal(err)
	}
	run := log["runs"].([]any)[0].(map[string]any)
	delete(run["tool"].(map[string]any)["driver"].(map[string]any), "rules")
	delete(run, "taxonomies")
	out, err := json.MarshalIndent(log, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "sample.sarif", append(out, '\n'))
}

func TestSARIFReferences(t *testing.T) {
	r := sample(t)
	run := parseSARIF(t, sarifOf(t, r, sampleSource)).Runs[0]
	if len(run.Results) != len(r.Findings) {
		t.Fatalf("%d results, want %d", len(run.Results), len(r.Findings))
	}
	rules := run.Tool.Driver.Rules
	for i, got := range run.Results {
		want := r.Findings[i]
		if got.RuleID != want.Weakness.ID || rules[got.RuleIndex].ID != want.Weakness.ID {
			t.Errorf("result %d: rule %s, at its index %s, want %s", i, got.RuleID, rules[got.RuleIndex].ID, want.Weakness.ID)
		}
		if !slices.Contains([]string{want.Fingerprint}, got.PartialFingerprints["wswarden/v1"]) {
			t.Errorf("result %d: fingerprints %v, want %s", i, got.PartialFingerprints, want.Fingerprint)
		}
		for j, loc := range got.RelatedLocations {
			if link := "](" + string(rune('0'+loc.ID)) + ")"; loc.ID != j+1 || !strings.Contains(got.Message.Text, link) {
				t.Errorf("result %d: message %q has no link to its related location %d", i, got.Message.Text, loc.ID)
			}
		}
		if steps := len(want.Trace); steps > 0 {
			if len(got.CodeFlows) != 1 || len(got.CodeFlows[0].ThreadFlows[0].Locations) != steps {
				t.Errorf("result %d: no code flow of %d steps", i, steps)
			}
		}
	}
	for _, rule := range rules {
		w, ok := catalogue.Lookup(rule.ID)
		if !ok || !w.Review || rule.Name != w.Slug || rule.Help.Text == "" || rule.Properties.SecuritySeverity == "" {
			t.Errorf("rule %+v is not complete", rule.ID)
		}
		if !strings.Contains(rule.Help.Markdown, "```") || !strings.Contains(rule.Help.Markdown, "https://cwe.mitre.org/") {
			t.Errorf("rule %s: the help has no example or no reference", rule.ID)
		}
		if len(rule.Relationships) != len(w.CWE) {
			t.Errorf("rule %s: %d classes, want %d", rule.ID, len(rule.Relationships), len(w.CWE))
		}
		for _, rel := range rule.Relationships {
			if at := run.Taxonomies[0].Taxa[rel.Target.Index].ID; at != rel.Target.ID {
				t.Errorf("rule %s: class %s, at its index %s", rule.ID, rel.Target.ID, at)
			}
		}
	}
}

// Our columns are bytes; those of SARIF are UTF-16 code units.
func TestSARIFColumns(t *testing.T) {
	const line = "/* ü 名 🙂 */ foo(bar) // end\n" // foo is at character 13, UTF-16 unit 14
	start := strings.Index(line, "foo") + 1
	r := &report.Report{Findings: []report.Finding{
		{Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.HighConfidence, Message: "m",
			Span: report.Span{Path: "a.js", Line: 2, Column: start, EndLine: 2, EndColumn: start + len("foo(bar)")}},
	}}
	source := func(string) ([]byte, error) { return []byte("\n" + line), nil }
	run := parseSARIF(t, sarifOf(t, r, source)).Runs[0]
	region := run.Results[0].Locations[0].PhysicalLocation.Region
	if run.ColumnKind != "utf16CodeUnits" || region.StartLine != 2 || region.StartColumn != 14 || region.EndLine != 2 || region.EndColumn != 22 {
		t.Errorf("columns in %s: got %+v, want 2:14 to 2:22", run.ColumnKind, region)
	}
	if region.Snippet.Text != "foo(bar)" {
		t.Errorf("snippet: got %q", region.Snippet.Text)
	}
	region = parseSARIF(t, sarifOf(t, r, nil)).Runs[0].Results[0].Locations[0].PhysicalLocation.Region
	if region.StartLine != 2 || region.StartColumn != 0 {
		t.Errorf("without source: got %+v, want the line alone", region)
	}
}

// Text of the source must not become links or placeholders in a viewer.
func TestSARIFEscapes(t *testing.T) {
	results := parseSARIF(t, sarifOf(t, hostile(), sampleSource)).Runs[0].Results
	uris := map[string]string{}
	for _, result := range results {
		texts := []string{result.Message.Text}
		for _, f := range result.CodeFlows {
			for _, l := range f.ThreadFlows[0].Locations {
				texts = append(texts, l.Location.Message.Text)
			}
		}
		for _, text := range texts {
			if strings.Contains(text, "[click](") || strings.Contains(strings.ReplaceAll(text, "{{", ""), "{") || strings.ContainsAny(text, "\x1b\u202e") {
				t.Errorf("message %q", text)
			}
		}
		loc := result.Locations[0].PhysicalLocation.ArtifactLocation
		uris[loc.URI] = loc.URIBaseID
	}
	want := map[string]string{"a%20b/%C3%BC%25%23%3F.js": "%SRCROOT%", "file:///abs/a%20b.js": "", "file:///C:/x/a.js": "", "wss://app.example.com/ws": ""}
	for uri, base := range want {
		if got, ok := uris[uri]; !ok || got != base {
			t.Errorf("no location %s with base %q in %v", uri, base, uris)
		}
	}
}
