package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

const (
	// maxReviewWidth is the widest that code frames and messages are set.
	maxReviewWidth = 120
	// maxSource bounds a file that is read again for its code frames.
	maxSource = 16 << 20
)

// deliver writes what the flags ask for and judges it.
func (e *Env) deliver(all *report.Report, paths []string, filter report.Filter, f reviewFlags) error {
	noteStale(all, filter.Baseline, f.baseline, paths)
	shown := filter.Apply(all)
	if err := e.writeReport(shown, f.format.value, f.output); err != nil {
		return err
	}
	if f.writeBaseline != "" {
		filter.Baseline = nil // what was known stays known
		return e.writeBaseline(filter.Apply(all), f.writeBaseline)
	}
	return verdict(shown, f.failOn.value)
}

// noteStale adds a note on entries of the baseline that are closed, as far as
// their files were looked at.
func noteStale(r *report.Report, b *report.Baseline, file string, paths []string) {
	n := 0
	for _, entry := range b.Stale(r) {
		if slices.ContainsFunc(paths, func(p string) bool { return lies(entry.Path, filepath.ToSlash(p)) }) {
			n++
		}
	}
	if n > 0 {
		r.Notes = append(r.Notes, report.Note{
			Span:    report.Span{Path: filepath.ToSlash(file)},
			Message: fmt.Sprintf("%d of its findings are no longer there; --write-baseline makes it anew", n),
		})
	}
}

// lies reports whether name is path, or below it.
func lies(name, path string) bool {
	rest, below := strings.CutPrefix(name, path)
	return below && (rest == "" || rest[0] == '/') || path == "." && !filepath.IsAbs(name)
}

// writeReport writes r in the form and to the file that the flags name; an empty
// name or "-" is standard output.
func (e *Env) writeReport(r *report.Report, format, output string) error {
	if output == "" || output == "-" {
		opt := report.TextOptions{Color: e.Color, Width: min(e.Width, maxReviewWidth)}
		return render(e.Stdout, r, format, opt)
	}
	var out bytes.Buffer
	if err := render(&out, r, format, report.TextOptions{}); err != nil {
		return err
	}
	if err := replaceFile(output, out.Bytes()); err != nil {
		return fail("", "--output: %w", err)
	}
	_, err := fmt.Fprintf(e.Stderr, "wswarden: wrote %s: %s\n", output, r.Summary())
	return err
}

// verdict is the exit code of what is shown: findings where one reaches the
// severity that the flag names.
func verdict(shown *report.Report, failOn string) error {
	if failOn == "never" {
		return nil
	}
	least, err := catalogue.ParseSeverity(failOn)
	if err != nil {
		return err
	}
	if shown.Reaches(least) {
		return &failure{err: errors.New("findings"), findings: true, silent: true}
	}
	return nil
}

func render(w io.Writer, r *report.Report, format string, opt report.TextOptions) error {
	opt.Source = readSource
	switch format {
	case "json":
		return report.JSON(w, r)
	case "sarif":
		return report.SARIF(w, r, readSource)
	case "html":
		return report.HTML(w, r, readSource)
	}
	return report.Text(w, r, opt)
}

// readSource reads a file that a span names.
func readSource(name string) ([]byte, error) {
	file, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSource+1))
	if err == nil && len(text) > maxSource {
		return nil, fmt.Errorf("read %q: more than %d MiB", name, maxSource>>20)
	}
	return text, err
}

func (e *Env) writeBaseline(r *report.Report, name string) error {
	var out bytes.Buffer
	b := report.NewBaseline(r)
	if _, err := b.WriteTo(&out); err != nil {
		return err
	}
	if err := replaceFile(name, out.Bytes()); err != nil {
		return fail("", "--write-baseline: %w", err)
	}
	_, err := fmt.Fprintf(e.Stderr, "wswarden: wrote %s: %d accepted findings\n", name, b.Len())
	return err
}

// replaceFile writes a file as a whole: whoever reads it meanwhile sees the old
// one or the new one, and a failure leaves the old one. What is no regular file,
// such as /dev/stdout or a pipe, is written to.
func replaceFile(name string, data []byte) error {
	mode := os.FileMode(0o666) // less what the umask takes
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real // the file is replaced, not the link to it
	}
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, data, mode)
		}
		mode = info.Mode().Perm()
	}
	temporary, err := os.OpenFile(fmt.Sprintf("%s.%d.tmp", name, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		pe.Path = name // what the user knows
	}
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	if cerr := temporary.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		os.Remove(temporary.Name())
	}
	return err
}
