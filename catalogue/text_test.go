package catalogue_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

// TestTextFiles checks that entries and text files are paired one to one.
func TestTextFiles(t *testing.T) {
	files, err := os.ReadDir("text")
	if err != nil {
		t.Fatal(err)
	}
	orphans := map[string]bool{}
	for _, f := range files {
		orphans[f.Name()] = true
	}
	for _, w := range catalogue.All {
		name := w.ID + ".md"
		if !orphans[name] {
			t.Errorf("text/%s is missing", name)
		}
		delete(orphans, name)
	}
	for name := range orphans {
		t.Errorf("text/%s belongs to no entry", name)
	}
}

func TestTextOfAForeignWeaknessIsEmpty(t *testing.T) {
	w := &catalogue.Weakness{ID: "WS000"}
	if got := w.Text(); got.WhatGoesWrong != "" || got.Examples != nil {
		t.Errorf("got %+v, want the zero Text", got)
	}
}

func TestTexts(t *testing.T) {
	probe := regexp.MustCompile("(?m)^```sh\nwswarden probe wss?://\\S+ ")
	paragraphs := map[string]string{} // to find what was copied from entry to entry
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			text := w.Text()
			for name, s := range map[string]string{
				"What goes wrong": text.WhatGoesWrong, "The attack": text.Attack, "How to spot it": text.Spot,
				"Contain it with guard": text.Guard, "Prove it with probe": text.Probe,
			} {
				if len(s) < 120 {
					t.Errorf("section %q: got %d bytes, want a paragraph", name, len(s))
				}
			}
			if len(text.Examples) == 0 || len(text.Questions) == 0 || len(text.References) < 2 {
				t.Errorf("got %d examples, %d questions, %d references, want 1, 1, 2 at least",
					len(text.Examples), len(text.Questions), len(text.References))
			}
			for _, q := range text.Questions {
				if !strings.HasSuffix(q.Question, "?") {
					t.Errorf("question %q does not end in a question mark", q.Question)
				}
			}
			if got := strings.Contains(text.Guard, "```yaml\n"); got != w.Guard {
				t.Errorf("guard section has a setting: %t, but the entry says %t", got, w.Guard)
			}
			if got := probe.MatchString(text.Probe); got != w.Probe {
				t.Errorf("probe section has a command: %t, but the entry says %t", got, w.Probe)
			}
			for _, p := range strings.Split(prose(text), "\n\n") {
				if other := paragraphs[p]; other != "" && len(p) > 80 {
					t.Errorf("paragraph also stands in %s: %q", other, p)
				}
				paragraphs[p] = w.ID
			}
		})
	}
}

// prose is the Markdown of a text without its fenced blocks.
func prose(t catalogue.Text) string {
	parts := []string{t.WhatGoesWrong, t.Attack, t.Spot, t.Guard, t.Probe}
	for _, e := range t.Examples {
		parts = append(parts, e.Note)
	}
	for _, q := range t.Questions {
		parts = append(parts, q.Answer)
	}
	return regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(strings.Join(parts, "\n\n"), "")
}

func TestProse(t *testing.T) {
	id := regexp.MustCompile(`\bWS\d{3}\b`)
	code := regexp.MustCompile("``[^`]+`[^`]*``|`` .*? ``|`[^`]+`")
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			s := prose(w.Text())
			for _, ref := range id.FindAllString(s, -1) {
				if _, ok := catalogue.Lookup(ref); !ok {
					t.Errorf("names %s, which is no entry", ref)
				}
				if ref == w.ID {
					t.Errorf("names itself: say \"this entry\"")
				}
			}
			for i, p := range strings.Split(s, "\n\n") {
				if strings.Count(p, "`")%2 != 0 {
					t.Errorf("paragraph %d: odd number of backticks: %q", i+1, p)
				}
				if strings.Contains(code.ReplaceAllString(p, ""), "!") {
					t.Errorf("paragraph %d: exclamation mark: %q", i+1, p)
				}
			}
		})
	}
}

// guideQuestions are the closing questions of sections 1 to 7 of the guide.
var guideQuestions = []string{
	"What makes WebSocket security fundamentally different from traditional HTTP security?",
	"In the trading platform above, which vulnerability has the highest business impact?",
	"Why does the Sec-WebSocket-Key header NOT provide security against cross-site attacks?",
	"An application validates the WebSocket Origin header using: origin.includes('myapp.com'). Which origin would bypass this check?",
	"A WebSocket chat application broadcasts user messages to all connected clients using: clients.forEach(c => c.send(msg)). The client renders them with innerHTML. Where should sanitization happen?",
	"A user changes their password on a banking app. What happens to their existing WebSocket connections if the server only authenticates at handshake time?",
	"Which of these is the MOST important single defense for a WebSocket endpoint?",
}

func TestQuestions(t *testing.T) {
	where := map[string][]string{}
	for _, w := range catalogue.All {
		for _, q := range w.Text().Questions {
			where[q.Question] = append(where[q.Question], w.ID)
		}
	}
	for q, ids := range where {
		if len(ids) != 1 {
			t.Errorf("%q is asked in %v, want one entry", q, ids)
		}
	}
	for i, q := range guideQuestions {
		if len(where[q]) != 1 {
			t.Errorf("question of guide section %d is answered in %v, want one entry: %q", i+1, where[q], q)
		}
	}
}

func TestReferences(t *testing.T) {
	cve := regexp.MustCompile(`^CVE-\d{4}-\d{4,7}$`)
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			refs := w.Text().References
			if want := "https://cwe.mitre.org/data/definitions/" + strconv.Itoa(w.CWE[0]) + ".html"; refs[0].URL != want {
				t.Errorf("first reference: got %s, want %s", refs[0].URL, want)
			}
			seen := map[string]bool{}
			for _, r := range refs {
				if seen[r.URL] {
					t.Errorf("%s stands there twice", r.URL)
				}
				seen[r.URL] = true
				if strings.HasSuffix(r.Note, ".") {
					t.Errorf("%s: note ends in a full stop", r.Title)
				}
				if !strings.HasPrefix(r.Title, "CVE-") {
					continue
				}
				if want := "https://nvd.nist.gov/vuln/detail/" + r.Title; !cve.MatchString(r.Title) || r.URL != want {
					t.Errorf("got %s at %s, want %s", r.Title, r.URL, want)
				}
				if r.Note == "" {
					t.Errorf("%s: want the product in the note", r.Title)
				}
			}
		})
	}
}

// TestCommandsNameRealTools keeps the commands in the prose to those that
// exist, so that a reader can paste them.
func TestCommandsNameRealTools(t *testing.T) {
	flags := []string{"--origin", "--config", "--identity", "--ticket-url", "--with", "--budget"}
	flag := regexp.MustCompile(`--[a-z-]+`)
	with := regexp.MustCompile(`--with (\S+)`)
	for _, w := range catalogue.All {
		for _, l := range strings.Split(w.Text().Probe, "\n") {
			if !strings.HasPrefix(l, "wswarden probe ") {
				continue
			}
			for _, f := range flag.FindAllString(l, -1) {
				if !slices.Contains(flags, f) {
					t.Errorf("%s: unknown flag %s in %q", w.ID, f, l)
				}
			}
			if m := with.FindStringSubmatch(l); m != nil && !slices.Contains([]string{"load", "memory", "state"}, m[1]) {
				t.Errorf("%s: unknown check %s in %q", w.ID, m[1], l)
			}
		}
	}
}
