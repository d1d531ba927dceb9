package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/internal/asyncapi"
)

// ErrFormat says that a file is none that the package reads.
var ErrFormat = errors.New("neither an AsyncAPI document, nor a HAR, nor JSON lines, nor a report of review")

// Load reads the file at path: an AsyncAPI document (YAML or JSON), a HAR with
// WebSocket messages as Chromium saves it, a report of review as JSON, or JSON
// lines. Which it is, its content says.
func Load(path string) (*Corpus, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read messages %q: %w", path, err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("read messages %q: longer than %d MiB; cut the recording to the part that matters", path, MaxBytes>>20)
	}
	ext := strings.ToLower(filepath.Ext(path))
	if isAsyncAPI(data, ext) {
		doc, err := asyncapi.Load(path)
		if err != nil {
			return nil, fmt.Errorf("read messages %q: %w", path, err)
		}
		return fromAsyncAPI(doc), nil
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read messages %q: %w", path, err)
	}
	return c, nil
}

func isAsyncAPI(data []byte, ext string) bool {
	if ext == ".yaml" || ext == ".yml" {
		return true
	}
	var head struct{ AsyncAPI string }
	return json.Unmarshal(data, &head) == nil && head.AsyncAPI != ""
}

// Parse reads a HAR, a report of review, or JSON lines.
func Parse(data []byte) (*Corpus, error) {
	var head struct {
		Log       *har
		Endpoints *[]endpoint
	}
	if json.Unmarshal(data, &head) == nil {
		switch {
		case head.Log != nil:
			return head.Log.corpus()
		case head.Endpoints != nil:
			return fromInventory(*head.Endpoints), nil
		}
	}
	return parseLines(data)
}

func fromAsyncAPI(doc *asyncapi.Document) *Corpus {
	c := &Corpus{}
	for name, m := range doc.Client {
		if t := c.client(name); t != nil {
			t.Schema = m.Schema
		}
	}
	for name, m := range doc.Server {
		if t := c.server(name); t != nil {
			t.Schema = m.Schema
		}
	}
	return c
}

// har is what is read of an HTTP archive.
type har struct {
	Entries []struct {
		Messages []struct {
			Type   string
			Opcode int
			Data   string
		} `json:"_webSocketMessages"`
	}
}

// errNoMessages says that a recording has no messages.
var errNoMessages = errors.New("it holds no WebSocket messages; record with the network panel of a Chromium browser and save all as HAR with content")

func (h *har) corpus() (*Corpus, error) {
	var client, server [][]byte
	for _, e := range h.Entries {
		for _, m := range e.Messages {
			switch {
			case m.Opcode != 1 || len(m.Data) > maxMessage:
			case m.Type == "send":
				client = append(client, []byte(m.Data))
			default:
				server = append(server, []byte(m.Data))
			}
		}
	}
	if len(client)+len(server) == 0 {
		return nil, errNoMessages
	}
	c := &Corpus{}
	c.observe(client, server)
	return c, nil
}

// line is one line of a recording: {"from":"client","data":…}, where data is
// the message, as text or as JSON. A line without these keys is a message of
// the client itself.
type line struct {
	From string
	Data json.RawMessage
}

func parseLines(data []byte) (*Corpus, error) {
	var client, server [][]byte
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(make([]byte, 0, 64<<10), 2*maxMessage)
	for n := 1; lines.Scan(); n++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		if !json.Valid(text) {
			if n == 1 {
				return nil, ErrFormat
			}
			return nil, fmt.Errorf("line %d: not JSON", n)
		}
		m, fromServer := message(text)
		if m == nil {
			return nil, fmt.Errorf(`line %d: want a message, or {"from":"client" or "server","data":…}`, n)
		}
		if fromServer {
			server = append(server, m)
		} else {
			client = append(client, m)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("a line is longer than %d KiB: %w", 2*maxMessage>>10, err)
	}
	if len(client)+len(server) == 0 {
		return nil, errNoMessages
	}
	c := &Corpus{}
	c.observe(client, server)
	return c, nil
}

func message(text []byte) (m []byte, fromServer bool) {
	var l line
	if json.Unmarshal(text, &l) != nil || l.Data == nil || l.From != "client" && l.From != "server" {
		return bytes.Clone(text), false
	}
	var s string
	if json.Unmarshal(l.Data, &s) == nil {
		return []byte(s), l.From == "server"
	}
	return bytes.Clone(l.Data), l.From == "server"
}

// endpoint is what is read of an endpoint of a report of review.
type endpoint struct {
	Role     string
	Messages []struct {
		Name, Direction string
		Fields          []struct{ Name, Type string }
	}
}

func fromInventory(endpoints []endpoint) *Corpus {
	c := &Corpus{}
	for _, e := range endpoints {
		for _, m := range e.Messages {
			t := c.client
			if m.Direction == "server" {
				t = c.server
			}
			if m.Name == "" {
				continue
			}
			known := t(m.Name)
			if known == nil {
				continue
			}
			types := map[string]string{}
			for _, f := range m.Fields {
				if plainName(f.Name) {
					known.Fields = append(known.Fields, f.Name)
					types[f.Name] = f.Type
				}
			}
			if known.Schema == nil && m.Direction != "server" {
				known.Schema = guessSchema(known.Fields, types)
			}
		}
	}
	return c
}

// plainName reports whether review's name of a field is that of a member, not a
// path into it.
func plainName(name string) bool { return name != "" && !strings.ContainsAny(name, ".[]#*") }

// numeric are names of members that hold numbers in most applications.
var numeric = regexp.MustCompile(`(?i)^(id|n|x|y|count|quantity|qty|amount|price|total|limit|offset|page|size|index|level|score)$|(Id|Count|Amount|Price)$`)

// guessSchema describes a message of which review knows the members alone, and
// of some the type. It is for making messages, not for judging them.
func guessSchema(fields []string, types map[string]string) []byte {
	properties := map[string]any{}
	for _, name := range fields {
		is := types[name]
		switch {
		case is == "string" || is == "number" || is == "integer" || is == "boolean" || is == "object" || is == "array":
		case numeric.MatchString(name):
			is = "number"
		default:
			is = "string"
		}
		properties[name] = map[string]any{"type": is}
	}
	text, err := json.Marshal(map[string]any{"type": "object", "properties": properties, "required": append([]string{}, fields...)})
	if err != nil {
		panic(err) // strings always marshal
	}
	return text
}
