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
	register(&Check{
		Name: "foreign-channel", Summary: "subscribes to the channels of the other identity and to patterns, and listens",
		Weaknesses: []*catalogue.Weakness{catalogue.SubscribeUnchecked}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: Cost{Connections: 60, Messages: 200, Time: 60 * time.Second}, Run: runForeignChannel,
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
