package source

import (
	"os"
	"path"
	"strings"
)

// examples are folders of code that shows how something is used: it is read and
// copied, and not what the program runs.
var examples = map[string]bool{
	"example": true, "examples": true, "_example": true, "_examples": true, "demo": true, "demos": true, "playground": true, "playgrounds": true,
	"sample": true, "samples": true, "tutorial": true, "tutorials": true,
}

// Examples returns a function that reports whether a path, as reports name it,
// is in a folder of examples below the roots of a review. What the caller named
// is what they want to know about: a root is no example, whatever it is called.
func Examples(roots []string) func(name string) bool {
	if len(roots) == 0 {
		roots = []string{"."}
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = ""
	}
	var shown []string
	for _, r := range roots {
		shown = append(shown, display(r, cwd))
	}
	return func(name string) bool {
		found := false
		for _, r := range shown {
			if name == r {
				return false
			}
			if rest, ok := below(name, r); ok {
				if !inExamples(path.Dir(rest)) {
					return false
				}
				found = true
			}
		}
		return found
	}
}

// below is a path relative to a root that it is in.
func below(name, root string) (string, bool) {
	if root == "." {
		return name, !strings.HasPrefix(name, "/")
	}
	if root == "/" {
		return strings.TrimPrefix(name, "/"), strings.HasPrefix(name, "/")
	}
	return strings.CutPrefix(name, root+"/")
}

func inExamples(folder string) bool {
	for _, part := range strings.Split(folder, "/") {
		if examples[strings.ToLower(part)] {
			return true
		}
	}
	return false
}
