package tree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// Limits of a tree.
const (
	MaxFile  = 4 << 20 // larger files are left out: no source is that long
	maxFiles = 200_000
)

// binaryHead is how much of a file is looked at to tell whether it is binary;
// git looks at as much.
const binaryHead = 8000

// blob is a file of a commit.
type blob struct{ hash, path string }

// extract writes the text files of a commit below the folder to. Symbolic
// links, submodules, binary and large files are left out, and so is what the
// repository lacks. It reads objects itself because git archive ends at the
// first object that is missing, and honours export-ignore. The error is
// ErrAbsent where git can't read the repository.
func extract(ctx context.Context, dir, commit, to string) error {
	blobs, err := list(ctx, dir, commit)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	return eachBlob(ctx, dir, blobs, func(name string, data []byte) error {
		if bytes.IndexByte(data[:min(len(data), binaryHead)], 0) >= 0 {
			return nil
		}
		return write(root, name, data)
	})
}

// list gives the regular files of a commit whose names are safe.
func list(ctx context.Context, dir, commit string) ([]blob, error) {
	var out bytes.Buffer
	cmd := git(ctx, dir, "ls-tree", "-r", "-z", "--full-tree", commit)
	cmd.Stdout = &out
	if err := run(cmd); err != nil {
		return nil, fmt.Errorf("%w: list files: %v", ErrAbsent, err)
	}
	var blobs []blob
	for entry := range strings.SplitSeq(out.String(), "\x00") {
		// MODE blob HASH<tab>PATH
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 || !strings.HasPrefix(fields[0], "100") || !safe(name) {
			continue
		}
		if len(blobs) == maxFiles {
			return nil, fmt.Errorf("list files: more than %d", maxFiles)
		}
		blobs = append(blobs, blob{hash: fields[2], path: name})
	}
	return blobs, nil
}

// safe tells whether a name of a commit may become a file. A .git folder
// within a tree would be a repository to whoever runs git there.
func safe(name string) bool {
	if !fs.ValidPath(name) || name == "." {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") {
			return false
		}
	}
	return true
}

// eachBlob hands the content of each file over that the repository has and
// that isn't too large. data is valid until visit returns.
func eachBlob(ctx context.Context, dir string, blobs []blob, visit func(name string, data []byte) error) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := git(ctx, dir, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		defer in.Close()
		for _, b := range blobs {
			if _, err := io.WriteString(in, b.hash+"\n"); err != nil {
				return // the reader sees what became of git
			}
		}
	}()
	defer func() {
		if err != nil {
			cancel() // git may be waiting for somebody to read
		}
		err = errors.Join(err, ended(cmd.Wait(), err))
		<-asked
	}()
	r := bufio.NewReaderSize(out, 1<<16)
	for _, b := range blobs {
		data, err := readBlob(r)
		if err != nil {
			return fmt.Errorf("%w: read %q: %v", ErrAbsent, b.path, err)
		}
		if data == nil {
			continue
		}
		if err := visit(b.path, data); err != nil {
			return err
		}
	}
	return nil
}

// ended is the error of a process that nobody stopped. Where git came with a
// complaint but answered all the same, an object was missing.
func ended(err, before error) error {
	var exit *exec.ExitError
	if before != nil || errors.As(err, &exit) {
		return nil
	}
	return err
}

// readBlob reads one answer of git cat-file --batch. The content is nil for an
// object that is missing or too large.
func readBlob(r *bufio.Reader) ([]byte, error) {
	head, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) == 2 && fields[1] == "missing" {
		return nil, nil
	}
	if len(fields) != 3 {
		return nil, fmt.Errorf("git answers %q", head)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("git answers %q", head)
	}
	if size > MaxFile {
		_, err := io.CopyN(io.Discard, r, size+1)
		return nil, err
	}
	data := make([]byte, size+1) // a line feed follows
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

func write(root *os.Root, name string, data []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	if err := root.WriteFile(name, data, 0o644); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	return nil
}
