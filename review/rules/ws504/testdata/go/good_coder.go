package profile

import (
	"net/http"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"gorm.io/gorm"
)

type User struct {
	ID           int
	Name         string
	PasswordHash string
}

type view struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

type server struct{ db *gorm.DB }

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		var ask struct{ ID int }
		if err := wsjson.Read(r.Context(), conn, &ask); err != nil {
			return
		}
		var user User
		if s.db.First(&user, ask.ID).Error != nil {
			continue
		}
		wsjson.Write(r.Context(), conn, view{ID: user.ID, Name: user.Name})
	}
}
