package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

// The names of protocols whose words are understood here.
const (
	socketIO    = "Socket.IO"
	graphQL     = "graphql-transport-ws"
	signalR     = "SignalR"
	stomp       = "STOMP"
	phoenix     = "Phoenix channels"
	actionCable = "Action Cable"
)

// denial is what a protocol above WebSocket says against a client that it does
// not let in, empty if it says nothing of the kind. Such protocols open the
// WebSocket for everybody and ask afterwards who it is.
func denial(protocol string, o Outcome) string {
	if protocol == graphQL && o.Kind == Closed && (o.Code == 4401 || o.Code == 4403) {
		return fmt.Sprintf("close %d %s", o.Code, o.Reason)
	}
	says := denials[protocol]
	if says == nil {
		return ""
	}
	for _, u := range o.Messages {
		if u.Opcode == wire.Text && says(u.Payload) {
			return string(bytes.TrimRight(u.Payload, "\x00\x1e\r\n"))
		}
	}
	return ""
}

// denials tell, for each protocol, whether a message refuses the client.
var denials = map[string]func(message []byte) bool{
	// CONNECT_ERROR, in the main namespace or another.
	socketIO: func(m []byte) bool { return bytes.HasPrefix(m, []byte("44")) },
	graphQL:  func(m []byte) bool { return typeIs(m, "connection_error") },
	signalR:  deniesSignalR,
	stomp: func(m []byte) bool {
		command, _, _ := strings.Cut(string(m), "\n")
		return strings.TrimRight(command, "\r") == "ERROR"
	},
	phoenix: deniesPhoenix,
	actionCable: func(m []byte) bool {
		return typeIs(m, "disconnect") || typeIs(m, "reject_subscription")
	},
}

func typeIs(message []byte, name string) bool {
	var m struct{ Type string }
	return json.Unmarshal(message, &m) == nil && m.Type == name
}

// deniesSignalR knows the answer to the handshake that names an error, and the
// close record.
func deniesSignalR(message []byte) bool {
	for record := range bytes.SplitSeq(message, []byte{recordEnd}) {
		var m struct {
			Type  int
			Error string
		}
		if json.Unmarshal(record, &m) == nil && (m.Type == 7 || m.Type == 0 && m.Error != "") {
			return true
		}
	}
	return false
}

// deniesPhoenix knows the reply with status error, in both forms of a message:
// the list of version 2, and the object of version 1.
func deniesPhoenix(message []byte) bool {
	type reply struct{ Status string }
	var (
		list   []json.RawMessage
		event  string
		object struct {
			Event   string
			Payload reply
		}
	)
	if json.Unmarshal(message, &object) == nil {
		return object.Event == "phx_reply" && object.Payload.Status == "error"
	}
	if json.Unmarshal(message, &list) != nil || len(list) != 5 || json.Unmarshal(list[3], &event) != nil {
		return false
	}
	var r reply
	return event == "phx_reply" && json.Unmarshal(list[4], &r) == nil && r.Status == "error"
}
