// Package jsonscan judges JSON messages at the speed of a gateway. A [Scanner]
// reads the bytes of a message once, refuses what two parsers could read
// differently or what costs too much, and leaves a flat index of it in a [Doc].
// Everything later works on that index, without another parse: a compiled JSON
// Schema ([Schema.Check]), views of its values ([Value]), the search for the
// field that names a message's type ([Path]), and an [Editor] that writes the
// message anew with fields set or dropped.
//
// In the steady state nothing is allocated: a Doc keeps its memory from one
// message to the next, and its owner pools it.
//
// It is not a general JSON library: it unmarshals nothing into Go values, reads
// no stream, and forgives nothing. Schemas that it cannot compile are handed to
// the fallback that the caller names; package fallback has one.
package jsonscan
