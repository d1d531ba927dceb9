// Package celpolicy compiles the expressions of message rules, written in CEL
// (the Common Expression Language), and evaluates them over messages as they
// lie in the index of package jsonscan: nothing is converted that an expression
// does not read.
//
// An expression sees four variables. `message` is the payload; where its JSON
// schema gives types it is an object of declared fields, so that a misspelt field
// is an error when the expression is compiled. `session` is who sends the message
// (for one to a client: who receives it), `conn` the connection, `envelope` what
// the dialect of the route carries beside the payload.
//
// Expressions are total and bounded: no loop but over the parts of a message, no
// input or output, and a limit on the cost of an evaluation. Whatever goes wrong
// in one is an error, which the guard answers by refusing the message.
//
// It is not a general CEL environment, and knows nothing of configuration files.
package celpolicy
