package goserver

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
)

// maxNumber bounds quantity and price, so that no balance becomes infinite, for
// which JSON has no word.
const maxNumber = 1e9

type welcome struct {
	Type string  `json:"type"`
	User *string `json:"user"` // null: anonymous
}

type channelMessage struct {
	Type    string `json:"type"` // subscribed or unsubscribed
	Channel string `json:"channel"`
}

type chatMessage struct {
	Type    string `json:"type"`
	User    any    `json:"user"`
	Message any    `json:"message"`
}

type errorMessage struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// receive handles one message of a client.
func (s *Server) receive(c *client, opcode int, data []byte) {
	message, ok := parse(data)
	if !ok {
		c.refuse("invalid message")
		return
	}
	switch message["type"] {
	case "subscribe":
		s.subscribe(c, message["channel"])
	case "unsubscribe":
		s.unsubscribe(c, message["channel"])
	case "place_order":
		s.placeOrder(c, message)
	case "chat":
		s.chat(c, message)
	case "get_profile":
		s.profile(c, message["userId"])
	case "get_orders":
		s.orders(c)
	case "echo":
		c.send(opcode, data)
	default:
		c.refuse("unknown type")
	}
}

// parse accepts one JSON object with a type.
func parse(data []byte) (map[string]any, bool) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var message map[string]any
	if decoder.Decode(&message) != nil {
		return nil, false
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, false
	}
	_, ok := message["type"].(string)
	return message, ok
}

func (s *Server) subscribe(c *client, channel any) {
	name, ok := channel.(string)
	if !ok || name == "" {
		c.refuse("invalid channel")
		return
	}
	// FLAW WS404: any channel, also "orders:" of somebody else.
	s.market.subscribe(c, name)
}

func (s *Server) unsubscribe(c *client, channel any) {
	name, ok := channel.(string)
	if !ok || name == "" {
		c.refuse("invalid channel")
		return
	}
	s.market.unsubscribe(c, name)
}

func (s *Server) placeOrder(c *client, message map[string]any) {
	user, given := message["userId"].(string)
	if !given && message["userId"] == nil {
		user = c.user
	}
	symbol, _ := message["symbol"].(string)
	quantity, quantityOK := number(message["quantity"])
	price, priceOK := number(message["price"])
	// FLAW WS401: the message says who buys and pays.
	if !quantityOK || !priceOK || !s.market.execute(c, user, symbol, quantity, price) {
		c.refuse("invalid order")
	}
}

func (s *Server) chat(c *client, message map[string]any) {
	user := message["username"]
	if user == nil {
		user = nullable(c.user)
	}
	// FLAW WS401: the message says who speaks.
	// FLAW WS501: the text goes to everybody as it came, markup included.
	// FLAW WS502: everybody is also who never signed in.
	s.market.broadcast(encode(chatMessage{Type: "chat", User: user, Message: message["text"]}))
}

func (s *Server) profile(c *client, userID any) {
	user, given := userID.(string)
	if !given && userID == nil {
		user = c.user
	}
	// FLAW WS402: any account by its id.
	record, ok := s.market.profile(user)
	if !ok {
		c.refuse("no such account")
		return
	}
	c.sendJSON(record)
}

func (s *Server) orders(c *client) {
	orders, ok := s.market.orders(c.user)
	if !ok {
		c.refuse("no such account")
		return
	}
	c.sendJSON(orders)
}

func number(value any) (float64, bool) {
	text, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := text.Float64()
	return n, err == nil && math.Abs(n) <= maxNumber
}
