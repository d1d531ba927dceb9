package fact

import (
	"cmp"
	"fmt"
	"slices"
)

var (
	negativeHeader    = []string{"id", "kind", "language", "framework", "repo", "commit", "path", "lines", "why_safe", "caveat"}
	expectationHeader = []string{"negative", "weakness", "at_most", "places", "reason"}
)

// A Negative is an endpoint done well, or one that is open by design.
type Negative struct {
	Name      string
	Kind      string // "negative", or "fp-probe" for what is open by design
	Language  string
	Framework string
	Version   Version
	Place     Place
	WhySafe   string
	Caveat    string
	Expected  []Expectation
}

// An Expectation is what review should keep to at a negative.
type Expectation struct {
	ID     string  // the weakness that is not there
	AtMost string  // the gravest severity that is still right, or "none"
	Places []Place // where the endpoint stands, besides the negative's own place
	Reason string
}

// None is the AtMost of a weakness that no finding should name.
const None = "none"

type namedExpectation struct {
	negative string
	Expectation
}

func parseNegative(r record) (Negative, error) {
	f := r.fields
	n := Negative{Name: f[0], Kind: f[1], Language: f[2], Framework: f[3], WhySafe: f[8], Caveat: f[9]}
	if n.Kind != "negative" && n.Kind != "fp-probe" {
		return n, fmt.Errorf("kind %q is not known", n.Kind)
	}
	var errs [3]error
	errs[0] = checkForm("id", n.Name, nameForm)
	n.Version, errs[1] = parseVersion(f[4], f[5])
	n.Place, errs[2] = parsePlace(f[6], f[7])
	return n, cmp.Or(errs[:]...)
}

func parseExpectation(r record) (namedExpectation, error) {
	f := r.fields
	e := namedExpectation{negative: f[0], Expectation: Expectation{ID: f[1], AtMost: f[2], Reason: f[4]}}
	if !slices.Contains([]string{None, "low", "medium"}, e.AtMost) {
		return e, fmt.Errorf("at_most %q is neither none, low nor medium", e.AtMost)
	}
	if e.Reason == "" {
		return e, fmt.Errorf("there is no reason")
	}
	places, err := parsePlaces(f[3])
	e.Places = places
	return e, cmp.Or(checkForm("weakness", e.ID, idForm), err)
}
