package jsonscan

import (
	"math"
	"strconv"
)

// kinds compiles type.
func (s *source) kinds() {
	v, pointer, ok := s.keyword("type")
	if !ok {
		return
	}
	switch v.Kind() {
	case String:
		s.rule.kinds = 0
		s.kind(v, pointer)
	case Array:
		if v.Len() == 0 {
			s.problem(pointer, "type is an empty list")
		}
		s.rule.kinds = 0
		s.texts(v, pointer)
		for elem := range v.Elements() {
			s.kind(elem, pointer)
		}
	default:
		s.problem(pointer, "type is a string or a list, not %s", v.Kind())
	}
	// integer is a part of number, whatever the order they come in.
	if s.rule.kinds&bitNumber != 0 {
		s.rule.integers = false
	} else if s.rule.integers {
		s.rule.kinds |= 1 << Number
	}
	s.rule.kinds &^= bitNumber
}

// bitNumber says that type has number, while it is read.
const bitNumber = 1 << Missing

func (s *source) kind(v Value, pointer string) {
	switch text := string(v.Text()); text {
	case "null":
		s.rule.kinds |= 1 << Null
	case "boolean":
		s.rule.kinds |= 1 << Bool
	case "number":
		s.rule.kinds |= 1<<Number | bitNumber
	case "integer":
		s.rule.integers = true
	case "string":
		s.rule.kinds |= 1 << String
	case "array":
		s.rule.kinds |= 1 << Array
	case "object":
		s.rule.kinds |= 1 << Object
	default:
		if v.Kind() == String {
			s.problem(pointer, "%q is no type", text)
		}
	}
}

// values compiles enum and const.
func (s *source) values() {
	if v, _, ok := s.typed("enum", Array); ok {
		var list []Value
		for elem := range v.Elements() {
			list = append(list, elem)
		}
		s.rule.enum = newEnumRule(SchemaEnum, list)
	}
	if v, _, ok := s.keyword("const"); ok {
		s.rule.constant = newEnumRule(SchemaConst, []Value{v})
	}
}

// textRules compiles the keywords for strings.
func (s *source) textRules() {
	t := &textRule{minLength: s.count("minLength", 0), maxLength: s.count("maxLength", maxBytes)}
	if v, pointer, ok := s.typed("pattern", String); ok {
		t.pattern = s.pattern(string(v.AppendText(nil)), pointer)
	}
	if v, pointer, ok := s.typed("format", String); ok && s.opt.AssertFormats {
		name := string(v.AppendText(nil))
		var known bool
		if t.format, known = formats[name]; known && t.format == nil {
			s.fallback(pointer, "format", strconv.Quote(name))
		}
	}
	t.lengthOnly = t.pattern == nil && t.format == nil
	if t.minLength > 0 || t.maxLength < maxBytes || t.pattern != nil || t.format != nil {
		s.rule.text = t
	}
}

func (s *source) pattern(text, pointer string) *Pattern {
	if s.unused {
		return nil
	}
	p, err := CompilePattern(text)
	if err != nil {
		s.problem(pointer, "%s", err)
	}
	return p
}

// numberRules compiles the keywords for numbers.
func (s *source) numberRules() {
	num := &numberRule{low: math.MinInt64, high: math.MaxInt64, bounded: true}
	for _, l := range [...]struct {
		name string
		numberLimit
	}{
		{"minimum", numberLimit{code: SchemaMinimum, side: -1}},
		{"maximum", numberLimit{code: SchemaMaximum, side: 1}},
		{"exclusiveMinimum", numberLimit{code: SchemaExclusiveMinimum, side: -1, equal: true}},
		{"exclusiveMaximum", numberLimit{code: SchemaExclusiveMaximum, side: 1, equal: true}},
	} {
		if v, _, ok := s.typed(l.name, Number); ok {
			l.bound = parseDecimal(v.Raw())
			num.limit(l.numberLimit)
		}
	}
	if v, pointer, ok := s.typed("multipleOf", Number); ok {
		step := parseDecimal(v.Raw())
		switch {
		case step.sign() <= 0:
			s.problem(pointer, "multipleOf is greater than zero")
		case !step.exact:
			s.fallback(pointer, "multipleOf", "of more than 19 digits")
		default:
			num.step = &step
			num.whole, _ = step.int64()
		}
	}
	if num.limits != nil || num.step != nil {
		s.rule.num = num
	}
}

// limit adds a bound, and narrows the range of integers by it.
func (r *numberRule) limit(l numberLimit) {
	r.limits = append(r.limits, l)
	floor, integer, ok := l.bound.floor()
	if !ok || floor == math.MinInt64 || floor == math.MaxInt64 {
		r.bounded = false
		return
	}
	if l.side < 0 { // the least integer that is not refused
		if !integer || l.equal {
			floor++
		}
		r.low = max(r.low, floor)
		return
	}
	if integer && l.equal {
		floor--
	}
	r.high = min(r.high, floor)
}
