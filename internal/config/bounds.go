package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// inBounds judges a value by the tags of its field.
func inBounds(v reflect.Value, tag reflect.StructTag, limit bool) *wordError {
	err := outside(v, tag)
	if err == nil {
		return nil
	}
	if limit && v.CanInt() && v.Int() <= 0 {
		err.next = "a limit can't be switched off: set a large value"
	}
	if why := tag.Get("why"); why != "" {
		err.reason += ": " + why
	} else if !v.CanInt() {
		return err // a misspelt word opens nothing
	}
	if ids := strings.Fields(tag.Get("weakness")); len(ids) > 0 {
		err.reason += " (" + ids[0] + ")"
	}
	return err
}

func outside(v reflect.Value, tag reflect.StructTag) *wordError {
	if words := strings.Fields(tag.Get("one")); len(words) > 0 && v.Kind() == reflect.String && !slices.Contains(words, v.String()) {
		return &wordError{fmt.Sprintf("%q is not accepted", clip(v.String())), "write " + orList(words)}
	}
	if !v.CanInt() {
		return nil
	}
	least, hasLeast := bound(v.Type(), tag.Get("min"))
	most, hasMost := bound(v.Type(), tag.Get("max"))
	switch {
	case hasMost && (v.Int() < least || v.Int() > most):
		return &wordError{fmt.Sprintf("must be %s to %s", tag.Get("min"), tag.Get("max")), "write a value in that range"}
	case hasLeast && v.Int() < least:
		return &wordError{"must be at least " + tag.Get("min"), "write a larger value"}
	}
	return nil
}

// bound reads a tag of our own; it panics on a malformed one, which a test of
// the tags would find.
func bound(t reflect.Type, text string) (int64, bool) {
	if text == "" {
		return 0, false
	}
	if t == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		if err != nil {
			panic("config: malformed bound " + text)
		}
		return int64(d), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("config: malformed bound " + text)
	}
	return n, true
}

// orList joins words: a, b or c.
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
