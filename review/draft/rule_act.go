package draft

import (
	"slices"

	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// costs reports whether a message moves what people own, or takes a privilege.
func (m *message) costs() bool {
	if anyWord(m.name, moneyActs) && m.acts() {
		return true
	}
	return m.privileged()
}

// acts reports whether a message changes something.
func (m *message) acts() bool {
	return slices.ContainsFunc(m.events, func(ev *model.Event) bool {
		act, _ := rule.Act(ev)
		return ev.Kind == model.Operation && act != model.ReadAct
	})
}

// privileged reports whether a message does what takes more than being signed in.
func (m *message) privileged() bool {
	if anyWord(m.name, adminActs) {
		return true
	}
	return slices.ContainsFunc(m.events, func(ev *model.Event) bool {
		return ev.Kind == model.Operation && rule.Privileged(ev) && !ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact)
	})
}

// rate bounds what costs more than being read.
func (m *message) rate() string {
	if anyWord(m.name, frequentActs) {
		return ""
	}
	if slices.ContainsFunc(m.events, func(ev *model.Event) bool { return ev.Kind == model.Join }) {
		return "{rate: 60/1m, burst: 60}" // a page may join all its channels at once
	}
	for _, ev := range m.events {
		switch ev.Kind {
		case model.Sink:
			if ev.Op != model.LogSink {
				return "{rate: 5/1s, burst: 10}"
			}
		case model.Operation:
			if act, own := rule.Act(ev); !own || act == model.WriteAct || act == model.PrivilegedAct {
				return "{rate: 5/1s, burst: 10}"
			}
		}
	}
	return ""
}
