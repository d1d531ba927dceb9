// The signature is one of a block, by nobody who is connected.
package rpc

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func subscribe(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	vote := lastVote()
	if !vote.pubKey.VerifySignature(vote.bytes, vote.signature) {
		return
	}
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
		conn.WriteJSON(vote)
	}
}
