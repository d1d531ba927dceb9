// Command auction is a house of auctions with the guide's five flaws. It is a
// test program, vulnerable on purpose, on loopback only.
package main

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

type envelope struct {
	Op   string          `json:"op"`
	Data json.RawMessage `json:"data"`
}

type bid struct {
	LotID    int     `json:"lot_id"`
	BidderID string  `json:"bidder_id"`
	Amount   float64 `json:"amount"`
}

type remark struct {
	From string `json:"from"`
	Text string `json:"text"`
}

type follow struct {
	Feed string `json:"feed"`
}

type event struct {
	Op       string  `json:"op"`
	LotID    int     `json:"lot_id,omitempty"`
	BidderID string  `json:"bidder_id,omitempty"`
	Amount   float64 `json:"amount,omitempty"`
	From     string  `json:"from,omitempty"`
	Text     string  `json:"text,omitempty"`
	Feed     string  `json:"feed,omitempty"`
}

type account struct {
	ID           string  `json:"id"`
	Email        string  `json:"email"`
	PasswordHash string  `json:"password_hash"`
	Balance      float64 `json:"balance"`
}

// client is a connection; writes to it are one at a time.
type client struct {
	mu    sync.Mutex
	conn  *websocket.Conn
	feeds map[string]bool
}

func (c *client) send(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn.WriteJSON(v)
}

type house struct {
	mu       sync.Mutex
	clients  map[*client]bool
	accounts map[string]*account
	lots     map[int]float64
	sessions map[string]string
	upgrader websocket.Upgrader
}

func (h *house) user(r *http.Request) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if token := r.URL.Query().Get("token"); token != "" {
		return h.sessions[token]
	}
	if c, err := r.Cookie("bid_session"); err == nil {
		return h.sessions[c.Value]
	}
	return ""
}

// login signs in who is named: this house asks for no password.
func (h *house) login(w http.ResponseWriter, r *http.Request) {
	user, token := r.FormValue("user"), rand.Text()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accounts[user] == nil {
		http.Error(w, "no such account", http.StatusUnauthorized)
		return
	}
	h.sessions[token] = user
	http.SetCookie(w, &http.Cookie{Name: "bid_session", Value: token, Path: "/", HttpOnly: true})
	json.NewEncoder(w).Encode(map[string]string{"token": token})
}

func (h *house) session(w http.ResponseWriter, r *http.Request) {
	user := h.user(r)
	if user == "" {
		http.Error(w, "sign in", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"user_id": user, "display_name": "Bidder " + user, "roles": []string{}})
}

func (h *house) serve(w http.ResponseWriter, r *http.Request) {
	user := h.user(r)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	c := &client{conn: conn, feeds: map[string]bool{}}
	h.mu.Lock()
	h.clients[c] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.clients, c)
		h.mu.Unlock()
	}()
	for {
		var m envelope
		if err := conn.ReadJSON(&m); err != nil {
			return
		}
		if err := h.handle(c, user, m); err != nil {
			c.send(event{Op: "error", Text: err.Error()})
		}
	}
}

func (h *house) handle(c *client, user string, m envelope) error {
	switch m.Op {
	case "place_bid":
		var b bid
		if err := json.Unmarshal(m.Data, &b); err != nil {
			return err
		}
		bidder := b.BidderID
		if bidder == "" {
			bidder = user
		}
		return h.placeBid(c, bidder, b.LotID, b.Amount)
	case "say":
		var t remark
		if err := json.Unmarshal(m.Data, &t); err != nil {
			return err
		}
		h.broadcast(event{Op: "said", From: t.From, Text: t.Text})
	case "follow":
		var f follow
		if err := json.Unmarshal(m.Data, &f); err != nil {
			return err
		}
		h.mu.Lock()
		c.feeds[f.Feed] = true
		h.mu.Unlock()
		return c.send(event{Op: "following", Feed: f.Feed})
	case "balance":
		var q struct {
			AccountID string `json:"account_id"`
		}
		if err := json.Unmarshal(m.Data, &q); err != nil {
			return err
		}
		h.mu.Lock()
		a := h.accounts[q.AccountID]
		h.mu.Unlock()
		if a == nil {
			return fmt.Errorf("no such account")
		}
		return c.send(map[string]any{"op": "balance", "account": a})
	default:
		return fmt.Errorf("unknown op")
	}
	return nil
}

func (h *house) placeBid(by *client, bidder string, lot int, amount float64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.accounts[bidder]
	if a == nil || amount <= h.lots[lot] {
		return fmt.Errorf("no such bid")
	}
	a.Balance -= amount
	h.lots[lot] = amount
	for c := range h.clients {
		if c == by || c.feeds[fmt.Sprintf("lot:%d", lot)] || c.feeds["bidder:"+bidder] {
			c.send(event{Op: "bid", LotID: lot, BidderID: bidder, Amount: amount})
		}
	}
	return nil
}

func (h *house) broadcast(e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.send(e)
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:4200", "address")
	flag.Parse()
	h := &house{
		clients: map[*client]bool{}, lots: map[int]float64{}, sessions: map[string]string{},
		accounts: map[string]*account{"ann": {ID: "ann", Email: "ann@bids.example", PasswordHash: "x", Balance: 1000}, "ben": {ID: "ben", Email: "ben@bids.example", PasswordHash: "y", Balance: 1000}},
		upgrader: websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", h.login)
	mux.HandleFunc("GET /session", h.session)
	mux.HandleFunc("/live", h.serve)
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", ln.Addr())
	if os.Getenv("EXIT_WITH_STDIN") == "1" {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	log.Fatal(http.Serve(ln, mux))
}
