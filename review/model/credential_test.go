package model_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/model"
)

func TestCredential(t *testing.T) {
	for name, want := range map[string]bool{
		"token": true, "access_token": true, "accessToken": true, "jwt": true, "api_key": true, "x-api-key": true, "apiKey": true, "session_id": true,
		"sessionId": true, "sid": true, "password": true, "auth": true, "userRoomToken": true, "wsToken": true,
		"ticket": false, "code": false, "csrf_token": false, "idempotency_token": false, "next_token": false, "continuationToken": false, "token_type": false,
		"tokenExpiry": false, "room": false, "user": false, "author": false, "sessionName": false, "keyword": false, "": false,
	} {
		if got := model.Credential(name); got != want {
			t.Errorf("Credential(%q): got %v, want %v", name, got, want)
		}
	}
}
