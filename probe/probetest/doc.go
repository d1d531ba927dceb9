// Package probetest has WebSocket servers for tests of probe, on loopback and
// in the test's process: one server with a switch for each weakness. With all
// switches off it is the hardened twin, with one on a twin that has this
// weakness alone, with all on the vulnerable one.
//
// It speaks TCP itself, with no HTTP or WebSocket library, because no library
// can be wrong in all the ways that probe looks for. It is no example of a
// server: see examples/trading for one that was written to be read.
package probetest
