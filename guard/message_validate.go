package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

func (p *MessagePolicy) validate(at string, ps *problems) {
	if p == nil {
		return
	}
	if p.Dialect == nil {
		if _, err := dialect.NewJSON(p.Type); err != nil {
			ps.add(at+".type", nil, err.Error(), "write a path such as action or data.kind")
		} else if strings.HasPrefix(p.Type, "[") {
			ps.add(at+".type", nil, "a refusal can't be worded where messages are arrays", "set a dialect that has arrays")
		}
	}
	oneOf(ps, at+".unknown", p.Unknown, UnknownReject, UnknownPass)
	oneOf(ps, at+".unknown_server", p.UnknownServer, UnknownReject, UnknownPass)
	oneOf(ps, at+".binary", p.Binary, BinaryReject, BinaryText, BinaryPass)
	oneOf(ps, at+".reject", p.Reject, RejectReply, RejectDrop, RejectClose)
	oneOf(ps, at+".error_detail", p.ErrorDetail, DetailMask, DetailPass)
	if p.Strikes < 0 {
		ps.add(at+".strikes", nil, "must not be negative", "0 closes at no number of refusals")
	}
	validateNames(at+".secret", p.Secret, ps)
	for _, name := range slices.Sorted(maps.Keys(p.Client)) {
		r := p.Client[name]
		path := fmt.Sprintf("%s.client.%s", at, name)
		r.validate(path, name, ps)
		if len(r.Redact) > 0 {
			ps.add(path+".redact", nil, "is for messages of servers alone", "remove it, or set undeclared: drop")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Server)) {
		r := p.Server[name]
		path := fmt.Sprintf("%s.server.%s", at, name)
		r.validate(path, name, ps)
		r.validateServer(path, ps)
	}
}

func (r *MessageRule) validate(at, name string, ps *problems) {
	if i := strings.IndexByte(name, '*'); i >= 0 && i < len(name)-1 {
		ps.add(at, nil, "a * is a pattern at the end of a name alone", "write the beginning of the types and *")
	}
	if r.Mode != "" {
		oneOf(ps, at+".mode", r.Mode, Enforce, Monitor)
	}
	for _, l := range []struct {
		key  string
		rate Rate
	}{{".limit", r.Limit}, {".user_limit", r.UserLimit}} {
		if l.rate != (Rate{}) {
			l.rate.or(l.rate).validate(at+l.key, ps)
		}
	}
	switch {
	case r.Undeclared != "" && r.Undeclared != UndeclaredDrop:
		ps.add(at+".undeclared", nil, fmt.Sprintf("%q is no setting", r.Undeclared), "write drop, or leave it out")
	case r.Undeclared == UndeclaredDrop && r.Schema == nil:
		ps.add(at+".undeclared", catalogue.RecordLeak, "without a schema nothing is declared", "write the schema")
	case r.Undeclared == UndeclaredDrop && !r.Schema.Fast():
		ps.add(at+".undeclared", catalogue.RecordLeak, "what this schema declares can't be told: "+r.Schema.Why(), "write the schema without that keyword")
	}
	validatePaths(at+".set", r.Set, ps)
	validatePaths(at+".clean", r.Clean, ps)
	validateNames(at+".redact", r.Redact, ps)
}

// validateServer refuses what would do nothing.
func (r *MessageRule) validateServer(at string, ps *problems) {
	for _, c := range []struct {
		key string
		set bool
	}{{".limit", r.Limit != (Rate{})}, {".user_limit", r.UserLimit != (Rate{})}, {".fresh", r.Fresh}, {".set", len(r.Set) > 0}} {
		if c.set {
			ps.add(at+c.key, nil, "is for messages of clients alone", "remove it")
		}
	}
}

func validatePaths[V any](at string, by map[string]V, ps *problems) {
	for _, path := range slices.Sorted(maps.Keys(by)) {
		if _, err := jsonscan.ParsePath(path); err != nil {
			ps.add(at+"."+path, nil, err.Error(), "write a path such as userId or data.user.id")
		}
		if any(by[path]) == nil {
			ps.add(at+"."+path, nil, "there is nothing to apply", "")
		}
	}
}

func validateNames(at string, names []string, ps *problems) {
	for i, n := range names {
		if n == "" || strings.ContainsAny(n, ".[") {
			ps.add(fmt.Sprintf("%s[%d]", at, i), nil, fmt.Sprintf("%q is not the name of a member", n), "write names such as passwordHash; they count at any depth")
		}
	}
}

// oneOf refuses a word that is none of the allowed ones.
func oneOf[T ~string](ps *problems, at string, got T, allowed ...T) {
	if slices.Contains(allowed, got) {
		return
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	ps.add(at, nil, fmt.Sprintf("%q is no setting", got), "write "+strings.Join(words, " or "))
}
