//go:build linux

package peer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Spec is a proxy that can be started.
type Spec struct {
	// Name in the table.
	Name string
	// Version is what the proxy says of itself, with no more than a word or two.
	Version string
	// config is the template of its configuration file; command the template of
	// the command line, in which {config} is that file.
	config  string
	command []string
}

// Nginx passes WebSocket on with one worker process.
func Nginx(ctx context.Context) (Spec, error) {
	path, err := find("nginx")
	if err != nil {
		return Spec{}, err
	}
	out, err := exec.CommandContext(ctx, path, "-v").CombinedOutput()
	if err != nil {
		return Spec{}, fmt.Errorf("ask nginx for its version: %w", err)
	}
	_, version, _ := strings.Cut(strings.TrimSpace(string(out)), "nginx/")
	return Spec{Name: "nginx", Version: firstWord(version), config: nginxConfig,
		command: []string{path, "-p", "{dir}", "-e", "{dir}/error.log", "-c", "{config}"}}, nil
}

// HAProxy passes WebSocket on with one thread.
func HAProxy(ctx context.Context) (Spec, error) {
	path, err := find("haproxy")
	if err != nil {
		return Spec{}, err
	}
	out, err := exec.CommandContext(ctx, path, "-v").CombinedOutput()
	if err != nil {
		return Spec{}, fmt.Errorf("ask haproxy for its version: %w", err)
	}
	_, version, _ := strings.Cut(string(out), "ersion ")
	return Spec{Name: "haproxy", Version: firstWord(version), config: haproxyConfig,
		command: []string{path, "-db", "-f", "{config}"}}, nil
}

// Guard is the gateway, from the wswarden binary at path, with rules for the
// benchmark's messages.
func Guard(path string) Spec {
	return Spec{Name: "guard", config: guardConfig, command: []string{path, "guard", "--config", "{config}"}}
}

// GuardFrames is the gateway at path without rules for messages.
func GuardFrames(path string) Spec {
	return Spec{Name: "guard-frames", config: framesConfig, command: []string{path, "guard", "--config", "{config}"}}
}

// GuardSessions is the gateway at path with clients that sign in by a token of
// [Token].
func GuardSessions(path string) Spec {
	return Spec{Name: "guard", config: guardSessionConfig, command: []string{path, "guard", "--config", "{config}"}}
}

// ParseSpec reads "name=command line" for any other proxy. The command line is
// split at blanks, without a shell, and may hold {listen} and {backend}, both
// host:port, {dir}, an empty folder, and {config}, the file that guard is
// configured with.
func ParseSpec(s string) (Spec, error) {
	name, line, ok := strings.Cut(s, "=")
	command := strings.Fields(line)
	if !ok || name == "" || strings.ContainsAny(name, " |/") || len(command) == 0 {
		return Spec{}, fmt.Errorf("parse proxy %q: want NAME=COMMAND LINE, the name without blanks", s)
	}
	path, err := exec.LookPath(command[0])
	if err == nil {
		path, err = filepath.Abs(path) // the proxy starts in its own folder
	}
	if err != nil {
		return Spec{}, fmt.Errorf("parse proxy %q: %w", s, err)
	}
	command[0] = path
	return Spec{Name: name, config: guardConfig, command: command}, nil
}

// Config is the configuration file of a proxy at a place.
func (s Spec) Config(p Place) string { return p.fill(s.config) }

// Command is its command line; the configuration lies at the given path.
func (s Spec) Command(p Place, config string) []string {
	line := make([]string, len(s.command))
	for i, word := range s.command {
		line[i] = p.fill(strings.ReplaceAll(word, "{config}", config))
	}
	return line
}

// find looks for a system program; many users lack the sbin folders in PATH.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", &MissingError{Program: name}
}

// MissingError says that a proxy isn't installed.
type MissingError struct{ Program string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("find %q: not installed", e.Program)
}

// Hint is the command that installs it.
func (e *MissingError) Hint() string {
	return fmt.Sprintf("apt-get install -y %s (as root), or leave it out of -proxies", e.Program)
}

// ErrEnded is returned when a proxy ended by itself.
var ErrEnded = errors.New("the proxy ended")

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
