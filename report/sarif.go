package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	sarifSchema  = "https://json.schemastore.org/sarif-2.1.0.json"
	sarifVersion = "2.1.0"
	// sourceRoot is the base of relative paths. GitHub and others take it for
	// the root of the repository; it has no address in our reports, which must
	// not tell where on a machine they were made.
	sourceRoot = "%SRCROOT%"
	// fingerprintKey carries a version: another way to make fingerprints gets
	// another key, so that consumers don't compare one with the other.
	// primaryLocationLineHash, which GitHub's upload adds, is left to it.
	fingerprintKey = "wswarden/v1"
)

// securitySeverity is what GitHub sorts alerts by, a number as in CVSS. It is
// indexed by catalogue.Severity.
var securitySeverity = [...]string{catalogue.Low: "2.5", catalogue.Medium: "5.5", catalogue.High: "8.0", catalogue.Critical: "9.5"}

// SARIF writes r as a log of SARIF 2.1.0 with one run. The source is needed to
// count columns as SARIF does; where it can't be had, regions are whole lines.
//
// Findings that were suppressed or are in a baseline are not in r, nor in the
// log: consumers differ in what they make of suppressed results, and GitHub
// opens alerts for them.
func SARIF(w io.Writer, r *Report, source Source) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(newSARIFLog(r, source))
}

func newSARIFLog(r *Report, source Source) sarifLog {
	weaknesses := soughtWeaknesses(r)
	cwes := sarifCWEs(weaknesses)
	s := &sarifWriter{sources: newSources(source), ruleIndex: map[*catalogue.Weakness]int{}}
	for i, w := range weaknesses {
		s.ruleIndex[w] = i
	}
	return sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{{
		Tool: sarifTool{sarifDriver{
			Name:                toolName,
			Version:             r.Version,
			SupportedTaxonomies: []sarifComponentRef{cweComponent},
			Rules:               each(weaknesses, func(w *catalogue.Weakness) sarifRule { return newSARIFRule(w, cwes) }),
		}},
		Invocations: []sarifInvocation{{
			ExecutionSuccessful:        true,
			ToolExecutionNotifications: append(each(r.Notes, s.notification), notJudged(r)...),
		}},
		OriginalURIBaseIDs: map[string]sarifArtifact{sourceRoot: {Description: &sarifText{Text: "The directory in which wswarden was run."}}},
		ColumnKind:         "utf16CodeUnits",
		Taxonomies:         []sarifTaxonomy{newCWETaxonomy(cwes)},
		Results:            each(r.Findings, s.result),
	}}}
}

// notJudged tells what a run of probe could not judge, so that nobody takes the
// absence of a result for a proof.
func notJudged(r *Report) []sarifNotification {
	var out []sarifNotification
	for _, j := range r.Judgements {
		if j.Verdict == NotJudged && j.Weakness != nil {
			out = append(out, sarifNotification{Level: "note", Message: sarifText{Text: sarifEscape(fmt.Sprintf("%s is not judged by check %s: %s", j.Weakness.ID, j.Check, j.Message))}})
		}
	}
	return out
}

// sarifWriter turns findings and their places into SARIF.
type sarifWriter struct {
	sources   *sources
	ruleIndex map[*catalogue.Weakness]int
}

func (s *sarifWriter) result(f Finding) sarifResult {
	out := sarifResult{
		RuleID:    f.Weakness.ID,
		RuleIndex: s.ruleIndex[f.Weakness],
		Level:     sarifLevel(f.Severity),
		// GitHub shows the message alone, and related locations only through
		// links in it.
		Message:             sarifText{Text: sarifMessage(f)},
		Locations:           []sarifLocation{s.primary(f)},
		PartialFingerprints: map[string]string{fingerprintKey: f.Fingerprint},
		Suppressions:        []struct{}{}, // empty says: not suppressed; absent would say: not known
		Properties: sarifResultProperties{
			Severity: f.Severity.String(), SecuritySeverity: securitySeverity[f.Severity],
			Confidence: f.Confidence.String(), Endpoint: f.Endpoint, Fix: f.Fix,
		},
	}
	if f.Evidence != nil {
		out.Properties.Check, out.Properties.Request, out.Properties.Response = f.Check, f.Evidence.Request, f.Evidence.Response
	}
	for i, x := range f.Related {
		loc := s.location(x.Span, x.Message)
		loc.ID = i + 1
		out.RelatedLocations = append(out.RelatedLocations, loc)
	}
	if len(f.Trace) > 0 {
		flow := sarifThreadFlow{Locations: each(f.Trace, func(x Step) sarifThreadFlowLocation {
			return sarifThreadFlowLocation{s.location(x.Span, x.Message)}
		})}
		out.CodeFlows = []sarifCodeFlow{{[]sarifThreadFlow{flow}}}
	}
	return out
}

