package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "path-spelling",
		Summary:    "asks for the same endpoint under other spellings of its path, as a stranger",
		Weaknesses: []*catalogue.Weakness{catalogue.OriginUnchecked, catalogue.AuthMissing},
		Cost:       Cost{Connections: 24, Messages: 24, Time: 15 * time.Second},
		Run:        runPath,
	})
}

const fixPath = "judge origin and credential where the upgrade is answered, not by a rule on the path in front of it; refuse paths that are not in their plain form"

// spellings are other ways to write a path that some routers take for the same.
func spellings(path string) []string {
	if path == "" || path == "/" {
		return []string{"//", "/./", "/%2e/", "/;x"}
	}
	last := path[strings.LastIndexByte(path, '/')+1:]
	dir := strings.TrimSuffix(path, last)
	out := []string{path + "/", "/" + path, "/." + path, "/%2e" + path, "/x/.." + path, path + ";x", strings.ToUpper(path)}
	if last != "" {
		out = append(out, fmt.Sprintf("%s%%%02x%s", dir, last[0], last[1:]), path+"%20", path+"%00")
	}
	return slices.DeleteFunc(out, func(p string) bool { return p == path })
}

func runPath(ctx context.Context, s *Session) error {
	foreign := func(r Request) Request { return r.With("Origin", "https://"+s.Target.Foreign) }
	for _, judge := range []struct {
		w       *catalogue.Weakness
		who     *Identity
		change  func(Request) Request
		message string
	}{
		{catalogue.OriginUnchecked, s.Target.Identity(), foreign, "from a foreign origin"},
		{catalogue.AuthMissing, nil, func(r Request) Request { return r }, "without a credential"},
	} {
		r, err := s.Request(ctx, judge.who)
		if err != nil {
			return err
		}
		plain, err := s.Try(ctx, judge.change(r))
		if err != nil {
			return err
		}
		if plain.Accepted() {
			s.NotJudged(judge.w, "a handshake %s is let in on the path itself, so that its other spellings show nothing", judge.message)
			continue
		}
		if err := s.trySpellings(ctx, judge.w, judge.who, judge.change, judge.message, plain); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) trySpellings(ctx context.Context, w *catalogue.Weakness, who *Identity, change func(Request) Request, message string, plain Outcome) error {
	path := s.Target.URL.EscapedPath()
	all := spellings(path)
	var changes []func(Request) Request
	for _, p := range all {
		changes = append(changes, func(r Request) Request {
			_, query, asked := strings.Cut(r.Target, "?")
			r.Target = p
			if asked {
				r.Target += "?" + query
			}
			return change(r)
		})
	}
	outcomes, err := s.TryAll(ctx, who, changes)
	if err != nil {
		return err
	}
	for i, p := range all {
		o := outcomes[i]
		// Without a credential, past the check of Origin is where the control ends.
		past := !s.Control.Accepted() && o.Like(s.Control) && !plain.Like(s.Control)
		if o.Accepted() || past {
			s.Weak(Finding{Weakness: w, Evidence: o.Evidence, Fix: fixPath, Anchor: "spelling",
				Message: fmt.Sprintf("A handshake %s is %v at %s and %v at %s: the check belongs to one spelling of the path, the endpoint to more.", message, plain, path, o, p)})
			return nil
		}
	}
	s.Pass(w, "a handshake %s is let in under none of %d other spellings of the path", message, len(all))
	return nil
}
