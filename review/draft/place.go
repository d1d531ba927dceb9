package draft

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// places are addresses and names that the text of a program mentions. They are
// found by patterns, not by following data: they stand in configuration as often
// as in code. What is taken from here is marked, unless the code settles it.
type places struct {
	port         int    // on which the program listens; 0 where none was seen
	portAt       string // where
	origins      []string
	originsAt    string
	subprotocols []string
	sockets      []string // paths that look like those of WebSocket endpoints
	header       string   // where the Authorization header is named
	handlers     []handlerPath
	whoami       string // the path of an endpoint that tells who asks, or empty
	whoamiAt     string
	claims       claims
	queried      bool    // the program reads the query of a URL
	params       []param // those of its parameters that were seen
	ownHeaders   []param // headers of its own that say who a client is
}

// A handlerPath is a path in a line that registers a handler for it.
type handlerPath struct {
	path, line string
	above      string // the path of the group of routes that it is in
	at         string
}

var registers = regexp.MustCompile(`(?i)\b(?:handle|handlefunc|route|get|any|path|re_path|url|websocket|add_route|add_get|method|use)\b`)

// handled is the path of the line that registers a function, or empty.
func (p *places) handled(fn string) string {
	name := fn[strings.LastIndexByte(fn, '.')+1:]
	if name == "" {
		return ""
	}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
	for _, h := range p.handlers {
		if word.MatchString(strings.ReplaceAll(h.line, h.path, "")) {
			return clean(h.above + h.path)
		}
	}
	return ""
}

// guessedPort stands where no port was seen.
const guessedPort = 3000

var (
	addressPort = regexp.MustCompile("[\"'`](?:https?://|wss?://|tcp://)?(?:[A-Za-z0-9_.-]*|\\[[0-9a-fA-F:]*\\]|\\$\\{[^}]*\\}):([0-9]{2,5})[\"'`/]")
	namedPort   = regexp.MustCompile(`(?i)(?:\b|_)port\b["']?[^\n<>]{0,80}?\b([1-9][0-9]{1,4})\b`)
	listenPort  = regexp.MustCompile(`(?i)\b(?:listen|serve|run|bind)\w*\((?:[^()\n]{0,80}?[^\w.])?([1-9][0-9]{2,4})(?:[^\w.]|$)`)
	// otherService names what a program connects to rather than what it is.
	otherService  = regexp.MustCompile(`(?i)database|(?:\b|_)db|\bdb|mysql|maria|postgres|\bpg|redis|mongo|sqlite|memcache|amqp|rabbit|kafka|smtp|mail|ldap|elastic|proxy|3306|5432|6379|27017`)
	authorized    = regexp.MustCompile("(?i)[\"'`]authorization[\"'`]|headers\\.authorization\\b")
	originText    = regexp.MustCompile("[\"'`](https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/?[\"'`]")
	originLine    = regexp.MustCompile(`(?i)origin|cors`)
	tokenText     = regexp.MustCompile("[\"'`]([A-Za-z0-9][A-Za-z0-9._-]{1,60})[\"'`]")
	protocols     = regexp.MustCompile(`(?i)sub-?protocol|handleProtocols|new WebSocket\(`)
	pathText      = regexp.MustCompile("[\"'`](?:(?:GET|ANY) )?(/[A-Za-z0-9_./-]*)[\"'`?]")
	bareProtocols = words("json msgpack mqtt stomp wamp soap xmpp chat graphql")
	socketWords   = words("ws wss websocket websockets socket sockets stream live realtime feed events cable gateway")
	// whoamiNames end the path of an endpoint that tells who asks, likeliest first.
	whoamiNames = []string{"whoami", "userinfo", "me", "current_user", "current-user", "currentuser", "session", "profile", "account", "user", "verify", "check"}
)

// scan reads the files of the program, those with server endpoints first.
func (d *drafter) scan() *places {
	p := &places{}
	files := d.ordered()
	best := len(whoamiNames)
	for _, f := range files {
		if len(f.Source) > 1<<20 {
			continue
		}
		text, browser := string(f.Source), page(f)
		lines := strings.Split(text, "\n")
		if !browser {
			where := func(line int) string { return fmt.Sprintf("%s:%d", f.Path, line) }
			p.readsQuery(f, lines, where)
			p.readsArguments(f, where)
		}
		var in groups
		for i, line := range lines {
			if comment(line) {
				continue
			}
			in.take(line)
			at := fmt.Sprintf("%s:%d", f.Path, i+1)
			p.ports(line, at, browser)
			p.allowed(line, at, browser)
			p.spoken(line)
			if p.header == "" && !browser && authorized.MatchString(line) {
				p.header = at
			}
			for _, m := range pathText.FindAllStringSubmatch(line, -1) {
				name := m[1]
				if registers.MatchString(line) && !browser {
					p.handlers = append(p.handlers, handlerPath{name, line, in.above(line), at})
				}
				if anyWord(name, socketWords) && !strings.Contains(name, ".") && !slices.Contains(p.sockets, name) {
					p.sockets = append(p.sockets, name)
				}
				if n := slices.Index(whoamiNames, strings.ToLower(path.Base(name))); n >= 0 && n < best && !browser && pathProblem(name) == "" && !anyWord(name, socketWords) {
					best, p.whoami, p.whoamiAt = n, strings.TrimSuffix(name, "/"), at
					p.claims = claimsNear(files, f, i+1, strings.ReplaceAll(line, name, ""), path.Base(name))
				}
			}
		}
	}
	slices.Sort(p.origins)
	return p
}

