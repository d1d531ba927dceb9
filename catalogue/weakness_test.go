package catalogue_test

import (
	"fmt"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

func TestLookup(t *testing.T) {
	tests := []struct {
		in   string
		want *catalogue.Weakness
	}{
		{"WS101", catalogue.OriginUnchecked},
		{"ws101", catalogue.OriginUnchecked},
		{"origin-unchecked", catalogue.OriginUnchecked},
		{"Origin-Unchecked", catalogue.OriginUnchecked},
		{" WS901 ", catalogue.LibraryVulnerable},
		{"regex-dos", catalogue.RegexDoS},
		{"WS10", nil},
		{"WS1..", nil},
		{"WS999", nil},
		{"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, ok := catalogue.Lookup(tt.in)
			if got != tt.want || ok != (tt.want != nil) {
				t.Errorf("Lookup(%q): got %v, %t, want %v", tt.in, got, ok, tt.want)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern string
		want    []string
	}{
		{"WS101", []string{"WS101"}},
		{"WS4..", []string{"WS401", "WS402", "WS403", "WS404", "WS405"}},
		{"ws4xx", []string{"WS401", "WS402", "WS403", "WS404", "WS405"}},
		{"WS.01", []string{"WS101", "WS201", "WS301", "WS401", "WS501", "WS601", "WS701", "WS801", "WS901"}},
		{"dom-xss", []string{"WS601"}},
		{"WS4", nil},
		{"WS4...", nil},
		{".....", nil}, // a wildcard stands for a digit, not for a letter
		{"WS4*", nil},
		{"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			var got []string
			for _, w := range catalogue.Match(tt.pattern) {
				got = append(got, w.ID)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("Match(%q): got %v, want %v", tt.pattern, got, tt.want)
			}
		})
	}
	if got := len(catalogue.Match("WS...")); got != len(catalogue.All) {
		t.Errorf("Match(WS...): got %d weaknesses, want all %d", got, len(catalogue.All))
	}
}
