package loop

import (
	"context"
	"fmt"
	"net/url"

	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

// probed runs the program's own clients, lets probe judge the program with the guard
// and without it, and holds both to what the configuration promises: what is broken
// without the guard and held with it is what the guard is there for.
func (r *Result) probed(ctx context.Context, opt Options) error {
	backend, err := url.Parse(opt.Platform)
	if err != nil {
		return fmt.Errorf("read address %q: %w", opt.Platform, err)
	}
	cfg, gateway, err := r.fence(opt, backend.Host)
	if err != nil {
		return err
	}
	defer gateway.Close()
	fenced := gateway.Addr().String()
	for i := range cfg.Guard.Routes {
		path := cfg.Guard.Routes[i].Path
		p, err := promise.Of(cfg, path)
		if err != nil {
			return fmt.Errorf("read what the configuration promises: %w", err)
		}
		bare := target(opt, p, backend.Host, cfg.Guard.Routes[i].Backend)
		guarded := target(opt, p, fenced, "")
		if p.Ticket != nil {
			guarded.TicketURL = "http://" + fenced + p.TicketPath
		}
		if i == 0 && len(opt.Clients) > 0 {
			r.known = true
			at := func(name string, t probe.Target) endpoint {
				return endpoint{name, t.URL.String(), t.TicketURL, p.CSRFHeader, t.Origin, opt.Platform}
			}
			if err := r.clients(ctx, opt, at("bare", bare), at("guarded", guarded)); err != nil {
				return err
			}
		}
		if len(opt.Identities) == 0 {
			guarded.TicketURL = "" // nobody can ask for one
		}
		if err := r.probeRoute(ctx, opt, bare, guarded); err != nil {
			return err
		}
	}
	return nil
}

// target is one side of a route. Where its backend has another path than the route,
// the bare side is there.
func target(opt Options, p *probe.Promises, host, backend string) probe.Target {
	t := probe.Target{URL: &url.URL{Scheme: "ws", Host: host, Path: p.Path}, Identities: opt.Identities, Subprotocols: p.Subprotocols, Promises: p, Origin: opt.Origin}
	if u, err := url.Parse(backend); err == nil && backend != "" && u.Path != "" {
		t.URL.Path = u.Path
	}
	if t.Origin == "" && len(p.Origins) > 0 {
		t.Origin = p.Origins[0]
	}
	if t.Origin == "" {
		t.Origin = probe.OwnOrigin(t.URL)
	}
	return t
}

// probeRoute judges the guarded side first: a program without guard may end under
// what it is sent.
func (r *Result) probeRoute(ctx context.Context, opt Options, bare, guarded probe.Target) error {
	judge := func(t probe.Target, what string) (*report.Report, error) {
		plan, err := probe.NewPlan(probe.Options{Target: t, With: opt.With})
		if err != nil {
			return nil, err
		}
		rep, err := plan.Run(ctx, func(p probe.Progress) { opt.Progress(what, p.Done, p.Total) })
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		report.Finish(rep)
		return rep, nil
	}
	path := guarded.URL.Path
	after, err := judge(guarded, "probing the guard in front of "+path)
	if err != nil {
		return err
	}
	before, err := judge(bare, "probing "+path+" without the guard")
	if err != nil {
		return err
	}
	r.compare(before, after)
	return nil
}

// compare sets what checks saw without the guard beside what they saw with it.
func (r *Result) compare(before, after *report.Report) {
	for _, a := range after.Judgements {
		if a.Weakness == nil || a.Check == probe.PromisesName {
			continue
		}
		for _, b := range before.Judgements {
			if b.Check != a.Check || b.Weakness != a.Weakness || b.Verdict == report.NotJudged {
				continue
			}
			row := demo.Row{Name: a.Check, Weakness: a.Weakness, Unguarded: seen(b), Guarded: seen(a)}
			if a.Verdict == report.NotJudged {
				if b.Verdict != report.Weak {
					continue
				}
				row.Err = fmt.Errorf("not judged behind the guard: %s", a.Message)
			}
			i := r.row(a.Weakness)
			r.Rows[i].Checks = append(r.Rows[i].Checks, row)
			break
		}
	}
	for _, p := range after.Promises {
		if p.Weakness == nil {
			continue
		}
		i := r.row(p.Weakness)
		r.Rows[i].Promises = append(r.Rows[i].Promises, Promise{p, bareVerdict(before.Promises, p)})
	}
}

// bareVerdict is what became of the same promise without the guard.
func bareVerdict(before []report.Promise, p report.Promise) report.Promise {
	for _, b := range before {
		if b.Message == p.Message && b.Text == p.Text && b.Weakness == p.Weakness {
			return b
		}
	}
	return report.Promise{Verdict: report.PromiseNotJudged}
}

func seen(j report.Judgement) demo.Result {
	text := j.Message
	if text == "" {
		text = string(j.Verdict)
	}
	return demo.Result{Worked: j.Verdict == report.Weak, Seen: text}
}
