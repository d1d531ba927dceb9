package review_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
)

// TestNoDefence: comparisons that resemble a defence and are none. What an endpoint is
// believed to have, no rule reports as missing.
func TestNoDefence(t *testing.T) {
	for _, c := range []struct {
		name, body string
		defence    report.DefenceName
		state      report.State
	}{
		{"the size of a file", "if (fs.statSync('a.log').size > MAX_SIZE) { ws.send('too long'); return; }", report.MessageRate, report.Absent},
		{"messages in a window of time", "if (++messageCount > maxPerWindow) { ws.close(); return; }", report.MessageRate, report.Present},
		{"whether there are clients", "if (renewedClients.length > 0) { ws.send('again'); }", report.ConnectionLimit, report.Absent},
		{"how many clients there may be", "if (clients.length > 100) { ws.close(); return; }", report.ConnectionLimit, report.Present},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			text := `const fs = require('fs');
const { WebSocketServer } = require('ws');
const MAX_SIZE = 1000, clients = load(), renewedClients = load();
let messageCount = 0;
const maxPerWindow = 20;
const wss = new WebSocketServer({ port: 7000 });
wss.on('connection', (ws) => {
  ws.on('message', (data) => {
    ` + c.body + `
    ws.send(String(data));
  });
});
`
			if err := os.WriteFile(filepath.Join(dir, "server.js"), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			rep, err := review.Run(t.Context(), []string{dir}, review.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Endpoints) != 1 {
				t.Fatalf("got %d endpoints, want 1", len(rep.Endpoints))
			}
			for _, d := range rep.Endpoints[0].Defences {
				if d.Name == c.defence && d.State != c.state {
					t.Errorf("got %s %s (%s), want %s", d.Name, d.State, d.Value, c.state)
				}
			}
		})
	}
}
