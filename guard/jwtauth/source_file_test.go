package jwtauth_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// replace writes data to path in one step, as deployments do.
func replace(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func TestFileRotation(t *testing.T) {
	c := newClock()
	path := keyFile(t, jwks(publicJWK(edKey, "old", nil)))
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: path})
	oldToken, newToken := edToken(c, edKey, "old"), edToken(c, otherEd, "new")
	accepted(t, v, oldToken)
	refused(t, v, newToken, "signing key unknown")

	replace(t, path, jwks(publicJWK(edKey, "old", nil), publicJWK(otherEd, "new", nil)))
	accepted(t, v, newToken) // an unknown kid looks at once
	accepted(t, v, oldToken)

	replace(t, path, jwks(publicJWK(otherEd, "new", nil)))
	accepted(t, v, oldToken) // a known one within a second
	c.Add(time.Second)
	refused(t, v, oldToken, "signing key unknown")
	accepted(t, v, newToken)
}

func TestFileRotationWithoutKid(t *testing.T) {
	c := newClock()
	path := keyFile(t, jwks(publicJWK(edKey, "", object{"kid": remove})))
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: path})
	accepted(t, v, edToken(c, edKey, ""))
	replace(t, path, jwks(publicJWK(otherEd, "", object{"kid": remove})))
	accepted(t, v, edToken(c, otherEd, ""))
	refused(t, v, edToken(c, edKey, ""), "signature not valid")
}

// TestFileWrittenInPlace writes twice in so short a time, and as many bytes,
// that neither the time nor the size of the file need show it.
func TestFileWrittenInPlace(t *testing.T) {
	c := newClock()
	path := keyFile(t, jwks(publicJWK(edKey, "k1", nil)))
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: path})
	info := must(os.Stat(path))
	if err := os.WriteFile(path, jwks(publicJWK(otherEd, "k1", nil)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	c.Add(time.Second)
	accepted(t, v, edToken(c, otherEd, "k1"))
	refused(t, v, edToken(c, edKey, "k1"), "signature not valid")
}

func TestBrokenFileKeepsTheKeys(t *testing.T) {
	for _, tc := range []struct {
		name string
		ruin func(t *testing.T, path string)
	}{
		{"garbage", func(t *testing.T, path string) { replace(t, path, []byte("not JSON")) }},
		{"half written", func(t *testing.T, path string) { replace(t, path, jwks(publicJWK(edKey, "k1", nil))[:40]) }},
		{"empty", func(t *testing.T, path string) { replace(t, path, nil) }},
		{"too large", func(t *testing.T, path string) {
			replace(t, path, append(jwks(publicJWK(edKey, "k1", nil)), strings.Repeat(" ", 256<<10)...))
		}},
		{"gone", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}},
		{"a folder", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClock()
			path := keyFile(t, jwks(publicJWK(edKey, "k1", nil)))
			var log logBuffer
			v := newVerifier(t, c, jwtauth.Config{JWKSFile: path, Log: log.logger()})
			tc.ruin(t, path)
			for range 3 {
				c.Add(time.Second)
				accepted(t, v, edToken(c, edKey, "k1"))
				unjudged(t, v, edToken(c, otherEd, "k2"))
			}
			if n := log.count("file can't be used"); n != 1 {
				t.Errorf("the broken file was logged %d times, want 1", n)
			}

			os.Remove(path)
			replace(t, path, jwks(publicJWK(otherEd, "k2", nil)))
			c.Add(time.Second)
			accepted(t, v, edToken(c, otherEd, "k2"))
			refused(t, v, edToken(c, edKey, "k1"), "signing key unknown")
			if n := log.count("in force"); n != 2 {
				t.Errorf("keys coming into force were logged %d times, want 2", n)
			}
		})
	}
}

func TestEmptiedFileAdmitsNobody(t *testing.T) {
	c := newClock()
	path := keyFile(t, jwks(publicJWK(edKey, "k1", nil)))
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: path})
	replace(t, path, jwks())
	c.Add(time.Second)
	unjudged(t, v, edToken(c, edKey, "k1"))
}

func TestFileAtStart(t *testing.T) {
	weak := publicJWK(edKey, "k1", object{"use": "enc"})
	for _, tc := range []struct{ name, path string }{
		{"missing", t.TempDir() + "/none.json"},
		{"a folder", t.TempDir()},
		{"garbage", keyFile(t, []byte("{"))},
		{"empty set", keyFile(t, jwks())},
		{"no key of use", keyFile(t, jwks(weak))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := jwtauth.New(jwtauth.Config{Issuer: issuer, Audience: audience, JWKSFile: tc.path})
			if !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), "jwks_file") {
				t.Errorf("New: %v, want an ErrConfig that names jwks_file", err)
			}
		})
	}
}
