package loop

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

// probed lets probe judge the program without the guard and with it, and holds the
// guard to what the draft promises.
func (r *Result) probed(ctx context.Context, opt Options) error {
	backend, err := url.Parse(opt.Platform)
	if err != nil {
		return fmt.Errorf("read address %q: %w", opt.Platform, err)
	}
	text, err := placedAt(string(r.Draft), backend.Host)
	if err != nil {
		return err
	}
	cfg, err := config.Parse("wswarden.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		return fmt.Errorf("judge the draft: %w", err)
	}
	gateway, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
	if err != nil {
		return fmt.Errorf("start a guard from the draft: %w", err)
	}
	defer gateway.Close()
	for _, route := range cfg.Guard.Routes {
		if err := r.probeRoute(ctx, opt, cfg, route.Path, backend.Host, gateway.Addr().String()); err != nil {
			return err
		}
	}
	return nil
}

func (r *Result) probeRoute(ctx context.Context, opt Options, cfg *config.Config, path, bare, guarded string) error {
	p, err := promise.Of(cfg, path)
	if err != nil {
		return fmt.Errorf("read what the draft promises: %w", err)
	}
	target := func(host string) probe.Target {
		t := probe.Target{URL: &url.URL{Scheme: "ws", Host: host, Path: path}, Identities: opt.Identities, Subprotocols: p.Subprotocols}
		if len(p.Origins) > 0 {
			t.Origin = p.Origins[0]
		} else {
			t.Origin = probe.OwnOrigin(t.URL)
		}
		return t
	}
	before, err := judge(ctx, target(bare), func(done, total int) { opt.Progress("probing "+path, done, total) })
	if err != nil {
		return fmt.Errorf("probe %s: %w", path, err)
	}
	t := target(guarded)
	t.Promises = p
	if p.Ticket != nil && len(opt.Identities) > 0 {
		t.TicketURL = "http://" + guarded + p.TicketPath
		if name := promise.CSRFHeader(cfg); name != "" {
			t.TicketHeaders = append(t.TicketHeaders, wireclient.Line{Name: name, Value: "1"})
		}
	}
	after, err := judge(ctx, t, func(done, total int) { opt.Progress("probing the guard in front of "+path, done, total) })
	if err != nil {
		return fmt.Errorf("probe the guard at %s: %w", path, err)
	}
	r.compare(before, after)
	return nil
}

func judge(ctx context.Context, t probe.Target, progress func(done, total int)) (*report.Report, error) {
	plan, err := probe.NewPlan(probe.Options{Target: t})
	if err != nil {
		return nil, err
	}
	return plan.Run(ctx, func(p probe.Progress) { progress(p.Done, p.Total) })
}

// compare sets what checks saw without the guard beside what they saw with it.
func (r *Result) compare(before, after *report.Report) {
	for _, a := range after.Judgements {
		if a.Weakness == nil {
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
		if p.Weakness != nil {
			i := r.row(p.Weakness)
			r.Rows[i].Promises = append(r.Rows[i].Promises, p)
		}
	}
}

func seen(j report.Judgement) demo.Result {
	text := j.Message
	if text == "" {
		text = string(j.Verdict)
	}
	return demo.Result{Worked: j.Verdict == report.Weak, Seen: text}
}

var ownLines = regexp.MustCompile(`(?m)^(?:listen|admin|audit):.*\n`)

// placedAt is a configuration whose backend is at another address of loopback; the
// guard takes a free port.
func placedAt(text, address string) (string, error) {
	m := regexp.MustCompile(`(?m)^[ -]*backend: wss?://(127\.0\.0\.1:([0-9]+))`).FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("read the draft: no backend on 127.0.0.1")
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("read address %q: %w", address, err)
	}
	text = strings.NewReplacer(m[1], address, "localhost:"+m[2], "localhost:"+port).Replace(ownLines.ReplaceAllString(text, ""))
	return "listen: 127.0.0.1:0\n" + text, nil
}
