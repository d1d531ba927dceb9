package dialect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// secret signs the tokens of clients.
const secret = "a secret of at least thirty-two bytes"

// token is the bearer token with which clients ask for tickets.
func token() string {
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		part(fmt.Appendf(nil, `{"iss":"https://id.example.com","aud":"chat","sub":"alice","sid":"s1","exp":%d}`, time.Now().Add(time.Hour).Unix()))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + part(mac.Sum(nil))
}

// built is where the gateway is built, by the first test that needs it.
var built string

// binary is the built gateway, for all tests.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "wswarden")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/wswarden").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "wswarden-dialect"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

// examples are the blocks of YAML in the document, by the heading that they stand
// below. The one before all headings begins the file that each of the others goes
// on.
var examples = sync.OnceValues(func() (map[string]string, error) {
	text, err := os.ReadFile("../../docs/dialects.md")
	if err != nil {
		return nil, err
	}
	blocks, heading, inside := map[string]string{}, "", false
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(line[3:])
		case strings.HasPrefix(line, "```"):
			inside = !inside && strings.TrimSpace(line) == "```yaml"
		case inside:
			blocks[heading] += line
		}
	}
	return blocks, nil
})

// gateway runs the documented example of a dialect in front of a backend, and
// returns its URL. edit may change the file, as a user would.
func gateway(t *testing.T, dialect, backend string, edit func(config string) string) string {
	t.Helper()
	blocks, err := examples()
	if err != nil {
		t.Fatal(err)
	}
	if blocks[dialect] == "" {
		t.Fatalf("docs/dialects.md has no example of %s", dialect)
	}
	listen, admin := freeAddress(t), freeAddress(t)
	config := strings.NewReplacer("127.0.0.1:8080", listen, "127.0.0.1:9090", admin, "127.0.0.1:3000", backend, "127.0.0.1:15674", backend).Replace(blocks[""] + blocks[dialect])
	if edit != nil {
		config = edit(config)
	}
	file := filepath.Join(t.TempDir(), "wswarden.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "guard", "--config", file)
	cmd.Env = append(os.Environ(), "JWT_SECRET="+secret)
	start(t, cmd, func(line string) string {
		if !strings.Contains(line, listen) {
			return ""
		}
		return "0"
	})
	return "http://" + listen
}

// freeAddress returns an address of loopback that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(freePort(t)))
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}
