package board_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/corpus/board"
	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
	"github.com/wswarden/wswarden/corpus/tool"
)

func sighting(id string, line int) score.Sighting {
	return score.Sighting{Finding: tool.Finding{
		ID: id, Title: "any | origin", Path: "a.go", Line: line, Severity: tool.HighSeverity, Confidence: tool.MediumConfidence,
	}}
}

func run() *board.Run {
	row := fact.Weakness{
		Name: "go-x", Language: "go", Class: "origin-missing", IDs: []string{"WS101"}, Tier: fact.TierA,
		Place: fact.Place{Path: "a.go", Spans: []fact.Span{{First: 5, Last: 7}}}, Note: "allow <all>",
	}
	missed, failed := row, row
	missed.Name, failed.Name = "go-missed", "go-failed"
	by, still := sighting("WS101", 6), sighting("WS101", 8)
	return &board.Run{
		Command: "go run ./corpus -write", Date: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC),
		Version: "1.2", Binary: "abc", Trees: 3, Seconds: 7,
		Board: &score.Board{
			Weaknesses: []score.WeaknessResult{
				{Row: row, State: score.Found, By: &by, Fixed: score.Hit, FixedBy: &still},
				{Row: missed, State: score.Missed, Nearby: []score.Sighting{sighting("WS701", 5)}, Fixed: score.Clean},
				{Row: failed, State: score.Failed, Problem: "review: exit status 2"},
			},
			Negatives: []score.NegativeResult{{
				Row: fact.Negative{Name: "neg-x", Place: row.Place, WhySafe: "compared"}, State: score.Hit, Hits: []score.Sighting{sighting("WS102", 9)},
				Grave: []score.Judged{{Sighting: sighting("WS704", 10), Judgement: fact.True, Reason: "so it is"}},
			}},
			Repositories: []score.RepositoryResult{{
				Row: fact.Repository{Repo: "o/n", Language: "go"}, Lines: 4000, OwnLines: 3000, Endpoints: 2, Seconds: 1.25,
				Findings: []score.Judged{{Sighting: sighting("WS101", 11), Judgement: fact.Unjudged}, {Sighting: sighting("WS701", 12), Judgement: fact.False, Reason: "bounded by `x`"}},
			}},
		},
	}
}

func TestMarkdown(t *testing.T) {
	got := board.Markdown(run())
	for _, want := range []string{
		"wswarden 1.2 (executable abc) on 2026-05-01: 3 trees in 7 s of review. Made by `go run ./corpus -write`",
		"| applications in JavaScript, TypeScript, Python and Go | A | 1 | 3 | 33 % | 0 | 1 | 1 | 0 |",
		"| origin-missing | WS101 | 1/3 |  |  | 1/2 |",
		"| go-missed | A | WS101 | a.go:5-7 | WS701 high at 5 | allow &lt;all&gt; |",
		"| go-failed | A | WS101 | a.go:5-7 | review failed |",
		"## Fixed versions still flagged: 1 of 2",
		"| go-x | WS101 high at 8 |",
		"## Endpoints done well where too much is said: 1 of 1",
		"| neg-x | WS102 high at 9 | compared |  |",
		"| neg-x | WS704 high at 10 | true | so it is |",
		"| o/n | 4000 | 3000 ≠ | 2 | 0.500 | 0 | 0 | 1 | 1 | 0.500 | 2 | 1.2 |",
		"| all | 4000 |  | 2 | 0.500 | 0 | 0 | 1 | 1 | 0.500 |  |  |",
		"| o/n | WS101 high at a.go:11 | medium | unjudged | any \\| origin |",
		"| o/n | WS701 high at a.go:12 | medium | false | bounded by \\`x\\` |",
		"| go-failed | review: exit status 2 |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestMarkdownTables holds every row to the number of columns of its head.
func TestMarkdownTables(t *testing.T) {
	columns := 0
	for line := range strings.Lines(board.Markdown(run())) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		if n != columns {
			t.Errorf("%d columns instead of %d: %s", n-1, columns-1, line)
		}
	}
}

func TestText(t *testing.T) {
	got := board.Text(run())
	for _, want := range []string{"Weaknesses found\n", "go-missed", "allow <all>", "Fixed versions still flagged: 1 of 2"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	empty := board.Text(&board.Run{Board: &score.Board{Negatives: []score.NegativeResult{{State: score.Clean}}}})
	if want := "Endpoints done well where too much is said: 0 of 1: none\n"; !strings.Contains(empty, want) || strings.Contains(empty, "Weaknesses found") {
		t.Errorf("got\n%s", empty)
	}
}

func TestJSON(t *testing.T) {
	text, err := board.JSON(run())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Date       string
		Weaknesses []struct {
			Name, State, Fixed string
			By                 *struct{ ID string }
		}
		Negatives []struct {
			Hits []struct{ ID, Severity string }
		}
		Repositories []struct{ Findings []struct{ Judgement string } }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Weaknesses) != 3 || got.Weaknesses[0].State != "found" || got.Weaknesses[0].By.ID != "WS101" || got.Weaknesses[0].Fixed != "hit" {
		t.Errorf("weaknesses: got %+v", got.Weaknesses)
	}
	if got.Date != "2026-05-01" || got.Negatives[0].Hits[0].Severity != "high" || got.Repositories[0].Findings[1].Judgement != "false" {
		t.Errorf("got %+v", got)
	}
}
