package fact

import "slices"

// Unscored is the class that has no weakness id: a secret in the wrong place
// is nothing that review looks for.
const Unscored = "secret-exposure"

// classes maps what the rows are labelled with to the ids of the catalogue. A
// finding of any of the ids is right.
var classes = map[string][]string{
	"origin-missing":          {"WS101"},
	"origin-weak":             {"WS102"},
	"tls-verification":        {"WS107"},
	"auth-missing":            {"WS201"},
	"token-in-url":            {"WS202"},
	"session-not-revalidated": {"WS205", "WS206"},
	"timing-compare":          {"WS210"},
	"injection-expression":    {"WS303", "WS313"},
	"injection-command":       {"WS304"},
	"injection-sql":           {"WS305"},
	"injection-path":          {"WS307"},
	"injection-regex":         {"WS312"},
	"client-identity":         {"WS401"},
	"authz-missing":           {"WS402", "WS403", "WS404"},
	"outbound-leak":           {"WS502", "WS504"},
	"xss-from-message":        {"WS601", "WS501"},
	"size-limit-missing":      {"WS701"},
	"rate-limit-missing":      {"WS702"},
	"compression-dos":         {"WS705"},
	"protocol-dos":            {"WS901"},
	Unscored:                  nil,
}

// IDs are the weakness ids that are right for a class, and whether the class
// is known.
func IDs(class string) ([]string, bool) {
	ids, ok := classes[class]
	return slices.Clone(ids), ok
}
