package feed

import (
	"context"
	"net/http"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
)

var upgrader = websocket.Upgrader{}

type tickets struct{ rdb *redis.Client }

func (t *tickets) redeemTicket(ctx context.Context, ticket string) (string, error) {
	return t.rdb.GetDel(ctx, "ticket:"+ticket).Result()
}

func (t *tickets) serve(w http.ResponseWriter, r *http.Request) {
	user, err := t.redeemTicket(r.Context(), r.URL.Query().Get("ticket"))
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	read(c, user)
}
