// Package e2e holds tests of the built gateway between real peers: clients and
// servers in Node, Python and Go, nginx in front, signals from outside. It has
// no code of its own.
package e2e
