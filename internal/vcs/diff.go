package vcs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// readDiff reads a patch without context lines. Of each file it wants to know
// where the new lines are, and where lines went missing.
func (c *Changes) readDiff(root string, r io.Reader) error {
	in := bufio.NewReader(r)
	file := "" // the one that hunks belong to, empty for a deleted one
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(line, "diff --git "):
			file = ""
		case strings.HasPrefix(line, "+++ "):
			if file, err = newName(line[len("+++ "):]); err != nil {
				return err
			}
		case strings.HasPrefix(line, "@@ "):
			h, err := parseHunk(line)
			if err != nil {
				return err
			}
			if file != "" {
				path := filepath.Join(root, filepath.FromSlash(file))
				c.files[path] = append(c.files[path], h.changed())
			}
			// The content is skipped by its count: it may look like a header.
			if err := skipContent(in, h.oldCount+h.newCount); err != nil {
				return fmt.Errorf("read diff: %w", err)
			}
		}
	}
}

// newName returns the name behind "+++ ", empty for /dev/null.
func newName(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		unquoted, err := unquote(s)
		if err != nil {
			return "", fmt.Errorf("read diff: name %q: %w", s, err)
		}
		s = unquoted
	} else {
		s = strings.TrimSuffix(s, "\t") // stands behind a name with spaces
	}
	if s == "/dev/null" {
		return "", nil
	}
	name, ok := strings.CutPrefix(s, "b/")
	if !ok {
		return "", fmt.Errorf("read diff: name %q has no prefix", s)
	}
	return name, nil
}

// hunk is what the header of a hunk says.
type hunk struct{ oldStart, oldCount, newStart, newCount int }

// changed are the lines of the new file that a hunk adds. If it only removes
// some, those on both sides of the gap have changed: a check may have stood there.
func (h hunk) changed() lineRange {
	if h.newCount == 0 {
		return lineRange{h.newStart, h.newStart + 1}
	}
	return lineRange{h.newStart, h.newStart + h.newCount - 1}
}

// parseHunk reads "@@ -1,2 +3,4 @@ …", where a count of 1 is left out.
func parseHunk(line string) (hunk, error) {
	fields := strings.SplitN(line, " ", 4)
	var h hunk
	if len(fields) < 4 || !strings.HasPrefix(fields[3], "@@") ||
		!parseRange(fields[1], "-", &h.oldStart, &h.oldCount) || !parseRange(fields[2], "+", &h.newStart, &h.newCount) {
		return hunk{}, fmt.Errorf("read diff: hunk header %.60q", line)
	}
	return h, nil
}

// maxLine bounds line numbers, so that sums of them don't overflow.
const maxLine = 1 << 30

func parseRange(s, sign string, start, count *int) bool {
	s, ok := strings.CutPrefix(s, sign)
	first, rest, found := strings.Cut(s, ",")
	*count = 1
	var err, countErr error
	*start, err = strconv.Atoi(first)
	if found {
		*count, countErr = strconv.Atoi(rest)
	}
	return ok && err == nil && countErr == nil && 0 <= *start && *start <= maxLine && 0 <= *count && *count <= maxLine
}

// unquote reads a name as git quotes it, like a string of C.
func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", errors.New("the quotes are not closed")
	}
	s = s[1 : len(s)-1]
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			return "", errors.New("a quote within")
		}
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", errors.New("a backslash at the end")
		}
		if plain := strings.IndexByte(`abtnvfr"\`, s[i]); plain >= 0 {
			out.WriteByte("\a\b\t\n\v\f\r\"\\"[plain])
			continue
		}
		if i+3 > len(s) {
			return "", errors.New("an escape is cut short")
		}
		b, err := strconv.ParseUint(s[i:i+3], 8, 8)
		if err != nil {
			return "", errors.New("an unknown escape")
		}
		out.WriteByte(byte(b))
		i += 2
	}
	return out.String(), nil
}

// maxHeader bounds the lines that are kept: names of files, mostly.
const maxHeader = 64 << 10

// readLine returns the next line without its end.
func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxHeader {
			return "", fmt.Errorf("read diff: a header of more than %d bytes", maxHeader)
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && len(line) > 0:
			return string(bytes.TrimSuffix(line, []byte("\n"))), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}

// skipContent leaves out the n lines of a hunk, and remarks between them, such
// as that the last line has no end.
func skipContent(in *bufio.Reader, n int) error {
	for n > 0 {
		first, err := in.Peek(1)
		if err != nil {
			return noEOF(err)
		}
		switch first[0] {
		case '+', '-':
			n--
		case '\\':
		default:
			return fmt.Errorf("a line of a hunk starts with %q", first)
		}
		if err := skipLine(in); err != nil {
			return noEOF(err)
		}
	}
	return nil
}

// skipLine leaves out a line of any length.
func skipLine(in *bufio.Reader) error {
	for {
		_, err := in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
