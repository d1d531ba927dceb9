package e2e_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
)

// session is what a client in any language reports.
type session struct {
	Kind        string
	Types       []string
	User        string
	OrderOf     string
	Protocol    string
	EchoIntact  bool
	Close       int
	Clean       bool
	FailedAsFor string
}

// TestClients lets the clients of real libraries work through the gateway with
// tickets, in front of each server.
func TestClients(t *testing.T) {
	node := program(t, "apt-get install -y nodejs", "node")
	python := program(t, "apt-get install -y python3 python3-websockets", "/usr/bin/python3", "python3")
	if _, err := os.Stat("node/node_modules/ws"); err != nil {
		t.Fatal("ws is not installed: run make setup")
	}
	clients := []struct {
		name string
		run  func(t *testing.T, platform, guard string) string
	}{
		{"ws", func(t *testing.T, platform, guard string) string {
			return command(t, node, "node/client.mjs", "ws", platform, guard)
		}},
		{"builtin", func(t *testing.T, platform, guard string) string {
			return command(t, node, "--experimental-websocket", "--no-warnings", "node/client.mjs", "builtin", platform, guard)
		}},
		{"websockets", func(t *testing.T, platform, guard string) string {
			return command(t, python, "python/client.py", platform, guard)
		}},
	}
	for _, server := range []string{tradingtest.Node, tradingtest.Python, tradingtest.Go} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			platform := tradingtest.Start(t, server, "TRADING_TICK_MS=50", "TRADING_TRUST_GUARD=1")
			p := start(t, platform, "")
			for _, c := range clients {
				t.Run(c.name, func(t *testing.T) {
					var got session
					out := c.run(t, platform, p.url)
					if err := json.Unmarshal([]byte(out), &got); err != nil {
						t.Fatalf("%v in %q", err, out)
					}
					if got.User != "alice" || got.OrderOf != "alice" || !got.EchoIntact || got.Protocol != "wswarden.v1" || got.Close != 4321 || !got.Clean {
						t.Errorf("got %+v", got)
					}
				})
			}
		})
	}
}
