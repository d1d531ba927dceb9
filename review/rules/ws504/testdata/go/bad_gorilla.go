package profile

import (
	"net/http"

	"github.com/gorilla/websocket"
	"gorm.io/gorm"
)

type User struct {
	ID           int
	Name         string
	PasswordHash string
}

type server struct {
	db       *gorm.DB
	upgrader websocket.Upgrader
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var ask struct{ ID int }
		if err := conn.ReadJSON(&ask); err != nil {
			return
		}
		var user User
		if s.db.First(&user, ask.ID).Error != nil {
			continue
		}
		conn.WriteJSON(user) // want `sends a whole stored record to the client` medium
	}
}
