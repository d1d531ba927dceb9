// Package dialect holds tests of the protocols that guard understands: real
// clients in front of real servers, with the guard between them. The servers of
// SignalR and Phoenix are written here: the real ones need .NET and Elixir. It has
// no code of its own; client and server hold what the tests run.
package dialect
