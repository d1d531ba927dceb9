package fact

import (
	"fmt"
	"io/fs"
	"regexp"
)

// Forms of fields. What a program hands to git or to the file system is held
// to them.
var (
	nameForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,80}$`)
	repoForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,60}/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$`)
	commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)
	idForm     = regexp.MustCompile(`^WS[0-9]{3}$`)
)

func checkForm(what, text string, form *regexp.Regexp) error {
	if !form.MatchString(text) {
		return fmt.Errorf("%s %q has not the form %s", what, text, form)
	}
	return nil
}

// parsePlace checks a path and reads lines.
func parsePlace(path, lines string) (Place, error) {
	if !fs.ValidPath(path) || path == "." {
		return Place{}, fmt.Errorf("path %q is not relative to a tree", path)
	}
	spans, err := ParseSpans(lines)
	return Place{Path: path, Spans: spans}, err
}

// A Version is a tree: a repository at a commit.
type Version struct {
	Repo   string // "owner/name"
	Commit string // 40 hexadecimal digits
}

// String is the repository and the first digits of the commit.
func (v Version) String() string { return v.Repo + "@" + v.Commit[:12] }

func parseVersion(repo, commit string) (Version, error) {
	if err := checkForm("repository", repo, repoForm); err != nil {
		return Version{}, err
	}
	return Version{repo, commit}, checkForm("commit", commit, commitForm)
}
