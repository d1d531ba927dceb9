package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/wswarden/wswarden/internal/audit"
)

// verifyFlags are the flags of the guard command that judge an audit log.
type verifyFlags struct {
	files  []string
	keyEnv string
	head   string
}

func (f *verifyFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.files, "verify-audit", nil, "judge the hash chain of the audit log `FILE`, and exit; repeat it for rotated files, the oldest first")
	cmd.Flags().StringVar(&f.keyEnv, "audit-key-env", "", "with --verify-audit: environment variable `NAME` with the key of the chain")
	cmd.Flags().StringVar(&f.head, "audit-head", "", "with --verify-audit: `HASH` that must be in the log, as the operational log told it")
	if err := cmd.MarkFlagFilename("verify-audit"); err != nil {
		panic(err) // the flag was added above
	}
}

// alone reports whether there is a flag that --verify-audit alone reads, and no log
// to judge.
func (f *verifyFlags) alone() bool { return len(f.files) == 0 && (f.keyEnv != "" || f.head != "") }

var hashText = regexp.MustCompile(`^[0-9a-f]{64}$`)

// verifyAudit judges the chain in audit logs and says where it is broken.
func (e *Env) verifyAudit(f verifyFlags) error {
	if f.head != "" && !hashText.MatchString(f.head) {
		return fail("write the 64 hex digits behind head= in the operational log", "--audit-head %q is no hash", f.head)
	}
	var key []byte
	if f.keyEnv != "" {
		value := os.Getenv(f.keyEnv)
		if value == "" {
			return fail("set it to the key that the guard had", "the environment variable %s is not set", f.keyEnv)
		}
		key = []byte(value)
	}
	var files []io.Reader
	for _, name := range f.files {
		file, err := os.Open(name)
		if err != nil {
			return fail("check the name after --verify-audit", "%w", err)
		}
		defer file.Close()
		files = append(files, file)
	}
	v, err := audit.Verify(files, key, f.head)
	switch {
	case errors.Is(err, audit.ErrKeyed):
		return fail("name the variable of audit.hash_chain_key_env with --audit-key-env", "verify audit log %q: %w", f.files[0], err)
	case err != nil:
		return fail("", "verify audit log: %w", err)
	}
	return e.verified(f, v)
}

// verified prints the result. A broken chain is a finding.
func (e *Env) verified(f verifyFlags, v audit.Verified) error {
	broken := &failure{err: errors.New("the audit log does not hold"), findings: true, silent: true}
	if b := v.Break; b != nil {
		fmt.Fprintf(e.Stdout, "%s:%d: %s\n", f.files[b.File], b.Line, b.Reason)
		return broken
	}
	fmt.Fprintf(e.Stdout, "%d lines hold, numbers %d to %d\n", v.Lines, v.First, v.Last)
	if v.Before != "" {
		fmt.Fprintf(e.Stdout, "they continue another file that ends with %s\n", v.Before)
	}
	if v.Torn > 0 {
		fmt.Fprintf(e.Stdout, "the writing of a line broke off in %d places, and a later line accounts for what remained\n", v.Torn)
	}
	fmt.Fprintf(e.Stdout, "head %s\n", v.Head)
	switch {
	case f.head != "" && !v.HasHead:
		fmt.Fprintf(e.Stdout, "lines are missing at the end: no line has the hash %s\n", f.head)
		return broken
	case f.head == "":
		fmt.Fprintln(e.Stdout, "that no line is missing behind it, only a later head can tell: compare with the last one in the operational log, or name it with --audit-head")
	}
	return nil
}
