package feed

import "github.com/gorilla/websocket"

var upgrader *websocket.Upgrader

func setUp() { upgrader = &websocket.Upgrader{} }
