// Package redact masks credentials in text that is about to be written to a
// log.
//
// It is the last line, not the first: nothing in the program logs a credential
// on purpose. Errors of other people's code, and input that is quoted, are what
// it is for. It does not find passwords or opaque tokens, which look like any
// other word; only attributes that are named after them.
package redact

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
)

// Mask stands where a credential was.
const Mask = "[redacted]"

// credential matches what is a credential by its form: tickets, JSON Web
// Tokens, Authorization schemes with their value, and parameters named after
// a credential.
var credential = regexp.MustCompile(`wst1_[A-Za-z0-9_-]+` +
	`|\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*` +
	`|(?i)\b(?:bearer|basic|digest) +[A-Za-z0-9._~+/=-]{6,}` +
	`|(?i)\b(?:access_token|id_token|refresh_token|token|ticket|jwt|password|secret|api_?key)=[^\s&"']+`)

// sensitive are the words in the name of an attribute whose value is never
// written.
var sensitive = []string{"authorization", "cookie", "password", "secret", "token", "credential", "jwt"}

// String returns s with everything masked that looks like a credential.
func String(s string) string { return credential.ReplaceAllLiteralString(s, Mask) }

// Attr masks credentials in an attribute of a log record. It is a ReplaceAttr
// of [slog.HandlerOptions]. A value that is neither a number, a time nor text
// is written as the text that fmt makes of it.
func Attr(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	for _, word := range sensitive {
		if strings.Contains(name, word) {
			return slog.String(a.Key, Mask)
		}
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, String(a.Value.String()))
	case slog.KindAny:
		if _, ok := a.Value.Any().(slog.Level); ok { // the level of the record itself
			return a
		}
		return slog.String(a.Key, String(fmt.Sprint(a.Value.Any())))
	}
	return a
}
