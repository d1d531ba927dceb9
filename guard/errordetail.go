package guard

import (
	"bytes"
	"regexp"
	"unicode"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// A stack trace is told by its lines, each of which is on its own recognisable in
// the form that a runtime prints it: one such line makes a text a stack trace. What
// an exception says, without the trace, can't be told from what an application
// says, and is left to schemas.

// frames are the lines of stack traces. No line of prose has one of these forms.
var frames = regexp.MustCompile(`^(?:` +
	// V8, Rust: a place in a file.
	`at .*(?:[/\\>]|node:|\.[cm]?[jt]sx?:|\.rs:).*:\d+:\d+\)?|` +
	// Java, Kotlin, .NET: a qualified name with its arguments.
	`at [\w$<>/@\x60-]+(?:\.[\w$<>@/\x60\[\]+,-]+)+\(.*\).*|` +
	`Caused by: [\w$]+(?:\.[\w$]+)+.*|` +
	// SpiderMonkey, JavaScriptCore.
	`[^\s@]*@(?:\w+://|/)\S+:\d+:\d+|` +
	// Python.
	`Traceback \(most recent call last\):|` +
	`File ".+", line \d+.*|` +
	// Go.
	`goroutine \d+ \[.+\]:|` +
	`\S*/\S+\.go:\d+(?: \+0x[0-9a-f]+)?|` +
	// Ruby.
	`(?:from )?\S+\.rb:\d+:in .+|` +
	// PHP.
	`#\d+ (?:\{main\}|.+\(\d+\): .+|\[internal function\].*)|` +
	// Rust.
	`thread '.*' panicked at .*|` +
	// Elixir, Erlang.
	`(?:\(\S+ \S+\) )?\S+\.(?:exs?|erl):\d+: .+` +
	`)$`)

// hasTrace reports whether text holds a line of a stack trace.
func hasTrace(text []byte) bool {
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		if isFrame(bytes.TrimSpace(line)) {
			return true
		}
	}
	return false
}

// isFrame reports whether line, without white space around it, is one of a stack
// trace.
func isFrame(line []byte) bool {
	return len(line) >= minFrame && mayBeFrame(line) && frames.Match(line[:min(len(line), maxFrame)])
}

// mayBeFrame tells cheaply that most lines are none.
func mayBeFrame(line []byte) bool {
	return hasBeginning(line) || hasPlace(line)
}

// beginnings are, by their first byte, what frames begin with. Those that begin with
// none of them have a place, see hasPlace.
var beginnings = [256]string{'a': "at ", 'C': "Caused by: ", 'T': "Traceback ", 'F': `File "`, 'g': "goroutine ", '#': "#", 't': "thread '"}

// hasBeginning reports whether text, which is not empty, begins with one of them.
func hasBeginning(text []byte) bool {
	begin := beginnings[text[0]]
	return begin != "" && len(text) > len(begin) && string(text[:len(begin)]) == begin
}

// hasPlace reports whether text may hold a place in a source file as Go, Ruby,
// Elixir, Erlang and browsers other than Chromium write it.
func hasPlace(text []byte) bool {
	if bytes.IndexByte(text, '@') >= 0 {
		return true
	}
	for rest := text; ; {
		i := bytes.IndexByte(rest, ':')
		if i < 0 {
			return false
		}
		if i >= 2 && places[rest[i-1]] && hasSourceSuffix(rest[:i]) {
			return true
		}
		rest = rest[i+1:]
	}
}

// places are the last letters of what hasSourceSuffix looks for.
var places = [256]bool{'o': true, 'b': true, 'x': true, 's': true, 'l': true}

func hasSourceSuffix(name []byte) bool {
	for _, suffix := range [...]string{".go", ".rb", ".ex", ".exs", ".erl"} {
		if len(name) >= len(suffix) && string(name[len(name)-len(suffix):]) == suffix {
			return true
		}
	}
	return false
}

const (
	// minFrame is what the shortest line has.
	minFrame = 8
	// maxFrame bounds what is matched of one line.
	maxFrame = 4 << 10
)

// mayHoldTrace tells cheaply that most texts hold no stack trace, neither in the
// strings of JSON nor where they are none.
func mayHoldTrace(text []byte) bool {
	i := skipSpace(text, 0)
	if beginsFrame(text[i:]) {
		return true
	}
	for ; i < len(text); i++ {
		switch notable[text[i]] {
		case isPlain:
		case isColon:
			if i > 0 && places[text[i-1]] && hasSourceSuffix(text[:i]) {
				return true
			}
		case isBreak:
			next := skipSpace(text, i+1)
			if beginsFrame(text[next:]) {
				return true
			}
			i = next - 1 // or lines of nothing would be skipped once for each of them
		default: // lines, or letters, may be written as escape sequences
			return true
		}
	}
	return false
}

const (
	isPlain = iota
	isColon
	isBreak // a line or a string may begin behind it
	isSuspicious
)

var notable = [256]uint8{':': isColon, '"': isBreak, '\n': isBreak, '\r': isBreak, '\\': isSuspicious, '@': isSuspicious}

// skipSpace returns where the white space of ASCII ends that begins at i.
func skipSpace(text []byte, i int) int {
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	return i
}

// beginsFrame reports whether text begins as a frame does, or with white space that
// is not ASCII's and may stand before one.
func beginsFrame(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	if text[0] >= utf8.RuneSelf {
		r, _ := utf8.DecodeRune(text)
		return unicode.IsSpace(r)
	}
	return hasBeginning(text)
}

// appendTraces appends the strings at any depth of v that hold a stack trace.
func appendTraces(dst []jsonscan.Value, v jsonscan.Value) []jsonscan.Value {
	switch v.Kind() {
	case jsonscan.String:
		if len(v.Raw()) > minFrame && hasTrace(v.Text()) {
			dst = append(dst, v)
		}
	case jsonscan.Array, jsonscan.Object:
		for m := range v.Elements() {
			dst = appendTraces(dst, m)
		}
	}
	return dst
}
