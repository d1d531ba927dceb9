package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/wswarden/wswarden/internal/loop"
	"github.com/wswarden/wswarden/review/draft"
)

// draftable refuses to write a draft over a file that is something else: a
// configuration that somebody has worked on begins with other words.
func draftable(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fail("", "--emit-guard: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil // /dev/stdout, or a pipe
	}
	start := make([]byte, len(draft.Title))
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fail("", "--emit-guard: %w", err)
	}
	if n > 0 && string(start[:n]) != draft.Title {
		return fail("name a new file, or remove this one", "--emit-guard %q: the file is there, and is no draft", name)
	}
	return nil
}

// writeDraft writes the draft, which the guard has to accept, and says what is left
// to do.
func (e *Env) writeDraft(text []byte, name string) error {
	if text == nil {
		return fail("give the folder of the server; client code has nothing to guard", "--emit-guard: no endpoint that serves was found")
	}
	text, err := loop.Accepted(name, text)
	if err != nil {
		return fail("please report it, with what the code at the endpoint looks like", "--emit-guard: internal error: the draft does not hold: %w", err)
	}
	if err := replaceFile(name, text); err != nil {
		return fail("", "--emit-guard: %w", err)
	}
	todo := "nothing is left to confirm"
	if n := bytes.Count(text, []byte("# "+draft.Mark)); n > 0 {
		todo = fmt.Sprintf("%d lines to confirm", n)
	}
	_, err = fmt.Fprintf(e.Stderr, "wswarden: wrote %s: a draft, %s; next: wswarden guard --check --config %s\n", name, todo, name)
	return err
}
