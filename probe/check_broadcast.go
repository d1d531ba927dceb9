package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/report"
)

func init() {
	cost := Cost{Connections: 60, Messages: 200, Time: 60 * time.Second}
	register(&Check{
		Name: "foreign-channel", Summary: "subscribes to the channels of the other identity and to patterns, and listens",
		Weaknesses: []*catalogue.Weakness{catalogue.SubscribeUnchecked}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: cost, Run: runForeignChannel,
	}, &Check{
		Name: "broadcast-raw", Summary: "sends harmless markup and a member of its own, and looks at what another connection receives",
		Weaknesses: []*catalogue.Weakness{catalogue.BroadcastRaw}, Group: State, Needs: NeedAccepted, Cost: cost, Run: runBroadcastRaw,
	}, &Check{
		Name: "broadcast-scope", Summary: "has the first identity act while the other, and nobody, listen",
		Weaknesses: []*catalogue.Weakness{catalogue.BroadcastUnscoped}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: cost, Run: runBroadcastScope,
	})
}

const fixChannel = "decide by the user of the connection whether he may join a channel, by its exact name, and refuse patterns"

// channelName matches members that name a channel.
var channelName = regexp.MustCompile(`(?i)^(channels?|rooms?|topics?|streams?|groups?|feeds?|subjects?|queue|destination)$`)

func runForeignChannel(ctx context.Context, s *Session) error {
	w := catalogue.SubscribeUnchecked
	v, err := s.converse(ctx, func(k known) bool { _, has := channelMember(k); return has || !k.reads() })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	other := &s.Target.Identities[1]
	tried, weak := 0, false
	for _, k := range v.known {
		member, has := channelMember(k)
		if !has || strings.HasPrefix(strings.ToLower(k.name), "un") || strings.HasPrefix(strings.ToLower(k.name), "leave") {
			continue
		}
		control, channels, err := v.ownChannel(ctx, k, member)
		if err != nil {
			return err
		}
		if control.refusal != "" || control.ended || len(control.units) == 0 {
			continue
		}
		for _, channel := range foreignChannels(channels, userOf(s.Target.Identity()), userOf(other)) {
			tried++
			a, err := v.t.ask(ctx, k.name, corpus.With(k.payload, member, channel.name), control.types...)
			if err != nil {
				return err
			}
			if !a.accepted(control) {
				continue
			}
			arrived, u, err := v.arrives(ctx, other)
			if err != nil {
				return err
			}
			if channel.pattern && !arrived {
				continue // a server may take a pattern for a name that nobody uses
			}
			f := Finding{Weakness: w, Fix: fixChannel, Evidence: a.evidence, Confidence: report.MediumConfidence, Anchor: k.name + " " + channel.kind,
				Message: fmt.Sprintf("%s may subscribe to %s, by a message %q.", name(s.Target.Identity()), channel.kind, k.name)}
			if arrived {
				f.Confidence = report.HighConfidence
				f.Evidence.Response += s.Mask(showUnit(u)) + "\n"
				f.Message += fmt.Sprintf(" What %s does then arrives.", name(other))
			}
			s.Weak(f)
			weak = true
			break
		}
	}
	switch {
	case weak:
	case tried == 0:
		s.NotJudged(w, "no message that subscribes is known and accepted: record one (--messages)")
	default:
		s.Pass(w, "%d subscriptions to channels of others and to patterns are refused", tried)
	}
	return nil
}

// channelMember returns the member of a message that names a channel.
func channelMember(k known) (string, bool) {
	for _, member := range slices.Sorted(maps.Keys(k.payload)) {
		if _, isText := k.payload[member].(string); isText && channelName.MatchString(member) {
			return member, true
		}
	}
	return "", false
}

