package jsonscan

// arrayRules compiles the keywords for arrays.
func (s *source) arrayRules() {
	a := &arrayRule{minItems: s.count("minItems", 0), maxItems: s.count("maxItems", maxBytes)}
	if v, _, ok := s.typed("uniqueItems", Bool); ok {
		a.unique = v.Bool()
	}
	a.prefix = s.subList("prefixItems")
	a.rest, a.hasRest = s.sub("items")
	a.contains = s.contains()
	if a.minItems > 0 || a.maxItems < maxBytes || a.unique || a.prefix != nil || a.hasRest || a.contains != nil {
		s.rule.array = a
	}
}

func (s *source) contains() *containsRule {
	// Without contains the counts say nothing, but must be well formed.
	c := &containsRule{min: s.count("minContains", -1), max: s.count("maxContains", maxBytes), minCode: SchemaMinContains}
	var ok bool
	if c.rule, ok = s.sub("contains"); !ok {
		return nil
	}
	if c.min < 0 {
		c.min, c.minCode = 1, SchemaContains
	}
	return c
}

// objectRules compiles the keywords for objects.
func (s *source) objectRules() {
	o := &objectRule{minProperties: s.count("minProperties", 0), maxProperties: s.count("maxProperties", maxBytes)}
	s.properties(o)
	s.additional(o)
	o.names, o.hasNames = s.sub("propertyNames")
	o.hasNames = o.names != nil
	s.dependents(o)
	if o.minProperties > 0 || o.maxProperties < maxBytes || o.properties.list != nil || o.patterns != nil ||
		o.hasAdditional || o.hasNames || o.dependents != nil {
		s.rule.obj = o
	}
}

// properties compiles properties, required and patternProperties.
func (s *source) properties(o *objectRule) {
	position := map[string]int{}
	s.members("properties", func(name string, v Value, pointer string) {
		position[name] = len(o.properties.list)
		o.properties.list = append(o.properties.list, property{step: stepOf(name), rule: s.schema(v, pointer), declared: true})
	})
	if v, pointer, ok := s.keyword("required"); ok {
		for _, name := range s.texts(v, pointer) {
			at, known := position[name]
			if !known {
				at = len(o.properties.list)
				o.properties.list = append(o.properties.list, property{step: stepOf(name)})
			}
			o.properties.list[at].required = true
			o.required++
		}
	}
	o.properties.index()
	s.members("patternProperties", func(name string, v Value, pointer string) {
		if p, r := s.pattern(name, pointer), s.schema(v, pointer); p != nil {
			o.patterns = append(o.patterns, patternProperty{p, r})
		}
	})
}

func (s *source) additional(o *objectRule) {
	o.additional, o.hasAdditional = s.sub("additionalProperties")
	o.closed = o.additional != nil && o.additional.never
}

// dependents compiles dependentRequired, dependentSchemas, and dependencies, which
// earlier drafts had in their place.
func (s *source) dependents(o *objectRule) {
	list := func(name string, v Value, pointer string) {
		d := dependent{name: stepOf(name)}
		for _, text := range s.texts(v, pointer) {
			d.required = append(d.required, stepOf(text))
		}
		o.dependents = append(o.dependents, d)
	}
	sub := func(name string, v Value, pointer string) {
		o.dependents = append(o.dependents, dependent{name: stepOf(name), rule: s.schema(v, pointer)})
	}
	s.members("dependentRequired", list)
	s.members("dependentSchemas", sub)
	s.members("dependencies", func(name string, v Value, pointer string) {
		if v.Kind() == Array {
			list(name, v, pointer)
		} else {
			sub(name, v, pointer)
		}
	})
}

// unevaluated compiles unevaluatedItems and unevaluatedProperties.
func (s *source) unevaluated() {
	if r, ok := s.sub("unevaluatedItems"); ok {
		s.rule.unevaluatedItems = &unevaluatedRule{r, r != nil && r.never}
	}
	if r, ok := s.sub("unevaluatedProperties"); ok {
		s.rule.unevaluatedProperties = &unevaluatedRule{r, r != nil && r.never}
	}
}
