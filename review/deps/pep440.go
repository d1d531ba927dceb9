package deps

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pep440 is a version of Python's packages, in parts that compare.
type pep440 struct {
	epoch   int
	release []int // without zeros at the end, which mean nothing
	// stage and pre are a pre-release; devStage, final and so on order what has
	// none.
	stage, pre int
	post, dev  int
	local      string
}

// The stages, oldest first. 1.0.dev1 is older than 1.0a1, and 1.0a1.dev1 newer
// than it.
const (
	devStage = iota
	alphaStage
	betaStage
	candidateStage
	finalStage
)

// notDev stands for the dev part of what has none: it is newer than all that do.
const notDev = int(^uint(0) >> 1)

var (
	pep440Form = regexp.MustCompile(`^v?(?:(\d+)!)?(\d+(?:\.\d+)*)` +
		`(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?` +
		`(?:-(\d+)|([-_.]?(?:post|rev|r)[-_.]?)(\d*))?` +
		`([-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`)
	stages = map[string]int{"alpha": alphaStage, "a": alphaStage, "beta": betaStage, "b": betaStage, "preview": candidateStage, "pre": candidateStage, "c": candidateStage, "rc": candidateStage}
)

func parsePEP440(text string) (pep440, bool) {
	m := pep440Form.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return pep440{}, false
	}
	v := pep440{epoch: number(m[1]), stage: finalStage, post: -1, dev: notDev, local: m[10]}
	for part := range strings.SplitSeq(m[2], ".") {
		v.release = append(v.release, number(part))
	}
	for len(v.release) > 1 && v.release[len(v.release)-1] == 0 {
		v.release = v.release[:len(v.release)-1]
	}
	if m[3] != "" {
		v.stage, v.pre = stages[m[3]], number(m[4])
	}
	if m[5] != "" || m[6] != "" {
		v.post = number(m[5] + m[7])
	}
	if m[8] != "" {
		v.dev = number(m[9])
		if v.stage == finalStage && v.post < 0 {
			v.stage = devStage
		}
	}
	return v, true
}

// number is a number of a version; an absent one means 0. What does not fit is
// greater than all that does.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil && digits != "" {
		return notDev
	}
	return n
}

func (v pep440) compare(w pep440) int {
	return cmp.Or(cmp.Compare(v.epoch, w.epoch), slices.Compare(v.release, w.release), cmp.Compare(v.stage, w.stage), cmp.Compare(v.pre, w.pre),
		cmp.Compare(v.post, w.post), cmp.Compare(v.dev, w.dev), compareLocal(v.local, w.local))
}

// compareLocal orders what follows the plus: segment by segment, numbers after
// words.
func compareLocal(a, b string) int {
	separator := func(r rune) bool { return r == '.' || r == '-' || r == '_' }
	return slices.CompareFunc(strings.FieldsFunc(a, separator), strings.FieldsFunc(b, separator), func(x, y string) int {
		nx, errX := strconv.Atoi(x)
		ny, errY := strconv.Atoi(y)
		switch {
		case errX == nil && errY == nil:
			return cmp.Compare(nx, ny)
		case errX == nil:
			return 1
		case errY == nil:
			return -1
		}
		return strings.Compare(x, y)
	})
}
