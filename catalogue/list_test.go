package catalogue_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

// promised is the published list: IDs, slugs and classes that reports,
// configurations and suppressions of users depend on. A row is never removed
// and its ID and slug never change.
var promised = []struct {
	id, slug, severity string
	cwe, guide         []int
	faces              string // review, guard, probe
}{
	{"WS101", "origin-unchecked", "high", []int{1385}, []int{4}, "RGP"},
	{"WS102", "origin-weak", "high", []int{1385}, []int{4}, "RGP"},
	{"WS103", "origin-optional", "medium", []int{346}, []int{4}, "RGP"},
	{"WS104", "host-unchecked", "medium", []int{350}, []int{4}, "RGP"},
	{"WS105", "upgrade-smuggling", "high", []int{444}, []int{3}, "-GP"},
	{"WS106", "plaintext-transport", "medium", []int{319}, []int{3}, "RGP"},
	{"WS107", "tls-unverified", "high", []int{295}, []int{3}, "R--"},
	{"WS108", "subprotocol-unchecked", "low", []int{20}, []int{3}, "RGP"},
	{"WS109", "refused-after-upgrade", "low", []int{696}, []int{4, 7}, "RGP"},
	{"WS201", "auth-missing", "high", []int{306}, []int{6}, "RGP"},
	{"WS202", "token-in-url", "medium", []int{598}, []int{2, 6}, "RGP"},
	{"WS203", "auth-race", "high", []int{362}, []int{6}, "RGP"},
	{"WS204", "ticket-weak", "high", []int{294}, []int{6}, "RGP"},
	{"WS205", "session-unrechecked", "high", []int{613}, []int{6}, "RGP"},
	{"WS206", "revocation-unwired", "high", []int{613}, []int{6}, "RGP"},
	{"WS207", "sensitive-unrefreshed", "medium", []int{613}, []int{6}, "RGP"},
	{"WS208", "token-unverified", "critical", []int{347}, []int{6}, "RGP"},
	{"WS209", "lifetime-unbounded", "low", []int{613}, []int{7}, "RGP"},
	{"WS210", "credential-timing", "low", []int{208}, []int{6}, "RG-"},
	{"WS211", "recheck-fails-open", "medium", []int{636}, []int{6}, "RGP"},
	{"WS301", "parse-unguarded", "medium", []int{755}, []int{5}, "RGP"},
	{"WS302", "schema-missing", "medium", []int{20}, []int{5, 7}, "RGP"},
	{"WS303", "code-injection", "critical", []int{95}, []int{5}, "RG-"},
	{"WS304", "command-injection", "critical", []int{78}, []int{5}, "RG-"},
	{"WS305", "sql-injection", "critical", []int{89}, []int{5}, "RG-"},
	{"WS306", "nosql-injection", "high", []int{943}, []int{5}, "RG-"},
	{"WS307", "path-traversal", "high", []int{22}, []int{5}, "RG-"},
	{"WS308", "ssrf", "high", []int{918}, []int{5}, "RG-"},
	{"WS309", "unsafe-deserialization", "critical", []int{502}, []int{3, 5}, "RG-"},
	{"WS310", "prototype-pollution", "high", []int{1321}, []int{5}, "RGP"},
	{"WS311", "dynamic-dispatch", "high", []int{470}, []int{5}, "RGP"},
	{"WS312", "regex-dos", "medium", []int{1333}, []int{5}, "RG-"},
	{"WS313", "template-injection", "critical", []int{1336}, []int{5}, "RG-"},
	{"WS314", "log-injection", "low", []int{117}, []int{5}, "R--"},
	{"WS401", "identity-from-client", "critical", []int{290}, []int{2}, "RGP"},
	{"WS402", "idor", "high", []int{639}, []int{5}, "RGP"},
	{"WS403", "privileged-unchecked", "critical", []int{862}, []int{5}, "RGP"},
	{"WS404", "subscribe-unchecked", "high", []int{862}, []int{2}, "RGP"},
	{"WS405", "mass-assignment", "high", []int{915}, []int{5}, "RGP"},
	{"WS501", "broadcast-raw", "high", []int{79}, []int{2, 5}, "RGP"},
	{"WS502", "broadcast-unscoped", "medium", []int{200}, []int{2, 5}, "RGP"},
	{"WS503", "error-detail", "low", []int{209}, []int{5}, "RGP"},
	{"WS504", "record-leak", "medium", []int{213}, []int{5}, "RGP"},
	{"WS601", "dom-xss", "high", []int{79}, []int{5}, "R--"},
	{"WS602", "url-sink", "medium", []int{79}, []int{5}, "R--"},
	{"WS603", "client-eval", "high", []int{95}, []int{5}, "R--"},
	{"WS604", "client-unvalidated", "low", []int{20}, []int{5, 7}, "R--"},
	{"WS605", "reconnect-storm", "low", []int{799}, []int{7}, "R--"},
	{"WS606", "url-from-input", "high", []int{601}, []int{4}, "R--"},
	{"WS701", "message-size", "high", []int{770}, []int{7}, "RGP"},
	{"WS702", "message-rate", "medium", []int{770}, []int{3, 7}, "RGP"},
	{"WS703", "connection-count", "medium", []int{770}, []int{7}, "RGP"},
	{"WS704", "idle-unbounded", "medium", []int{772}, []int{7}, "RGP"},
	{"WS705", "compression-bomb", "high", []int{409}, []int{3}, "RGP"},
	{"WS706", "send-unbounded", "medium", []int{770}, []int{7}, "RGP"},
	{"WS707", "control-flood", "medium", []int{770}, []int{3}, "RGP"},
	{"WS708", "fragment-abuse", "medium", []int{770}, []int{3}, "-GP"},
	{"WS709", "counter-leak", "medium", []int{772}, []int{7}, "RGP"},
	{"WS710", "subscriptions-unbounded", "low", []int{770}, []int{2, 7}, "RG-"},
	{"WS801", "malformed-frame", "medium", []int{20}, []int{3}, "-GP"},
	{"WS901", "library-vulnerable", "high", []int{1395}, []int{3}, "R-P"},
}

