// Command auction is a house of auctions with the guide's five flaws. It is a
// test program, vulnerable on purpose.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
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

type house struct {
	mu       sync.Mutex
	clients  map[*websocket.Conn]map[string]bool
	accounts map[string]*account
	lots     map[int]float64
	sessions map[string]string
}

func (h *house) user(r *http.Request) string {
	if token := r.URL.Query().Get("token"); token != "" {
		return h.sessions[token]
	}
	if c, err := r.Cookie("bid_session"); err == nil {
		return h.sessions[c.Value]
	}
	return ""
}

func (h *house) serve(w http.ResponseWriter, r *http.Request) {
	user := h.user(r)
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer c.CloseNow()
	h.mu.Lock()
	h.clients[c] = map[string]bool{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.clients, c)
		h.mu.Unlock()
	}()
	for {
		var m envelope
		if err := wsjson.Read(r.Context(), c, &m); err != nil {
			return
		}
		if err := h.handle(r.Context(), c, user, m); err != nil {
			wsjson.Write(r.Context(), c, map[string]string{"op": "error", "text": err.Error()})
		}
	}
}

func (h *house) handle(ctx context.Context, c *websocket.Conn, user string, m envelope) error {
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
		return h.placeBid(ctx, bidder, b.LotID, b.Amount)
	case "say":
		var t remark
		if err := json.Unmarshal(m.Data, &t); err != nil {
			return err
		}
		h.broadcast(ctx, event{Op: "said", From: t.From, Text: t.Text})
	case "follow":
		var f follow
		if err := json.Unmarshal(m.Data, &f); err != nil {
			return err
		}
		h.mu.Lock()
		h.clients[c][f.Feed] = true
		h.mu.Unlock()
		return wsjson.Write(ctx, c, event{Op: "following", Feed: f.Feed})
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
		return wsjson.Write(ctx, c, map[string]any{"op": "balance", "account": a})
	default:
		return fmt.Errorf("unknown op")
	}
	return nil
}

func (h *house) placeBid(ctx context.Context, bidder string, lot int, amount float64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.accounts[bidder]
	if a == nil || amount <= h.lots[lot] {
		return fmt.Errorf("no such bid")
	}
	a.Balance -= amount
	h.lots[lot] = amount
	for c, feeds := range h.clients {
		if feeds[fmt.Sprintf("lot:%d", lot)] || feeds["bidder:"+bidder] {
			wsjson.Write(ctx, c, event{Op: "bid", LotID: lot, BidderID: bidder, Amount: amount})
		}
	}
	return nil
}

func (h *house) broadcast(ctx context.Context, e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		wsjson.Write(ctx, c, e)
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:4200", "address")
	flag.Parse()
	h := &house{clients: map[*websocket.Conn]map[string]bool{}, accounts: map[string]*account{}, lots: map[int]float64{}, sessions: map[string]string{}}
	http.HandleFunc("/live", h.serve)
	log.Fatal(http.ListenAndServe(*listen, nil))
}
