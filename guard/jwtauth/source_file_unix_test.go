//go:build unix

package jwtauth_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/jwtauth"
)

// TestFileBecomesAPipe would wait for ever if the pipe were opened.
func TestFileBecomesAPipe(t *testing.T) {
	c := newClock()
	path := keyFile(t, jwks(publicJWK(edKey, "k1", nil)))
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: path})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Add(time.Second)
	accepted(t, v, edToken(c, edKey, "k1"))
	unjudged(t, v, edToken(c, otherEd, "k2"))
}