// primary is the place of the finding itself: in a file, or at an address.
func (s *sarifWriter) primary(f Finding) sarifLocation {
	if f.URL != "" {
		return sarifLocation{PhysicalLocation: &sarifPhysical{ArtifactLocation: sarifArtifact{URI: f.URL}}}
	}
	loc := s.location(f.Span, "")
	if region := loc.PhysicalLocation.Region; region != nil {
		region.Snippet = s.snippet(f.Span)
	}
	return loc
}

func (s *sarifWriter) location(span Span, message string) sarifLocation {
	out := sarifLocation{PhysicalLocation: &sarifPhysical{ArtifactLocation: sarifFile(span.Path), Region: s.region(span)}}
	if message != "" {
		out.Message = &sarifText{Text: sarifEscape(message)}
	}
	return out
}

func (s *sarifWriter) notification(n Note) sarifNotification {
	out := sarifNotification{Level: "note", Message: sarifText{Text: sarifEscape(n.Message)}}
	if n.Path != "" {
		out.Locations = []sarifLocation{s.location(n.Span, "")}
	}
	return out
}

// region counts columns in units of UTF-16, as the editors that show them do.
func (s *sarifWriter) region(span Span) *sarifRegion {
	if span.Line < 1 {
		return nil
	}
	out := &sarifRegion{StartLine: span.Line}
	file := s.sources.file(span.Path)
	first, ok := file.line(span.Line)
	if !ok || span.Column < 1 {
		return out
	}
	out.StartColumn = utf16Column(first, span.Column)
	if last, ok := file.line(span.EndLine); ok && span.EndColumn > 0 && span.EndLine >= span.Line {
		out.EndLine, out.EndColumn = span.EndLine, utf16Column(last, span.EndColumn)
	}
	return out
}

// utf16Column turns a column in bytes into one in UTF-16 code units. Both count
// from 1.
func utf16Column(line string, column int) int {
	units := 1
	for _, r := range line[:min(column-1, len(line))] {
		units++
		if r > 0xffff {
			units++ // a surrogate pair
		}
	}
	return units
}

// snippet is the source at a span, for viewers that don't have it. What is
// longer than a few lines is no snippet.
func (s *sarifWriter) snippet(span Span) *sarifText {
	const maxLines, maxBytes = 4, 400
	last := max(span.EndLine, span.Line)
	if last-span.Line >= maxLines {
		return nil
	}
	file := s.sources.file(span.Path)
	var text strings.Builder
	for n := span.Line; n <= last; n++ {
		line, ok := file.line(n)
		if !ok {
			return nil
		}
		from, to, _ := markedBytes(line, n, span)
		text.WriteString(line[from:to])
		if n < last {
			text.WriteByte('\n')
		}
	}
	if text.Len() == 0 || text.Len() > maxBytes || !utf8.ValidString(text.String()) {
		return nil
	}
	return &sarifText{Text: text.String()}
}

// sarifFile is a relative path below the root of the source, or the address of
// an absolute one.
func sarifFile(p string) sarifArtifact {
	if path.IsAbs(p) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: p}).String()}
	}
	if len(p) >= 3 && p[1] == ':' && p[2] == '/' { // a drive of Windows
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: "/" + p}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: p}).EscapedPath(), URIBaseID: sourceRoot}
}

// sarifLevel is the level that decides whether a check of CI fails.
func sarifLevel(s catalogue.Severity) string {
	switch {
	case s >= catalogue.High:
		return "error"
	case s == catalogue.Medium:
		return "warning"
	}
	return "note"
}

// sarifMessage is the message, the fix and links to the related places. It is
// one paragraph: some viewers drop line breaks, some keep them.
func sarifMessage(f Finding) string {
	out := sarifEscape(f.Message)
	if f.Fix != "" {
		out += " Fix: " + sarifEscape(f.Fix)
	}
	for i, x := range f.Related {
		out += fmt.Sprintf(" See [%s](%d).", strings.NewReplacer("[", `\[`, "]", `\]`).Replace(sarifEscape(x.Message)), i+1)
	}
	return out
}

// sarifEscape makes plain text a SARIF message: braces are doubled (3.11.5), and
// nothing that came from the source is taken for a link (3.11.6).
func sarifEscape(s string) string {
	s = strings.NewReplacer("{", "{{", "}", "}}").Replace(printable(s))
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	}
	return s
}
