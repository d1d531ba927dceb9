package jsonscan

// alternatives compiles the keywords that apply further schemas to the value.
func (s *source) alternatives() {
	if rules := s.subList("allOf"); rules != nil {
		s.rule.branches = append(s.rule.branches, branch{kind: branchAllOf, rules: rules})
	}
	if rules := s.subList("anyOf"); rules != nil {
		s.rule.branches = append(s.rule.branches, branch{kind: branchAnyOf, rules: rules})
	}
	if rules := s.subList("oneOf"); rules != nil {
		s.rule.branches = append(s.rule.branches, branch{kind: branchOneOf, rules: rules})
	}
	if r, ok := s.sub("not"); ok {
		s.rule.branches = append(s.rule.branches, branch{kind: branchNot, rules: []*rule{r}})
	}
	if r, ok := s.sub("if"); ok {
		then, _ := s.sub("then")
		otherwise, _ := s.sub("else")
		s.rule.branches = append(s.rule.branches, branch{kind: branchIf, rules: []*rule{r, then, otherwise}})
	}
	for i := range s.rule.branches {
		s.compiler.branches = append(s.compiler.branches, &s.rule.branches[i])
	}
}
