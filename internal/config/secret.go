package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that came from an environment variable or a file. Every way
// of printing it names that source instead; [Secret.Reveal] alone returns it.
// The zero value is not set.
type Secret struct {
	// fmt can't call the methods of a value in an unexported field and prints
	// what it finds, through one pointer even; behind two it sees an address.
	held **heldSecret
}

type heldSecret struct{ source, value string }

func newSecret(source, value string) Secret {
	h := &heldSecret{source, value}
	return Secret{&h}
}

// Reveal returns the secret; it is empty if not set.
func (s Secret) Reveal() string {
	if s.held == nil {
		return ""
	}
	return (*s.held).value
}

// IsSet reports whether there is a secret.
func (s Secret) IsSet() bool { return s.held != nil }

// String returns where the secret is from, such as "set from $NAME", or "not
// set".
func (s Secret) String() string {
	if s.held == nil {
		return "not set"
	}
	return "set from " + (*s.held).source
}

// Format implements [fmt.Formatter]: no verb prints the secret.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText implements [encoding.TextMarshaler] without the secret; JSON and
// YAML use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer] without the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