// ownChannel subscribes to a channel that the first identity may have: the one
// of the message, or one of the usual forms with his name.
func (v *conversation) ownChannel(ctx context.Context, k known, member string) (answered, []string, error) {
	me := userOf(v.s.Target.Identity())
	given, _ := k.payload[member].(string)
	var good answered
	var channels []string
	for _, c := range []string{given, "user:" + me, "users/" + me, "user." + me, "orders:" + me, "private-" + me, me} {
		if c == "" || c != given && strings.Contains(given, me) && me != "" {
			continue
		}
		a, err := v.t.ask(ctx, k.name, corpus.With(k.payload, member, c), good.types...)
		if err != nil {
			return good, nil, err
		}
		if a.refusal == "" && !a.ended && len(a.units) > 0 {
			if len(good.units) == 0 {
				good = a
			}
			channels = append(channels, c)
		}
	}
	return good, channels, nil
}

type foreignChannel struct {
	name, kind string
	pattern    bool
}

// foreignChannels are channels of the other, made of those that the first may
// have, and patterns.
func foreignChannels(own []string, me, other string) []foreignChannel {
	var out []foreignChannel
	add := func(name, kind string, pattern bool) {
		if !slices.ContainsFunc(out, func(c foreignChannel) bool { return c.name == name }) && !slices.Contains(own, name) {
			out = append(out, foreignChannel{name, kind, pattern})
		}
	}
	for _, c := range own {
		if me != "" && strings.Contains(c, me) {
			add(strings.ReplaceAll(c, me, other), "a channel of the other identity", false)
			add(strings.ReplaceAll(c, me, "*"), "a pattern of channels", true)
			add(strings.ReplaceAll(c, me, "+"), "a pattern of channels", true)
			add(strings.ReplaceAll(c, me, "../"+other), "a path to the other's channel", true)
		}
	}
	for _, p := range []string{"*", "#", "+", "user:*", "orders:*", ">"} {
		add(p, "a pattern of channels", true)
	}
	return out
}

// arrives has somebody act, and reports whether what comes of it arrives at the
// first identity's connection.
func (v *conversation) arrives(ctx context.Context, who *Identity) (bool, wire.Unit, error) {
	t := v.s.newTalk(who, v.speak)
	defer t.close()
	if _, err := v.t.drain(ctx, time.Millisecond); err != nil {
		return false, wire.Unit{}, err
	}
	for _, k := range v.known {
		if _, subscribes := channelMember(k); subscribes || k.reads() || talkative.MatchString(k.name) {
			continue
		}
		if _, err := t.ask(ctx, k.name, v.as(k, who).payload, v.controls[k.name].types...); err != nil {
			if errors.Is(err, errNotOpen) {
				return false, wire.Unit{}, nil
			}
			return false, wire.Unit{}, err
		}
		units, err := v.t.drain(ctx, v.t.wait)
		if err != nil {
			return false, wire.Unit{}, err
		}
		for _, u := range units {
			if saysUser(v.speak.hear(u).body, userOf(who)) {
				return true, u, nil
			}
		}
	}
	return false, wire.Unit{}, nil
}

// textMember matches members that people write text into.
var textMember = regexp.MustCompile(`(?i)^(text|message|msg|body|content|comment|title|description|name|nickname|subject|note|status|bio)$`)

// talkative matches names of messages that are meant for everybody.
var talkative = regexp.MustCompile(`(?i)chat|message|post|say|announce|broadcast|typing|comment|shout|presence`)

