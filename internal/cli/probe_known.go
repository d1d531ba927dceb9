package cli

import (
	"errors"
	"io/fs"

	"github.com/spf13/pflag"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/corpus"
)

// knownFlags say what only the tester knows of an endpoint. Each lets a check
// judge that can't do without.
type knownFlags struct {
	revoke, demote, audit    string
	privileged               []string
	authMessage              string
	otherOrigin, otherPath   string
	source                   string
	canaryPath, upstreamPath string
}

// knownNames are the flags, in the order of the help.
var knownNames = []string{
	"revoke-hook", "demote-hook", "audit-hook", "privileged", "auth-message", "other-origin", "other-path", "source", "canary-path", "upstream-path",
}

func (k *knownFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&k.revoke, "revoke-hook", "", "end the sign-in of the first identity by `URL|COMMAND`: a POST as it, or a command of the shell")
	flags.StringVar(&k.demote, "demote-hook", "", "take the role that --privileged needs from the first identity by `URL|COMMAND`")
	flags.StringVar(&k.audit, "audit-hook", "", "read what the server recorded by `URL|COMMAND`")
	flags.StringSliceVar(&k.privileged, "privileged", nil, "`TYPES` of messages that the first identity must not send; with --demote-hook, that it may until then and the second must not")
	flags.StringVar(&k.authMessage, "auth-message", "", "the `TEXT` by which clients authenticate in a message; {token} and {ticket} are filled in")
	flags.StringVar(&k.otherOrigin, "other-origin", "", "a second `ORIGIN` that the endpoint accepts")
	flags.StringVar(&k.otherPath, "other-path", "", "the `PATH` of a second endpoint of the same server")
	flags.StringVar(&k.source, "source", "", "a second local `ADDRESS` to connect from (default 127.0.0.2 towards this machine)")
	flags.StringVar(&k.canaryPath, "canary-path", "", "a `PATH` that the server's front keeps back, for the check tunnel")
	flags.StringVar(&k.upstreamPath, "upstream-path", "", "a `PATH` at which a backend can be made to answer 101, for the check upstream-status")
}

func (k *knownFlags) apply(t *probe.Target) {
	t.Revoke, t.Demote, t.Audit = probe.Hook(k.revoke), probe.Hook(k.demote), probe.Hook(k.audit)
	t.Privileged, t.AuthMessage = k.privileged, k.authMessage
	t.Another, t.OtherPath, t.Source = k.otherOrigin, k.otherPath, k.source
	t.CanaryPath, t.UpstreamPath = k.canaryPath, k.upstreamPath
}

// loadMessages reads the files of --messages into one corpus, nil where there
// are none.
func loadMessages(files []string) (*corpus.Corpus, error) {
	var all *corpus.Corpus
	for _, name := range files {
		one, err := corpus.Load(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fail("give an AsyncAPI document, a recording, or the output of 'wswarden review --format json'", "--messages %q: no such file", name)
		case err != nil:
			return nil, fail("give an AsyncAPI document, a HAR with WebSocket messages, JSON lines, or the output of 'wswarden review --format json'", "--messages: %w", err)
		case all == nil:
			all = one
		default:
			all.Add(one)
		}
	}
	return all, nil
}
