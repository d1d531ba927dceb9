package fact

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a table. The files are written by hand; whatever is larger is not
// one of them.
const (
	maxTableBytes = 4 << 20
	maxLineBytes  = 16 << 10
	maxRows       = 20_000
)

// record is a row of a table.
type record struct {
	file   string
	line   int
	fields []string
}

// errorf says what is wrong with the row, and where it stands.
func (r record) errorf(format string, args ...any) error {
	return fmt.Errorf("read %q: line %d: %w", r.file, r.line, fmt.Errorf(format, args...))
}

// readTable gives the rows of a table of tab-separated values whose first line
// is header. It knows no quoting: a tab or a line break can't be in a field.
func readTable(file string, r io.Reader, header []string) ([]record, error) {
	sc := bufio.NewScanner(io.LimitReader(r, maxTableBytes+1))
	sc.Buffer(make([]byte, 0, 4096), maxLineBytes)
	var rows []record
	read := 0
	for n := 1; sc.Scan(); n++ {
		if read += len(sc.Bytes()) + 1; read > maxTableBytes {
			return nil, fmt.Errorf("read %q: more than %d bytes", file, maxTableBytes)
		}
		row := record{file: file, line: n, fields: strings.Split(strings.TrimSuffix(sc.Text(), "\r"), "\t")}
		if err := row.checkText(); err != nil {
			return nil, err
		}
		switch {
		case n == 1 && !slices.Equal(row.fields, header):
			return nil, row.errorf("the header is not %q", strings.Join(header, " "))
		case n == 1:
			continue
		case len(row.fields) != len(header):
			return nil, row.errorf("%d fields instead of %d", len(row.fields), len(header))
		case len(rows) == maxRows:
			return nil, row.errorf("more than %d rows", maxRows)
		}
		rows = append(rows, row)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read %q: %w", file, err)
	}
	if read == 0 {
		return nil, fmt.Errorf("read %q: it is empty", file)
	}
	return rows, nil
}

// checkText keeps out what would spoil a terminal or a Markdown table.
func (r record) checkText() error {
	for _, f := range r.fields {
		if !utf8.ValidString(f) {
			return r.errorf("not UTF-8")
		}
		if i := strings.IndexFunc(f, unicode.IsControl); i >= 0 {
			return r.errorf("control character in %q", f)
		}
	}
	return nil
}