func runBroadcastRaw(ctx context.Context, s *Session) error {
	w := catalogue.BroadcastRaw
	v, err := s.converse(ctx, func(k known) bool { return !k.reads() })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	ear, err := v.ear(ctx)
	if err != nil {
		return err
	}
	defer ear.close()
	arrivals := 0
	for _, k := range v.known {
		for _, member := range slices.Sorted(maps.Keys(k.payload)) {
			if _, isText := k.payload[member].(string); !isText || !textMember.MatchString(member) {
				continue
			}
			mark := canary("markup")
			markup := "<img src=x id=" + mark + ">"
			for _, payload := range []map[string]any{
				corpus.With(corpus.With(k.payload, member, markup), corpus.Unknown, mark),
				corpus.With(k.payload, member, markup),
			} {
				a, heard, err := v.atEar(ctx, ear, k.name, payload)
				if err != nil {
					return err
				}
				what := ""
				u, raw := find(v.speak, heard, markup)
				_, arrived := find(v.speak, heard, mark)
				if arrived {
					arrivals++
				}
				if raw {
					what = "with its markup as it was sent"
				} else if u = extra(v.speak, heard, mark); u.Payload != nil {
					what = "with a member that nobody has declared"
				}
				if what == "" {
					continue
				}
				s.Weak(Finding{Weakness: w, Fix: "send others a message of your own making, with the members that you name and text escaped; and never insert it into a page as HTML", Anchor: k.name + "." + member,
					Evidence: report.Evidence{Request: a.evidence.Request, Response: s.Mask(showUnit(u)) + "\n"},
					Message:  fmt.Sprintf("A message %q arrives at another connection %s: a script in it runs in the page of everybody who shows it as HTML.", k.name, what)})
				break
			}
		}
	}
	if arrivals == 0 {
		s.NotJudged(w, "nothing that was sent arrived at another connection")
		return nil
	}
	s.Pass(w, "%d marked texts arrive without markup", arrivals)
	return nil
}

// atEar sends a message and returns what came at the other connection alone.
func (v *conversation) atEar(ctx context.Context, ear *talk, typ string, payload map[string]any) (answered, []wire.Unit, error) {
	a, all, err := v.heard(ctx, ear, typ, payload)
	return a, all[min(len(a.units), len(all)):], err
}

// extra returns a message that passes the undeclared member on.
func extra(speak speech, units []wire.Unit, mark string) wire.Unit {
	for _, u := range units {
		found := false
		pairs(speak.hear(u).body, func(name string, v any) { found = found || name == corpus.Unknown && v == mark })
		if found {
			return u
		}
	}
	return wire.Unit{}
}

func runBroadcastScope(ctx context.Context, s *Session) error {
	w := catalogue.BroadcastUnscoped
	v, err := s.converse(ctx, func(k known) bool { _, subscribes := channelMember(k); return !subscribes })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	listeners := []*Identity{&s.Target.Identities[1], nil}
	acted := 0
	for _, who := range listeners {
		ear := s.newTalk(who, v.speak)
		ear.perConn = 1 << 20
		if err := ear.open(ctx); err != nil {
			if errors.Is(err, errNotOpen) {
				continue // nobody can't connect, which is as it should be
			}
			return err
		}
		n, err := v.overhear(ctx, ear, w)
		ear.close()
		if err != nil {
			return err
		}
		acted += n
	}
	if acted == 0 {
		s.NotJudged(w, "no message is known whose answer names the user")
		return nil
	}
	s.Pass(w, "what %d messages of %s brought about arrived nowhere else", acted, name(s.Target.Identity()))
	return nil
}

// overhear has the first identity act while somebody listens who has asked for
// nothing, and reports what he gets.
func (v *conversation) overhear(ctx context.Context, ear *talk, w *catalogue.Weakness) (acted int, err error) {
	me := userOf(v.s.Target.Identity())
	for _, k := range v.known {
		if !v.works(k) || talkative.MatchString(k.name) && ear.who != nil {
			continue // what is meant for everybody who signed in
		}
		a, heard, err := v.atEar(ctx, ear, k.name, k.payload)
		if err != nil {
			if errors.Is(err, errNotOpen) {
				return acted, nil
			}
			return acted, err
		}
		acted++
		for _, u := range heard {
			if !saysUser(v.speak.hear(u).body, me) {
				continue
			}
			v.s.Weak(Finding{Weakness: w, Fix: "send to the connections of those who are entitled to it, found by user or by the channel that they were let into", Anchor: k.name + " " + name(ear.who),
				Evidence: report.Evidence{Request: a.evidence.Request, Response: v.s.Mask(showUnit(u)) + "\n"},
				Message:  fmt.Sprintf("What %s brings about with a message %q arrives at the connection of %s, who has asked for nothing.", name(v.s.Target.Identity()), k.name, name(ear.who))})
			break
		}
	}
	return acted, nil
}
