// Package archtest holds tests of the source tree as a whole: which package
// may import which, and that each says what it is for. It has no code.
package archtest
