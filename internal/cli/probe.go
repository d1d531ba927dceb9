package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
)

const probeLong = `probe tests the WebSocket endpoint at URL and reports which weaknesses it shows,
which it does not, and which can't be judged from outside and why. Every verdict
is a comparison with the handshake that --origin and --identity make, before and
behind it, and comes with what was sent and what came back, credentials masked.

What runs by default sends handshakes and a few harmless messages. --with allows
more: load (many connections and messages), memory (large and endless messages),
state (messages that change something), or a single check by its name; 'wswarden
probe --list' names them all. The most that a run uses is told before it starts
and never exceeded.

A target that is not this machine needs --i-am-authorized: testing a system
without its owner's consent is an offence in most countries.

It exits with 1 if a finding of --fail-on or worse stands, with 2 if the target
can't be reached or nothing could be judged. docs/probe.md has more.`

const probeExample = `  wswarden probe ws://127.0.0.1:8080/ws --origin http://127.0.0.1:8080
  wswarden probe wss://app.example.com/ws --origin https://app.example.com --identity alice='Cookie: session=…' --i-am-authorized
  wswarden probe ws://127.0.0.1:8080/ws --origin https://app.example.com --ticket-url http://127.0.0.1:8080/ws/ticket --identity alice='Authorization: Bearer …'
  wswarden probe ws://127.0.0.1:8080/ws --only origin,WS2.. --format json
  wswarden probe --list`

// probeFlags are the flags of the probe command.
type probeFlags struct {
	origin       string
	foreign      string
	identities   []string
	ticketURL    string
	subprotocols []string
	config       string
	messages     []string
	write        bool
	known        knownFlags
	with         []string
	only, skip   []string
	budget       string
	rate         float64
	ca           string
	insecure     bool
	format       *word
	output       string
	failOn       *word
	authorized   bool
	list         bool
}

// Probe makes the probe command.
func Probe(env *Env) *cobra.Command {
	f := probeFlags{
		format: oneOf("text", "json", "sarif", "html"),
		failOn: &word{"medium", []string{"low", "medium", "high", "critical", "never"}},
	}
	cmd := &cobra.Command{
		Use:     "probe URL",
		Short:   "test a live endpoint",
		Long:    probeLong,
		Example: probeExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list {
				return env.listChecks(args, f.format.value)
			}
			// A second signal ends the process at once.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop)
			err := env.probe(ctx, args, f)
			if errors.Is(err, context.Canceled) {
				return fail("", "interrupted before anything was judged")
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.origin, "origin", "", "an `ORIGIN` that the endpoint accepts (default: that of the URL's own host)")
	flags.StringArrayVar(&f.identities, "identity", nil, "somebody who may connect: `NAME='Header: value'`; once more with the same name for another header")
	flags.StringVar(&f.ticketURL, "ticket-url", "", "`URL` that mints a ticket for each handshake of an identity")
	flags.StringSliceVar(&f.subprotocols, "subprotocol", nil, "offer the sub-protocols `NAMES` in every handshake")
	flags.StringVar(&f.config, "config", "", "hold the endpoint to what the guard configuration `FILE` promises of its route")
	flags.StringArrayVar(&f.messages, "messages", nil, "messages that it speaks: an AsyncAPI document, a recording (HAR, JSON lines) or the JSON of review, in `FILE`")
	flags.BoolVar(&f.write, "write", false, "let checks of two identities repeat messages that are not reads")
	f.known.add(flags)
	flags.StringArrayVar(&f.with, "with", nil, "allow `CHECKS` that are off by default: load, memory, state, or names")
	flags.StringArrayVar(&f.only, "only", nil, "run these `CHECKS` alone: names, or IDs such as WS101,WS4..")
	flags.StringArrayVar(&f.skip, "skip", nil, "leave these `CHECKS` out: names, or IDs such as WS704,message-rate")
	flags.StringVar(&f.budget, "budget", "", "use at most `connections=N,messages=N,seconds=N` (default: what the checks declare)")
	flags.Float64Var(&f.rate, "rate", 0, "open at most `N` connections a second (default 200 on this machine, 10 elsewhere)")
	flags.StringVar(&f.ca, "ca", "", "believe the certificates in the PEM `FILE` as well")
	flags.BoolVar(&f.insecure, "insecure", false, "test a server whose certificate is not valid; who answers is then not known")
	flags.StringVar(&f.foreign, "foreign", "evil.example", "a `DOMAIN` of somebody else, for origins that must be refused")
	addWord(cmd, f.format, "format", "form of the report")
	flags.StringVar(&f.output, "output", "", "write the report to `FILE` instead of standard output")
	addWord(cmd, f.failOn, "fail-on", "least severity that makes the exit code 1")
	flags.BoolVar(&f.authorized, "i-am-authorized", false, "say that the owner of the target agrees to the test; needed off this machine")
	flags.BoolVar(&f.list, "list", false, "print the checks with what they show, what allows them and what they cost")
	completeProbe(cmd)
	return cmd
}

// completeProbe tells shells what the flags take.
func completeProbe(cmd *cobra.Command) {
	must := func(err error) {
		if err != nil {
			panic(err) // the flags were added before
		}
	}
	must(cmd.MarkFlagFilename("ca", "pem", "crt"))
	must(cmd.MarkFlagFilename("config", "yaml", "yml"))
	must(cmd.MarkFlagFilename("messages", "yaml", "yml", "json", "har", "jsonl"))
	for _, name := range append([]string{"origin", "identity", "ticket-url", "subprotocol", "budget", "rate", "foreign"}, knownNames...) {
		must(cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions))
	}
	must(cmd.RegisterFlagCompletionFunc("with", completeChecks(func(c *probe.Check) bool { return c.Group != probe.Safe }, probe.Groups)))
	must(cmd.RegisterFlagCompletionFunc("only", completeChecks(func(*probe.Check) bool { return true }, nil)))
	must(cmd.RegisterFlagCompletionFunc("skip", completeChecks(func(*probe.Check) bool { return true }, nil)))
}

