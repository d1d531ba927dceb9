package dialect

import (
	"fmt"
	"slices"
	"strings"
)

// Options are what a configuration may say of a dialect. The zero value is good for
// each of them.
type Options struct {
	// Type is the path of the field that names the type of a JSON message; empty
	// means "type". It is for json alone.
	Type string
	// SocketIO is for socketio, GraphQL for graphql-transport-ws.
	SocketIO SocketIO
	GraphQL  GraphQL
}

// named has a constructor for each dialect, in the order in which they are told.
var named = []struct {
	name string
	make func(Options) (Dialect, error)
}{
	{"json", func(o Options) (Dialect, error) {
		if o.Type == "" {
			o.Type = "type"
		}
		return NewJSON(o.Type)
	}},
	{"jsonrpc", func(Options) (Dialect, error) { return NewJSONRPC(), nil }},
	{"socketio", func(o Options) (Dialect, error) { return NewSocketIO(o.SocketIO), nil }},
	{"graphql-transport-ws", func(o Options) (Dialect, error) { return NewGraphQL(o.GraphQL), nil }},
	{"stomp", func(Options) (Dialect, error) { return NewSTOMP(), nil }},
	{"signalr", func(Options) (Dialect, error) { return NewSignalR(), nil }},
	{"phoenix", func(Options) (Dialect, error) { return NewPhoenix(), nil }},
	{"actioncable", func(Options) (Dialect, error) { return NewActionCable(), nil }},
	{"raw", func(Options) (Dialect, error) { return NewRaw(), nil }},
}

// Names returns the names of all dialects.
func Names() []string {
	names := make([]string, len(named))
	for i, n := range named {
		names[i] = n.name
	}
	return names
}

// New returns the dialect of that name. An error says that there is none, or that
// an option can't be.
func New(name string, o Options) (Dialect, error) {
	i := slices.IndexFunc(Names(), func(n string) bool { return n == name })
	if i < 0 {
		return nil, fmt.Errorf("no dialect %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return named[i].make(o)
}