// ordered are the files: those with endpoints that serve, others, pages.
func (d *drafter) ordered() []*ir.File {
	serving := map[string]bool{}
	for _, e := range d.Program.Endpoints {
		if e.Role != "client" {
			serving[e.Path] = true
		}
	}
	rank := func(f *ir.File) int {
		switch {
		case serving[f.Path]:
			return 0
		case page(f):
			return 2
		}
		return 1
	}
	files := slices.Clone(d.Files)
	slices.SortStableFunc(files, func(a, b *ir.File) int { return rank(a) - rank(b) })
	return files
}

// browserOnly is what only the code of a page says.
var browserOnly = regexp.MustCompile(`\b(?:document\.(?:getElementById|querySelector|createElement|body|addEventListener)|window\.(?:location|addEventListener)|localStorage\b)`)

// page reports whether a file runs in a browser.
func page(f *ir.File) bool {
	return f.Client || f.Lang == ir.JavaScript && browserOnly.Match(f.Source)
}

func comment(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "*") || strings.HasPrefix(line, "/*")
}

func (p *places) ports(line, at string, page bool) {
	if p.port != 0 || page || otherService.MatchString(line) {
		return
	}
	for _, re := range []*regexp.Regexp{namedPort, listenPort, addressPort} {
		if m := re.FindStringSubmatch(line); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n > 0 && n < 65535 {
				p.port, p.portAt = n, at
				return
			}
		}
	}
}

func (p *places) allowed(line, at string, page bool) {
	if page || !originLine.MatchString(line) || strings.Contains(line, "new URL") {
		return
	}
	for _, m := range originText.FindAllStringSubmatch(line, -1) {
		if o := canonicalOrigin(m[1]); o != "" && !slices.Contains(p.origins, o) && len(p.origins) < 20 {
			p.origins = append(p.origins, o)
			p.originsAt = at
		}
	}
}

// canonicalOrigin is an origin as browsers write it, or empty.
func canonicalOrigin(text string) string {
	u, err := url.Parse(strings.ToLower(text))
	if err != nil || u.Hostname() == "" || strings.Contains(u.Hostname(), "..") || strings.HasPrefix(u.Hostname(), ".") || strings.HasPrefix(u.Hostname(), "-") {
		return ""
	}
	host, port := strings.TrimSuffix(u.Hostname(), "."), u.Port()
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return ""
	}
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		port = ""
	}
	if port != "" {
		n, _ := strconv.Atoi(port) // judged above
		host += ":" + strconv.Itoa(n)
	}
	return u.Scheme + "://" + host
}

func (p *places) spoken(line string) {
	if !protocols.MatchString(line) {
		return
	}
	for _, m := range tokenText.FindAllStringSubmatch(line, -1) {
		t := m[1]
		if len(p.subprotocols) < 10 && !slices.Contains(p.subprotocols, t) && subprotocol(t) {
			p.subprotocols = append(p.subprotocols, t)
		}
	}
}

// subprotocol reports whether a text looks like the name of a sub-protocol, and not
// like one of a header, an encoding, or a carrier of tickets.
func subprotocol(t string) bool {
	lower := strings.ToLower(t)
	switch {
	case strings.HasPrefix(lower, "sec-") || strings.HasPrefix(lower, "wst.") || strings.HasPrefix(lower, "wswarden."), lower == "http" || lower == "https" || lower == "ws" || lower == "wss":
		return false
	case strings.ContainsAny(t, ".-"), strings.HasSuffix(lower, "protocol"), strings.ContainsAny(t, "0123456789"):
		return true
	}
	return bareProtocols[lower]
}

// free is an address of loopback whose port isn't the program's own.
func (p *places) free(port, other int) string {
	if port == p.port {
		port = other
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// backend is where the program listens, as far as it is known.
func (p *places) backend() string {
	port := p.port
	if port == 0 {
		port = guessedPort
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// own are the origins of pages that the program itself serves.
func (p *places) own() []string {
	_, port, _ := strings.Cut(p.backend(), ":")
	return []string{canonicalOrigin("http://127.0.0.1:" + port), canonicalOrigin("http://localhost:" + port)}
}
