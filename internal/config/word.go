package config

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// wordError says why a word of the file is not the value that it should be.
type wordError struct{ reason, next string }

// wordFor names what a field of this type is written as.
func wordFor(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[bool]():
		return "true or false"
	case reflect.TypeFor[int]():
		return "a number"
	case reflect.TypeFor[time.Duration]():
		return "a duration"
	case reflect.TypeFor[byteSize]():
		return "a size"
	}
	return "text"
}

// The limits of what can be written. They keep arithmetic on settings far from
// overflow.
const (
	maxCount    = math.MaxInt32
	maxSize     = 1 << 30
	maxDuration = 365 * 24 * time.Hour
	maxRate     = 1_000_000
)

func parseText(n *yaml.Node) (string, *wordError) {
	switch {
	case n.Tag != "!!str":
		return "", &wordError{"must be text, not " + kindOf(n), "put it into quotes"}
	case strings.TrimSpace(n.Value) != n.Value:
		return "", &wordError{"the text starts or ends with a space", "remove it"}
	case n.Value == "":
		return "", &wordError{"the text is empty", "write a value, or remove the key"}
	case len(n.Value) > 2048:
		return "", &wordError{"the text is longer than 2048 bytes", "shorten it"}
	case strings.ContainsFunc(n.Value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", &wordError{"the text holds a line break or a control character", "write it on one line"}
	}
	return n.Value, nil
}

// parseBool accepts true and false alone: the other words of YAML 1.1 (yes, on,
// y) are text to one reader and a switch to the next.
func parseBool(n *yaml.Node) (bool, *wordError) {
	if n.Tag == "!!bool" && (n.Value == "true" || n.Value == "false") {
		return n.Value == "true", nil
	}
	return false, &wordError{fmt.Sprintf("must be true or false, not %q", clip(n.Value)), "write true or false, without quotes"}
}

var integer = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func parseCount(n *yaml.Node) (int, *wordError) {
	if n.Style != 0 || !integer.MatchString(n.Value) {
		return 0, &wordError{fmt.Sprintf("must be a number, not %q", clip(n.Value)), "write it in digits, without quotes"}
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil || i > maxCount {
		return 0, &wordError{fmt.Sprintf("must be at most %d", maxCount), "write a smaller number"}
	}
	return i, nil
}

var (
	bareNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	durations  = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)
	days       = regexp.MustCompile(`^([0-9]{1,3})d$`)
)

// parseDuration reads a duration with its units: 500ms, 30s, 5m, 1h30m.
func parseDuration(s string) (time.Duration, *wordError) {
	if bareNumber.MatchString(s) {
		return 0, &wordError{fmt.Sprintf("%q has no unit", clip(s)), fmt.Sprintf("write %[1]ss, %[1]sm or %[1]sh", clip(s))}
	}
	if m := days.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // three digits always fit
		return 0, &wordError{fmt.Sprintf("%q is not a duration: days are not a unit", s), fmt.Sprintf("write %dh", 24*n)}
	}
	if !durations.MatchString(s) {
		return 0, &wordError{fmt.Sprintf("%q is not a duration", clip(s)), "write a number and a unit: 500ms, 30s, 5m or 24h"}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d > maxDuration {
		return 0, &wordError{"must be at most " + formatDuration(maxDuration), "write a shorter time"}
	}
	return d, nil
}

var (
	sizes     = regexp.MustCompile(`^([0-9]+)(KiB|MiB|GiB|kB|MB|GB)?$`)
	looseSize = regexp.MustCompile(`(?i)^([0-9]{1,9}) ?([kmg])(i?)b?$`)
	units     = map[string]int64{"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1e3, "MB": 1e6, "GB": 1e9}
)

// parseSize reads bytes: 65536, 64KiB, 1MiB, 1GiB, or by thousands 64kB, 1MB, 1GB.
func parseSize(n *yaml.Node) (byteSize, *wordError) {
	m := sizes.FindStringSubmatch(n.Value)
	if m == nil || n.Tag != "!!int" && n.Tag != "!!str" {
		err := &wordError{fmt.Sprintf("%q is not a size", clip(n.Value)), "write bytes such as 65536, or a size such as 64KiB, 1MiB or 1GiB"}
		if m := looseSize.FindStringSubmatch(n.Value); m != nil {
			err.next = fmt.Sprintf("write %s%siB", m[1], strings.ToUpper(m[2]))
		}
		return 0, err
	}
	i, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || i > maxSize/units[m[2]] {
		return 0, &wordError{"must be at most " + byteSize(maxSize).String(), "write a smaller size"}
	}
	return byteSize(i * units[m[2]]), nil
}

// String writes the size in the largest unit that gives a whole number.
func (s byteSize) String() string {
	for _, u := range []string{"GiB", "MiB", "KiB"} {
		if n := int64(s); n >= units[u] && n%units[u] == 0 {
			return strconv.FormatInt(n/units[u], 10) + u
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

var rates = regexp.MustCompile(`^([0-9]+)/([0-9].*)$`)

// parseRate reads a count and a time: 60/1m.
func parseRate(s string) (rate, *wordError) {
	m := rates.FindStringSubmatch(s)
	if m == nil {
		return rate{}, &wordError{fmt.Sprintf("%q is not a rate", clip(s)), "write a count and a time, such as 60/1m"}
	}
	count, err := strconv.Atoi(m[1])
	if err != nil || count > maxRate {
		return rate{}, &wordError{fmt.Sprintf("a rate counts at most %d", maxRate), "write a smaller number"}
	}
	per, werr := parseDuration(m[2])
	return rate{count: count, per: per}, werr
}

// check keeps the arithmetic of rates sound: one event never takes less than a
// nanosecond, and the time that a burst stands for never overflows.
func (r rate) check() *wordError {
	switch {
	case r.count < 1:
		return &wordError{"a rate of 0 would let nothing pass", "write a count of at least 1; a limit can't be switched off: set a large value"}
	case r.per < time.Millisecond || r.per > 24*time.Hour:
		return &wordError{"the time of a rate must be 1ms to 24h", "write a rate such as 60/1m"}
	case r.burst > 1000*r.count:
		return &wordError{fmt.Sprintf("a burst of %d is more than a thousand times the rate", r.burst), "raise the rate, or lower the burst"}
	}
	return nil
}

// String writes the rate as the file would.
func (r rate) String() string {
	short := fmt.Sprintf("%d/%s", r.count, formatDuration(r.per))
	if r.burst == 0 || r.burst == r.count {
		return short
	}
	return fmt.Sprintf("{rate: %s, burst: %d}", short, r.burst)
}

// formatDuration writes d without the zero units that Go adds.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
