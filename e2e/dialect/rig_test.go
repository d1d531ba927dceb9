package dialect_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a process.
const patience = 2 * time.Minute

// serve starts a server of this folder and returns its address. It prints
// "listening PORT" when it is ready.
func serve(t *testing.T, name string) string {
	t.Helper()
	if _, err := os.Stat("node_modules/ws"); err != nil {
		t.Fatal("the clients and servers are not installed: run make setup")
	}
	return start(t, exec.Command(program(t, "nodejs", "node"), "server/"+name+".mjs"), func(line string) string {
		_, port, _ := strings.Cut(line, "listening ")
		return port
	})
}

// start runs a server until the test ends. ready finds in a line of its output the
// port that it listens on, or nothing.
func start(t *testing.T, cmd *exec.Cmd, ready func(line string) (port string)) string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with what it starts itself
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	port := make(chan string, 1)
	var log bytes.Buffer
	go func() {
		defer close(port)
		for s := bufio.NewScanner(out); s.Scan(); {
			log.WriteString(s.Text() + "\n")
			if p := ready(s.Text()); p != "" {
				port <- p
				io.Copy(io.Discard, out)
				return
			}
		}
	}()
	select {
	case p, ok := <-port:
		if !ok {
			t.Fatalf("%s did not start:\n%s", cmd.Path, &log)
		}
		return net.JoinHostPort("127.0.0.1", p)
	case <-time.After(patience):
		t.Fatalf("%s did not start within %v", cmd.Path, patience)
		return ""
	}
}

// program returns the path of a program, or fails with how to get it.
func program(t *testing.T, install string, names ...string) string {
	t.Helper()
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed: run make setup (apt-get install -y %s)", names[0], install)
	return ""
}

// eventID is how a refusal is named in the audit log.
var eventID = regexp.MustCompile(`\b[0-9a-f]{12}\b`)

// run lets a client work and compares what it saw with want, JSON in which event
// ids are EVENT.
func run(t *testing.T, client, target, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t, "nodejs", "node"), "client/"+client+".mjs", target)
	cmd.Env = append(os.Environ(), "TOKEN="+token())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", client, err, stderr.String())
	}
	var got, wanted map[string]any
	if err := json.Unmarshal(eventID.ReplaceAll(out, []byte("EVENT")), &got); err != nil {
		t.Fatalf("%s said %q: %v", client, out, err)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	for key := range wanted {
		if _, ok := got[key]; !ok {
			t.Errorf("%s: got nothing", key)
		}
	}
	for key, g := range got {
		if !reflect.DeepEqual(g, wanted[key]) {
			a, _ := json.Marshal(g)
			b, _ := json.Marshal(wanted[key])
			t.Errorf("%s:\n got %s,\nwant %s", key, a, b)
		}
	}
}
