package frameworks

import (
	"fmt"
	"strconv"
	"strings"
)

// A ParamSpec is a Param in its parsed form: what is known of a value that a
// framework hands out. The zero value knows nothing ("?", or no text at all).
type ParamSpec struct {
	// Kind is the kind of the value, nil without one. A value may have both a
	// kind and a label.
	Kind *Kind
	// Label is the model.Label of the data, Field the access path below its
	// source.
	Label string
	Field string
	// Special is what the value is relative to the call. Arg is the position
	// that belongs to ArgSpecial, Tuple what belongs to TupleSpecial.
	Special Special
	Arg     int
	Tuple   []ParamSpec
	// Rest says that all parameters from here on are like this one.
	Rest bool
}

// A Special is a value that is relative to the call that it belongs to.
type Special string

// The special values.
const (
	NoSpecial          Special = ""
	SelfSpecial        Special = "self"         // the receiver of the call that registers the handler
	ElemSpecial        Special = "elem"         // an element of the receiver
	AcceptSpecial      Special = "accept"       // a callback that accepts where its first argument is true
	ErrorAcceptSpecial Special = "error-accept" // a callback (err, ok): refuses with an error
	NextSpecial        Special = "next"         // a callback that goes on, or refuses with an argument
	ErrorSpecial       Special = "error"        // an exception
	ReceiverSpecial    Special = "receiver"     // what the method was called on, or the property read from
	ArgSpecial         Special = "arg"          // arg:N is an argument of the call
	TupleSpecial       Special = "tuple"        // tuple:a,b are several values
	ByNameSpecial      Special = "by-name"      // =identity where a literal argument or key, or the property's name, says who somebody is
)

// IsZero reports whether nothing is known of the value.
func (p *ParamSpec) IsZero() bool {
	return p.Kind == nil && p.Label == "" && p.Special == NoSpecial
}

// resolveKind finds a kind by the name that a file uses for it.
type resolveKind func(name string) (*Kind, error)

// parseParam reads one Param. Its grammar is in the comment of Handler.Params.
func parseParam(text string, kinds resolveKind) (ParamSpec, error) {
	return parseValue(strings.TrimSpace(text), kinds, true)
}

func parseValue(text string, kinds resolveKind, tuples bool) (ParamSpec, error) {
	var p ParamSpec
	if list, ok := strings.CutPrefix(text, "tuple:"); ok {
		if !tuples {
			return p, fmt.Errorf("a tuple in a tuple in %q", text)
		}
		p.Special = TupleSpecial
		for elem := range strings.SplitSeq(list, ",") {
			e, err := parseValue(strings.TrimSpace(elem), kinds, false)
			if err != nil {
				return ParamSpec{}, err
			}
			p.Tuple = append(p.Tuple, e)
		}
		return p, nil
	}
	text, p.Rest = strings.CutSuffix(text, "...")
	switch s := Special(text); s {
	case "", "?":
		return p, nil
	case SelfSpecial, ElemSpecial, AcceptSpecial, ErrorAcceptSpecial, NextSpecial, ErrorSpecial, ReceiverSpecial, ByNameSpecial:
		p.Special = s
		return p, nil
	}
	if pos, ok := strings.CutPrefix(text, "arg:"); ok {
		n, err := strconv.ParseUint(pos, 10, 8)
		if err != nil {
			return ParamSpec{}, fmt.Errorf("%q is no position of an argument", pos)
		}
		p.Special, p.Arg = ArgSpecial, int(n)
		return p, nil
	}
	kind, label, labelled := strings.Cut(text, "=")
	if labelled && kind != "" && (label == string(ReceiverSpecial) || strings.HasPrefix(label, "arg:")) {
		from, err := parseValue(label, kinds, false)
		if err != nil {
			return ParamSpec{}, err
		}
		p.Special, p.Arg, labelled = from.Special, from.Arg, false
	}
	if labelled {
		p.Label, p.Field, _ = strings.Cut(label, ".")
		if p.Label == "" {
			return ParamSpec{}, fmt.Errorf("no label in %q", text)
		}
	}
	if kind != "" {
		k, err := kinds(kind)
		if err != nil {
			return ParamSpec{}, err
		}
		p.Kind = k
	}
	return p, nil
}