// completeChecks completes the last of a comma-separated list of checks.
func completeChecks(is func(*probe.Check) bool, groups []probe.Group) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var out []string
		for _, g := range groups {
			out = append(out, before+string(g)+"\tall checks of this group")
		}
		for _, c := range probe.Checks() {
			if is(c) {
				out = append(out, before+c.Name+"\t"+c.Summary)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// probe checks all that can be wrong with the command line, probes, and writes.
func (e *Env) probe(ctx context.Context, args []string, f probeFlags) error {
	opt, err := f.options(args)
	if err != nil {
		return err
	}
	plan, err := probe.NewPlan(opt)
	if err != nil {
		return fail("run 'wswarden probe --list' for the checks", "%w", err)
	}
	if !f.authorized && !probe.Loopback(opt.Target.URL.Hostname()) {
		return fail("with the consent of its owner, add --i-am-authorized; probe connects to this machine without it",
			"%q is not this machine: testing a system without its owner's consent is an offence in most countries", opt.Target.URL.Hostname())
	}
	fmt.Fprintf(e.Stderr, "wswarden: %d checks, at most %v\n", len(plan.Checks), plan.Budget())
	bar := startProgress(e.Stderr, e.ErrWidth)
	defer bar.end()
	r, err := plan.Run(ctx, func(p probe.Progress) { bar.show(p.Check, p.Done, p.Total) })
	bar.end()
	if err != nil {
		return probeFailure(err)
	}
	if info := buildInfo(); info != nil {
		r.Version = info.Main.Version
	}
	report.Finish(r)
	if err := e.writeReport(r, f.format.value, f.output); err != nil {
		return err
	}
	return verdict(r, f.failOn.value)
}

// probeFailure adds the next step to what kept probe from judging.
func probeFailure(err error) error {
	var none *probe.NoEndpointError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &none):
		return fail("give the address of the endpoint itself, with its path, such as ws://127.0.0.1:8080/ws", "%w", err)
	case badCertificate(err):
		return fail("give the certificate of its authority with --ca, or test it as it is with --insecure", "%w", err)
	case errors.Is(err, probe.ErrThrottled):
		return fail("is what stands behind it running? Otherwise try again later, with a lower --rate", "%w", err)
	case errors.Is(err, probe.ErrBudget):
		return fail("give more with --budget", "%w", err)
	}
	return fail("is the server running, and the address right?", "%w", err)
}

