package goserver

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wswarden/wswarden/examples/trading"
)

// orderHistory is how many orders an account keeps, the oldest go first.
const orderHistory = 100

type priceMessage struct {
	Type   string  `json:"type"`
	Symbol string  `json:"symbol"`
	Price  float64 `json:"price"`
	Time   int64   `json:"time"` // milliseconds since 1970
}

type order struct {
	Type     string  `json:"type"`
	ID       int     `json:"id"`
	UserID   string  `json:"userId"`
	Symbol   string  `json:"symbol"`
	Quantity float64 `json:"quantity"` // negative: a sale
	Price    float64 `json:"price"`
	Time     int64   `json:"time"`
}

type orderList struct {
	Type   string  `json:"type"`
	Orders []order `json:"orders"`
}

// profileMessage is an account as its owner may see it.
type profileMessage struct {
	Type    string   `json:"type"`
	User    string   `json:"user"`
	Name    string   `json:"name"`
	Email   string   `json:"email"`
	Roles   []string `json:"roles"`
	Balance float64  `json:"balance"`
	TaxID   string   `json:"taxId"`
}

// market is what the connections share: prices, accounts, channels.
type market struct {
	mu       sync.Mutex // guards the following fields
	prices   map[string]float64
	accounts map[string]*position
	lastID   int
	clients  map[*client]map[string]bool // the channels of each connection
}

type position struct {
	account trading.Account
	orders  []order
}

func newMarket(platform trading.Platform) *market {
	m := &market{
		prices:   platform.Prices,
		accounts: map[string]*position{},
		clients:  map[*client]map[string]bool{},
	}
	for _, a := range platform.Accounts {
		m.accounts[a.User] = &position{account: a, orders: []order{}}
	}
	return m
}

func (m *market) join(c *client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clients[c] = map[string]bool{}
}

func (m *market) leave(c *client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.clients, c)
}

// subscribe adds the channel, confirms it and, for a price channel, sends the
// price of now.
func (m *market) subscribe(c *client, channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clients[c][channel] = true
	c.sendJSON(channelMessage{Type: "subscribed", Channel: channel})
	symbol, isPrice := strings.CutPrefix(channel, "prices:")
	if price, listed := m.prices[symbol]; isPrice && listed {
		c.sendJSON(priceMessage{Type: "price", Symbol: symbol, Price: price, Time: now()})
	}
}

func (m *market) unsubscribe(c *client, channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.clients[c], channel)
	c.sendJSON(channelMessage{Type: "unsubscribed", Channel: channel})
}

// cut closes every connection that is still there, without a word.
func (m *market) cut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c := range m.clients {
		c.conn.Close()
	}
}

// broadcast sends to every connection.
func (m *market) broadcast(data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c := range m.clients {
		c.send(websocket.TextMessage, data)
	}
}

// move changes every price a little and tells the subscribers.
func (m *market) move() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for symbol, price := range m.prices {
		price = math.Max(1, math.Round(price*(1+(rand.Float64()-0.5)*0.004)*100)/100)
		m.prices[symbol] = price
		data := encode(priceMessage{Type: "price", Symbol: symbol, Price: price, Time: now()})
		for c, channels := range m.clients {
			if channels["prices:"+symbol] {
				c.send(websocket.TextMessage, data)
			}
		}
	}
}

// execute books the order and reports it to who placed it and to the channel
// of the account. It reports false when account or symbol are unknown.
func (m *market) execute(by *client, user, symbol string, quantity, price float64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, known := m.accounts[user]
	if _, listed := m.prices[symbol]; !known || !listed {
		return false
	}
	m.lastID++
	o := order{Type: "order", ID: m.lastID, UserID: user, Symbol: symbol, Quantity: quantity, Price: price, Time: now()}
	p.account.Balance -= quantity * price
	p.orders = append(p.orders, o)
	if len(p.orders) > orderHistory {
		p.orders = p.orders[1:]
	}
	data := encode(o)
	for c, channels := range m.clients {
		if c == by || channels["orders:"+user] {
			c.send(websocket.TextMessage, data)
		}
	}
	return true
}

// profile is the whole account but its password.
//
// FLAW WS504: the tax number leaves the server with it.
func (m *market) profile(user string) (profileMessage, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, known := m.accounts[user]
	if !known {
		return profileMessage{}, false
	}
	a := p.account
	return profileMessage{"profile", a.User, a.Name, a.Email, a.Roles, a.Balance, a.TaxID}, true
}

func (m *market) orders(user string) (orderList, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, known := m.accounts[user]
	if !known {
		return orderList{}, false
	}
	return orderList{Type: "orders", Orders: append([]order{}, p.orders...)}, true
}

func now() int64 { return time.Now().UnixMilli() }
