package dialect_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rabbitConfig has RabbitMQ speak STOMP over WebSockets and nothing else; %d is
// the port.
const rabbitConfig = `listeners.tcp = none
stomp.listeners.tcp = none
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = %d
web_stomp.ws_path = /ws
log.console = true
log.file = false
`

// rabbit starts a RabbitMQ of its own and returns its address.
func rabbit(t *testing.T) string {
	t.Helper()
	server := program(t, "rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
	dir, port := t.TempDir(), freePort(t)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mapper := freePort(t)
	env := append(os.Environ(), "HOME="+dir, "RABBITMQ_MNESIA_BASE="+dir+"/mnesia", "RABBITMQ_LOG_BASE="+dir+"/log",
		"RABBITMQ_CONFIG_FILE="+write("rabbitmq.conf", fmt.Sprintf(rabbitConfig, port)), "RABBITMQ_ENABLED_PLUGINS_FILE="+write("plugins", "[rabbitmq_web_stomp]."),
		fmt.Sprintf("RABBITMQ_NODENAME=wswarden%d@localhost", port), fmt.Sprintf("RABBITMQ_DIST_PORT=%d", freePort(t)),
		"ERL_EPMD_ADDRESS=127.0.0.1", fmt.Sprintf("ERL_EPMD_PORT=%d", mapper),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}")

	// Erlang's port mapper would stay behind as a daemon if the server started it.
	epmd := exec.Command(program(t, "erlang-base", "epmd"))
	epmd.Env = env
	if err := epmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		epmd.Process.Signal(syscall.SIGKILL)
		epmd.Wait()
	})
	waitPort(t, mapper)

	cmd := exec.Command(server)
	cmd.Env, cmd.Dir = env, dir
	return start(t, cmd, func(line string) string {
		if !strings.Contains(line, "Server startup complete") {
			return ""
		}
		return fmt.Sprint(port)
	})
}

// waitPort waits until somebody listens.
func waitPort(t *testing.T, port int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody listens on port %d: %v", port, err)
		}
	}
}

// TestSTOMP has @stomp/stompjs talk to RabbitMQ.
func TestSTOMP(t *testing.T) {
	t.Parallel()
	url := gateway(t, "stomp", rabbit(t), nil)
	run(t, "stomp", url, `{
		"accepted": {"quantity": 1, "userId": "alice", "note": "é"},
		"receipt": true, "text": true,
		"profile": {"name": "Alice"},
		"bytes": 3, "alive": true,
		"refused": {"message": "schema", "receipt": "r9", "body": "a value has the wrong type", "code": 4022},
		"unknown": {"message": "schema", "receipt": null, "body": "messages of this type are not accepted", "code": 4022},
		"forbidden": {"message": "denied", "receipt": null, "body": "the message is not allowed", "code": 4003},
		"after": true
	}`)
}
