package feed

import (
	"context"
	"log"
	"math/rand/v2"
	"time"

	"github.com/coder/websocket"
)

func follow(ctx context.Context, url string) {
	ceiling := time.Second
	for ctx.Err() == nil {
		conn, _, err := websocket.Dial(ctx, url, nil)
		if err == nil {
			ceiling = time.Second
			err = read(ctx, conn)
			conn.CloseNow()
		}
		log.Print("feed: ", err)
		time.Sleep(rand.N(ceiling))
		ceiling = min(2*ceiling, time.Minute)
	}
}

func read(ctx context.Context, conn *websocket.Conn) error {
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		store(data)
	}
}