// options turns arguments and flags into those of a plan.
func (f probeFlags) options(args []string) (probe.Options, error) {
	opt := probe.Options{Rate: f.rate, Advisories: advisoriesOf}
	u, err := targetURL(args)
	if err != nil {
		return opt, err
	}
	opt.Target = probe.Target{URL: u, Origin: f.origin, Foreign: f.foreign, TicketURL: f.ticketURL, Subprotocols: f.subprotocols}
	if f.rate < 0 || f.rate > 10_000 {
		return opt, fail("leave it out for a polite rate", "--rate: want connections a second, up to 10000, not %v", f.rate)
	}
	if opt.Target.Identities, err = identities(f.identities); err != nil {
		return opt, fail("write for example --identity alice='Cookie: session=…'", "--identity: %w", err)
	}
	if f.budget != "" {
		if opt.Budget, err = probe.ParseBudget(f.budget); err != nil {
			return opt, fail("write for example --budget connections=200,seconds=60", "--budget: %w", err)
		}
	}
	opt.With, opt.Only, opt.Skip = cutAll(f.with), cutAll(f.only), cutAll(f.skip)
	if opt.Target.TLS, err = f.tls(); err != nil {
		return opt, err
	}
	opt.Target.Write = f.write
	f.known.apply(&opt.Target)
	if f.config != "" {
		if err := applyConfig(&opt.Target, f.config); err != nil {
			return opt, err
		}
	}
	if opt.Target.Corpus, err = loadMessages(f.messages); err != nil {
		return opt, err
	}
	if opt.Target.Origin == "" {
		opt.Target.Origin = probe.OwnOrigin(u)
	}
	return opt, checkTarget(opt.Target)
}

// targetURL reads the one argument.
func targetURL(args []string) (*url.URL, error) {
	const hint = "write for example 'wswarden probe ws://127.0.0.1:8080/ws'"
	if len(args) == 0 {
		return nil, fail(hint, "probe needs the address of the endpoint")
	}
	if len(args) > 1 {
		return nil, fail(hint, "unexpected argument %q", args[1])
	}
	u, err := url.Parse(args[0])
	if err == nil {
		switch u.Scheme {
		case "http":
			u.Scheme = "ws"
		case "https":
			u.Scheme = "wss"
		}
	}
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, fail(hint, "%q is no address that starts with ws:// or wss://", args[0])
	}
	if u.User != nil {
		return nil, fail("give it as --identity NAME='Authorization: Basic …'", "the address holds a name or password")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	return u, nil
}

// identities joins the lines that have one name.
func identities(values []string) ([]probe.Identity, error) {
	var out []probe.Identity
	for _, v := range values {
		one, err := probe.ParseIdentity(v)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(out, func(x probe.Identity) bool { return x.Name == one.Name })
		if i < 0 {
			out = append(out, one)
			continue
		}
		out[i].Lines = append(out[i].Lines, one.Lines...)
	}
	return out, nil
}

// checkTarget refuses values that would make every verdict wrong.
func checkTarget(t probe.Target) error {
	o, err := url.Parse(t.Origin)
	if err != nil || o.Scheme == "" || o.Host == "" || o.Path != "" || o.RawQuery != "" || o.User != nil {
		return fail("an origin is scheme, host and port, such as https://app.example.com", "--origin %q is no origin", t.Origin)
	}
	if t.TicketURL == "" {
		return nil
	}
	tu, err := url.Parse(t.TicketURL)
	if err != nil || tu.Host == "" || tu.Scheme != "http" && tu.Scheme != "https" {
		return fail("write for example --ticket-url https://app.example.com/ws/ticket", "--ticket-url %q is no address that starts with http:// or https://", t.TicketURL)
	}
	if len(t.Identities) == 0 {
		return fail("add --identity NAME='Header: value' for who asks for the ticket", "--ticket-url needs an identity")
	}
	return nil
}

// cutAll cuts the values of a flag at commas.
func cutAll(values []string) []string {
	var out []string
	for _, v := range values {
		for p := range strings.SplitSeq(v, ",") {
			out = append(out, strings.TrimSpace(p))
		}
	}
	return out
}

// showWeaknesses are the IDs that a check can show.
func showWeaknesses(ws []*catalogue.Weakness) string {
	var ids []string
	for _, w := range ws {
		ids = append(ids, w.ID)
	}
	return strings.Join(ids, " ")
}
