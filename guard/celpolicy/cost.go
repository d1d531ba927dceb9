package celpolicy

import (
	"cel.dev/cel-go/common/cost"
)

// maxEstimate is the most that an expression may cost by its estimate: beyond it
// the limit of an evaluation would sooner or later meet an honest message.
const maxEstimate = 100 // times the limit of one evaluation

// estimator tells CEL how large what an expression reads can be.
type estimator struct {
	root    *shape
	limits  Limits
	bounded bool // by the sizes that the schema allows
}

// EstimateSize implements cost.Estimator.
func (e estimator) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	most := e.limits.MessageBytes
	if path[0] == varMessage {
		most = e.message(path[1:])
	}
	size := cost.RangedSizeEstimate(0, uint64(most))
	return &size
}

// message returns the size of what is at path: elements of a container, bytes of
// a string.
func (e estimator) message(path []string) int {
	s := e.root
	for _, step := range path {
		switch step {
		case "@items", "@values":
			s = s.part()
		case "@keys":
			return e.limits.MessageBytes
		default:
			s = s.member(step)
		}
	}
	most := s.most
	if !e.bounded {
		most = 0
	}
	switch s.kind {
	case kindList, kindMap:
		return smaller(most, e.limits.Elements)
	case kindObject:
		return len(s.fields)
	case kindString:
		// maxLength counts characters, of up to four bytes.
		return smaller(4*min(most, e.limits.MessageBytes), e.limits.MessageBytes)
	case kindAny:
		return e.limits.MessageBytes
	}
	return 1
}

func smaller(n, most int) int {
	if n > 0 && n < most {
		return n
	}
	return most
}

// EstimateCallCost implements cost.Estimator.
func (e estimator) EstimateCallCost(_, overload string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	if overload == "session_owns" {
		return cost.NewCallEstimate(cost.RangedCostEstimate(1, 1000), nil)
	}
	return nil
}
