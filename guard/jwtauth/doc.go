// Package jwtauth judges bearer tokens that are signed JWTs, and signs the
// tokens that tell a backend who the client is.
//
// A [Verifier] accepts one issuer, one audience and the algorithms that fit
// its keys, and nothing else: a key knows the one algorithm it is for, so a
// token can't choose how it is checked (RFC 8725 sections 3.1 and 3.2). Keys
// come from a secret, a file or an address, never from the token: the headers
// jwk, jku, x5c and x5u are ignored.
//
// It is not a general JWT library: it knows no encryption, no other
// serialisation than the compact one, and no way to read a token unverified.
package jwtauth
