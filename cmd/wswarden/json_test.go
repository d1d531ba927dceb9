package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// jsonValue checks a value of a JSON file: "json stdout findings.*.id WS101".
// The path has keys and indices; a star stands for each element of a list or
// object, one of which must have the value. With "!", none may. Without a value,
// the path must lead to something.
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	var doc any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	var got []string
	for _, v := range follow(doc, strings.Split(args[1], ".")) {
		got = append(got, fmt.Sprint(v))
	}
	found := len(got) > 0
	if len(args) == 3 {
		found = slices.Contains(got, args[2])
	}
	if found == neg {
		ts.Fatalf("%s: %s is %q", args[0], args[1], got)
	}
}

// follow returns the values that a path leads to.
func follow(v any, path []string) []any {
	if len(path) == 0 {
		return []any{v}
	}
	key, rest := path[0], path[1:]
	var out []any
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if key == "*" || key == k {
				out = append(out, follow(x, rest)...)
			}
		}
	case []any:
		for i, x := range v {
			if key == "*" || key == strconv.Itoa(i) {
				out = append(out, follow(x, rest)...)
			}
		}
	}
	return out
}
