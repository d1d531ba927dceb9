package report

import "strings"

// A Source returns the text of a file by the path of a Span. The forms show
// source where it can be had and do without where it can't: an error takes away
// nothing but the code frame.
type Source func(path string) ([]byte, error)

// sources cuts files into lines, each file once.
type sources struct {
	read  Source
	files map[string]*sourceFile
}

// sourceFile is a text with the offsets at which its lines start.
type sourceFile struct {
	text   string
	starts []int
}

func newSources(read Source) *sources {
	return &sources{read: read, files: map[string]*sourceFile{}}
}

// file returns nil for a file that can't be read.
func (s *sources) file(path string) *sourceFile {
	if s.read == nil || path == "" {
		return nil
	}
	if f, ok := s.files[path]; ok {
		return f
	}
	var f *sourceFile
	if text, err := s.read(path); err == nil {
		f = newSourceFile(string(text))
	}
	s.files[path] = f
	return f
}

func newSourceFile(text string) *sourceFile {
	f := &sourceFile{text: text, starts: []int{0}}
	for i := 0; i < len(text); i++ {
		next := strings.IndexByte(text[i:], '\n')
		if next < 0 {
			break
		}
		i += next
		f.starts = append(f.starts, i+1)
	}
	return f
}

// line returns line n, counted from 1, without its end. It returns false past
// the end of the file; a nil file has no lines.
func (f *sourceFile) line(n int) (string, bool) {
	if f == nil || n < 1 || n > len(f.starts) {
		return "", false
	}
	start, end := f.starts[n-1], len(f.text)
	if n < len(f.starts) {
		end = f.starts[n] - 1
	} else if start == end {
		return "", false // what follows the last line feed is no line
	}
	return strings.TrimSuffix(f.text[start:end], "\r"), true
}
