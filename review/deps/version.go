package deps

import (
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Compare orders two versions of an ecosystem: negative where a is older. It
// returns false where one of them is none.
func Compare(ecosystem, a, b string) (int, bool) {
	if ecosystem == PyPI {
		x, okX := parsePEP440(a)
		y, okY := parsePEP440(b)
		return x.compare(y), okX && okY
	}
	a, b = withV(a), withV(b)
	return semver.Compare(a, b), semver.IsValid(a) && semver.IsValid(b)
}

// withV is a version as package semver wants it: Go writes the v, npm doesn't.
func withV(version string) string {
	if strings.HasPrefix(version, "v") {
		return version
	}
	return "v" + version
}

// IsPseudo reports whether a version is one that Go made up for a commit
// without a tag: where it lies between releases is known, what it holds isn't.
func IsPseudo(ecosystem, version string) bool {
	return ecosystem == Go && module.IsPseudoVersion(version)
}
