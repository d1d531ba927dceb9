package jsonscan

// scratch is memory that checks need, kept from one document to the next.
type scratch struct {
	bytes []byte
	marks []uint32 // nodes that a keyword has judged, for unevaluated*
	rules []*rule  // that apply to the value at hand, for undeclared members
	equal equality
}

func (s *scratch) release(keep int) {
	if cap(s.bytes) > 16*keep || cap(s.marks) > keep || cap(s.rules) > keep || s.equal.size() > keep {
		*s = scratch{}
	}
}