func TestAllIsThePromisedList(t *testing.T) {
	if got, want := len(catalogue.All), len(promised); got != want {
		t.Fatalf("got %d weaknesses, want %d", got, want)
	}
	for i, p := range promised {
		t.Run(p.id, func(t *testing.T) {
			w := catalogue.All[i]
			if w.ID != p.id || w.Slug != p.slug {
				t.Fatalf("got %s %s, want %s %s", w.ID, w.Slug, p.id, p.slug)
			}
			if got := w.Severity.String(); got != p.severity {
				t.Errorf("severity: got %s, want %s", got, p.severity)
			}
			if !slices.Equal(w.CWE, p.cwe) {
				t.Errorf("CWE: got %v, want %v", w.CWE, p.cwe)
			}
			if !slices.Equal(w.Guide, p.guide) {
				t.Errorf("guide sections: got %v, want %v", w.Guide, p.guide)
			}
			if got := faces(w); got != p.faces {
				t.Errorf("faces: got %s, want %s", got, p.faces)
			}
		})
	}
}

func faces(w *catalogue.Weakness) string {
	b := []byte("---")
	for i, yes := range []bool{w.Review, w.Guard, w.Probe} {
		if yes {
			b[i] = "RGP"[i]
		}
	}
	return string(b)
}

func TestEntriesAreWellFormed(t *testing.T) {
	id := regexp.MustCompile(`^WS[1-9]\d\d$`)
	slug := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	asvs := regexp.MustCompile(`^V\d{1,2}\.\d{1,2}\.\d{1,2}$`)
	seen := map[string]bool{}
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			if !id.MatchString(w.ID) {
				t.Errorf("malformed ID %q", w.ID)
			}
			if !slug.MatchString(w.Slug) {
				t.Errorf("malformed slug %q", w.Slug)
			}
			if seen[w.ID] || seen[w.Slug] {
				t.Errorf("ID or slug %q used twice", w.Slug)
			}
			seen[w.ID], seen[w.Slug] = true, true
			if w.Title == "" || strings.HasSuffix(w.Title, ".") || strings.ContainsAny(w.Title, "\n`|") || len(w.Title) > 90 {
				t.Errorf("title %q: want one plain line of at most 90 bytes without a full stop", w.Title)
			}
			if seen[w.Title] {
				t.Errorf("title %q used twice", w.Title)
			}
			seen[w.Title] = true
			if len(w.CWE) == 0 || len(w.Guide) == 0 {
				t.Error("want a CWE and a guide section")
			}
			if !slices.IsSorted(w.Guide) || w.Guide[0] < 1 || w.Guide[len(w.Guide)-1] > 7 {
				t.Errorf("guide sections %v: want ascending numbers from 1 to 7", w.Guide)
			}
			for _, a := range w.ASVS {
				if !asvs.MatchString(a) {
					t.Errorf("malformed ASVS requirement %q", a)
				}
			}
		})
	}
	if !slices.IsSortedFunc(catalogue.All, func(a, b *catalogue.Weakness) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("All is not in ID order")
	}
}
