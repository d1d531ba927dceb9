package frameworks_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

// What holds where the program says nothing decides most of the findings about
// origins and sizes.
func TestDefaults(t *testing.T) {
	tests := []struct {
		pack, origin string
		bytes        int64
	}{
		{"websockets", "none", 1 << 20},
		{"fastapi", "none", 16 << 20},
		{"starlette", "none", 16 << 20},
		{"aiohttp", "none", 4 << 20},
		{"tornado", "same-host", 10 << 20},
		{"channels", "none", 1 << 20},
		{"python-socketio", "same-host", 1_000_000},
		{"flask-socketio", "same-host", 1_000_000},
		{"sanic", "none", 1 << 20},
		{"quart", "none", 16 << 20},
		{"flask-sock", "none", -1},
		{"autobahn", "none", -1},
		{"gorilla", "same-host", -1},
		{"coder-websocket", "same-host", 32 << 10},
		{"gobwas", "none", -1},
		{"xnet-websocket", "present", 32 << 20},
		{"melody", "none", 512},
		{"centrifuge", "same-host", 64 << 10},
		{"gws", "none", 16 << 20},
		{"nbio", "same-host", 4 << 20},
		{"fasthttp", "same-host", -1},
		{"fiber", "none", -1},
		{"go-socket.io", "same-host", -1},
		{"zishang520-socket.io", "none", 1_000_000},
		{"sockjs-go", "same-host", -1},
	}
	set, err := frameworks.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		p := set.Pack(tt.pack)
		if p == nil {
			t.Errorf("there is no pack %q", tt.pack)
			continue
		}
		if p.Defaults.Origin != tt.origin || p.Defaults.MessageBytes != tt.bytes {
			t.Errorf("%s: got origin %q and %d bytes, want %q and %d", tt.pack, p.Defaults.Origin, p.Defaults.MessageBytes, tt.origin, tt.bytes)
		}
	}
}
