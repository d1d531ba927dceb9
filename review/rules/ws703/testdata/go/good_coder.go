package ticker

import (
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

const maxPerHost = 10

type server struct {
	mu   sync.Mutex
	open map[string]int
}

func (s *server) ticker(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	s.mu.Lock()
	if s.open[host] >= maxPerHost {
		s.mu.Unlock()
		http.Error(w, "too many connections", http.StatusTooManyRequests)
		return
	}
	s.open[host]++
	s.mu.Unlock()
	defer s.release(host)

	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	for {
		_, symbol, err := c.Read(r.Context())
		if err != nil {
			return
		}
		c.Write(r.Context(), websocket.MessageText, priceOf(symbol))
	}
}

func (s *server) release(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[host]--; s.open[host] <= 0 {
		delete(s.open, host)
	}
}
