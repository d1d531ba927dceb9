package jsonscan

// enumRule is the list of values of enum, or the one of const.
type enumRule struct {
	code   Code
	texts  []step  // strings, prepared like names
	values []Value // all others
}

func newEnumRule(code Code, values []Value) *enumRule {
	r := &enumRule{code: code}
	for _, v := range values {
		if v.Kind() == String {
			r.texts = append(r.texts, stepOf(string(v.AppendText(nil))))
		} else {
			r.values = append(r.values, v)
		}
	}
	return r
}

// accepts reports whether v, which is no string, is one of the values.
func (r *enumRule) accepts(v Value) bool {
	for _, w := range r.values {
		if v.d.work.equal.values(v, w) {
			return true
		}
	}
	return false
}

// find returns the position of a string among the strings, or -1.
func (r *enumRule) find(text []byte) int {
	for i := range r.texts {
		if r.texts[i].name == string(text) {
			return i
		}
	}
	return -1
}
