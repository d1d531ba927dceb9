package probe

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// An originMutation is an Origin that is not the allowed one, and the mistake
// of a server that lets it in.
type originMutation struct {
	// lines are sent in the place of the allowed Origin.
	lines []originLine
	// browser says that a browser can be made to send it.
	browser bool
	kind    originKind
	mistake string
}

// originLine is a header line.
type originLine struct{ name, value string }

// An originKind says what letting a mutation in means.
type originKind uint8

const (
	// foreignOrigin belongs, or may belong, to somebody else.
	foreignOrigin originKind = iota
	// relatedOrigin belongs to the same owner, or may be listed on purpose.
	relatedOrigin
	// sameOrigin is another spelling of the allowed one: letting it in is lenient
	// and nobody's advantage.
	sameOrigin
	// noOrigin is none at all: absent, empty or null.
	noOrigin
)

// show is the mutation in words.
func (m originMutation) show() string {
	if len(m.lines) == 0 {
		return "no Origin"
	}
	var parts []string
	for _, l := range m.lines {
		value := l.value
		if value == "" {
			value = "(empty)"
		}
		if l.name != "Origin" {
			value = l.name + " " + value
		}
		parts = append(parts, value)
	}
	return clip(strings.Join(parts, " with "), 120)
}

// mutator makes mutations of one allowed origin.
type mutator struct {
	origin             string // such as https://app.example.com:8443
	scheme, host, port string
	foreign            string
	out                []originMutation
}

// originMutations are the mutations of the allowed origin, most telling first.
// They are composed of the mistakes known from origin checks and from checks of
// CORS: https://portswigger.net/web-security/cors and the tools that test these.
func originMutations(origin, foreign string) []originMutation {
	m := &mutator{origin: origin, foreign: foreign}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return nil
	}
	m.scheme, m.host, m.port = u.Scheme, u.Hostname(), u.Port()
	m.absent()
	m.otherSchemeOrPort()
	m.otherEnd()
	m.otherStart()
	m.dots()
	m.related()
	m.local()
	m.otherSchemes()
	m.unparsed()
	m.headers()
	m.names()
	m.encoded()
	return m.out
}

// add adds an Origin.
func (m *mutator) add(kind originKind, browser bool, mistake string, values ...string) {
	for _, v := range values {
		if v == m.origin {
			continue
		}
		m.out = append(m.out, originMutation{[]originLine{{"Origin", v}}, browser, kind, mistake})
	}
}

// addLines adds several header lines at once.
func (m *mutator) addLines(mistake string, lines ...originLine) {
	m.out = append(m.out, originMutation{lines, false, foreignOrigin, mistake})
}

// at is an origin of the allowed scheme and port with another host.
func (m *mutator) at(host string) string {
	if m.port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), m.port)
	}
	return m.scheme + "://" + host
}

// isName reports whether the allowed host is a name with dots, whose parts mean
// something.
func (m *mutator) isName() bool {
	return strings.Contains(m.host, ".") && net.ParseIP(m.host) == nil
}

// domain is the allowed host without its first label, or the host where it has
// only two.
func (m *mutator) domain() string {
	if _, rest, ok := strings.Cut(m.host, "."); ok && strings.Contains(rest, ".") {
		return rest
	}
	return m.host
}

func (m *mutator) absent() {
	m.out = append(m.out, originMutation{nil, false, noOrigin, "an absent Origin passes"})
	m.add(noOrigin, false, "an empty Origin passes", "")
	m.add(noOrigin, true, "null passes, which a sandboxed frame sends", "null")
}

func (m *mutator) otherSchemeOrPort() {
	other, kind := "http", foreignOrigin
	if m.scheme == "http" {
		// A page of the same host that is better protected is no attacker.
		other, kind = "https", sameOrigin
	}
	m.add(kind, true, "the scheme is ignored", other+m.origin[len(m.scheme):])
	m.add(foreignOrigin, true, "the port is ignored", m.scheme+"://"+net.JoinHostPort(m.host, "8443"))
	standard := map[string]string{"https": "443", "http": "80"}[m.scheme]
	if m.port == "" && standard != "" {
		m.add(sameOrigin, false, "a standard port is read as none", m.scheme+"://"+net.JoinHostPort(m.host, standard))
	}
	m.add(sameOrigin, true, "a trailing dot is ignored", m.at(m.host+"."))
}

func (m *mutator) otherEnd() {
	const mistake = "only the start is compared, or the text is looked for anywhere"
	m.add(foreignOrigin, true, mistake,
		m.origin+"."+m.foreign, m.at(m.host+"."+m.foreign), m.scheme+"://"+m.host+"-"+m.foreign, m.scheme+"://"+m.host+"evil."+m.foreign, m.origin+"munity")
	m.add(foreignOrigin, true, "the start alone is compared: a longer port passes", m.longerPort())
	for _, c := range []string{"_", "-", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";", "=", "^", "`", "{", "|", "}", "~", "%60"} {
		m.add(foreignOrigin, c == "_", "the end of the host is not anchored: "+c+" ends it", m.scheme+"://"+m.host+c+"."+m.foreign)
	}
}

// longerPort is the allowed origin with one more digit in its port.
func (m *mutator) longerPort() string {
	if len(m.port) == 0 || len(m.port) > 3 {
		return m.origin
	}
	return m.origin + "1"
}

func (m *mutator) otherStart() {
	const mistake = "only the end is compared"
	m.add(foreignOrigin, true, mistake, m.at("evil"+m.host))
	if !m.isName() {
		return
	}
	m.add(foreignOrigin, true, mistake+", without the dot before it", m.at("evil"+m.domain()))
	top := m.host[strings.LastIndexByte(m.host, '.'):]
	m.add(foreignOrigin, true, "only the top-level domain is compared", m.at("evil"+top))
	m.add(foreignOrigin, true, "the top-level domain is ignored", m.at(strings.TrimSuffix(m.host, top)+".invalid"))
	// A list searched for the Origin instead of the other way round.
	m.add(foreignOrigin, true, "the Origin is looked for within the allowed text", m.scheme+"://"+m.host[:len(m.host)-1], m.scheme+"://"+strings.Split(m.host, ".")[0], m.scheme+"://"+m.host[:1])
	m.add(foreignOrigin, false, "the Origin is looked for within the allowed text", top, m.scheme+"://", m.scheme)
}

func (m *mutator) dots() {
	if !m.isName() {
		return
	}
	const mistake = "a dot in a pattern stands for any character"
	for i, c := range m.host {
		if c == '.' {
			m.add(foreignOrigin, true, mistake, m.at(m.host[:i]+"x"+m.host[i+1:]))
		}
	}
	if strings.Count(m.host, ".") > 1 {
		m.add(foreignOrigin, true, mistake, m.at(strings.ReplaceAll(m.host, ".", "x")))
	}
}

func (m *mutator) related() {
	if !m.isName() {
		return
	}
	m.add(relatedOrigin, true, "any name below the allowed host passes", m.at("zq7."+m.host))
	if m.domain() != m.host {
		m.add(relatedOrigin, true, "any name beside the allowed host passes", m.at("zq7."+m.domain()))
		m.add(relatedOrigin, true, "the parent domain passes", m.at(m.domain()))
	}
}

func (m *mutator) local() {
	const mistake = "an origin of development is left in"
	if !Loopback(m.host) {
		m.add(relatedOrigin, true, mistake, "http://localhost", "http://localhost:3000", "http://127.0.0.1", "http://[::1]", "http://0.0.0.0")
	}
	m.add(foreignOrigin, true, "only the start of a local name is compared", "http://localhost."+m.foreign, "http://127.0.0.1."+m.foreign)
	m.add(relatedOrigin, true, mistake, "http://evil.localhost")
	m.add(foreignOrigin, true, "private addresses are trusted", "http://10.0.0.1", "http://192.168.1.1", "http://2130706433", "http://0x7f.1")
}

func (m *mutator) otherSchemes() {
	const mistake = "schemes other than http and https are trusted"
	m.add(foreignOrigin, true, mistake, "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "moz-extension://a1b2c3d4-0000-4000-8000-000000000000",
		"vscode-webview://x", "capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://x")
	m.add(foreignOrigin, false, mistake, "file://", "data:", "javascript:", "blob:https://"+m.foreign+"/x", "about:blank")
}

func (m *mutator) unparsed() {
	m.add(sameOrigin, false, "case is folded", m.scheme+"://"+strings.ToUpper(m.origin[len(m.scheme)+3:]), strings.ToUpper(m.scheme)+m.origin[len(m.scheme):])
	m.add(sameOrigin, false, "a path is ignored", m.origin+"/", m.origin+"/x")
	e := m.scheme + "://" + m.foreign
	const within = "the allowed text is looked for anywhere"
	m.add(foreignOrigin, false, within, e+"/"+m.host, e+"?"+m.host, e+"#"+m.host)
	m.add(foreignOrigin, false, "what stands before an @ is taken for the host", m.origin+"@"+m.foreign, m.scheme+"://"+m.host+":443@"+m.foreign, m.scheme+"://"+m.host+":80."+m.foreign)
	m.add(foreignOrigin, false, "a user name is ignored", m.scheme+"://"+m.foreign+"@"+m.host)
	m.add(foreignOrigin, false, "a backslash ends the host for one reader only", m.scheme+"://"+m.foreign+`\@`+m.host, m.origin+`\.`+m.foreign)
	m.add(foreignOrigin, false, "a list of origins is taken apart", m.origin+" "+e, e+" "+m.origin, m.origin+", "+e)
	m.add(foreignOrigin, false, "the Origin is compared with a pattern as text", "*", m.scheme+"://*", m.scheme+"://*."+m.domain())
	m.add(foreignOrigin, false, "the Origin is used as the pattern", ".*", m.scheme+"://.*", "[", "(")
	m.add(foreignOrigin, false, "an Origin that can't be parsed passes", "https://a:b", "http://[::1", "://")
	m.add(foreignOrigin, false, "a long Origin is cut before it is compared", m.origin+"."+strings.Repeat("a", 8<<10)+"."+m.foreign, m.origin+strings.Repeat("a", 64<<10))
}

func (m *mutator) headers() {
	e := m.scheme + "://" + m.foreign
	const two = "two Origin lines: one is judged, and another reader may take the other"
	m.addLines(two, originLine{"Origin", m.origin}, originLine{"Origin", e})
	m.addLines(two, originLine{"Origin", e}, originLine{"Origin", m.origin})
	m.addLines("the header of an old draft is read first", originLine{"Origin", e}, originLine{"Sec-WebSocket-Origin", m.origin})
	const forwarded = "the Origin is compared with a forwarded host that the client writes"
	m.addLines(forwarded, originLine{"Origin", e}, originLine{"X-Forwarded-Host", m.foreign})
	m.addLines(forwarded, originLine{"Origin", e}, originLine{"X-Original-Host", m.foreign})
	m.addLines(forwarded, originLine{"Origin", e}, originLine{"Forwarded", "host=" + m.foreign})
	const referer = "the Referer is believed"
	m.addLines(referer, originLine{"Origin", e}, originLine{"Referer", m.origin + "/"})
	m.addLines(referer, originLine{"Referer", m.origin + "/"})
}

// names are look-alikes of the allowed host.
func (m *mutator) names() {
	i := strings.IndexByte(m.host, 'a')
	if i < 0 || !m.isName() {
		return
	}
	const mistake = "names are normalised before they are compared"
	lookalike := m.host[:i] + "а" + m.host[i+1:] // CYRILLIC SMALL LETTER A
	m.add(foreignOrigin, false, mistake, m.at(lookalike), m.at(strings.Replace(m.host, ".", "\u3002", 1)), m.at(m.host[:1]+"\u00ad"+m.host[1:]), m.at(m.host[:1]+"\u200b"+m.host[1:]))
	if ascii, err := idna.Punycode.ToASCII(lookalike); err == nil {
		m.add(foreignOrigin, true, mistake, m.at(ascii))
	}
}

func (m *mutator) encoded() {
	m.add(foreignOrigin, false, "a zero byte ends the comparison", m.origin+"%00."+m.foreign, m.origin+"\x00."+m.foreign)
	m.add(foreignOrigin, false, "an encoded line break ends the comparison", m.origin+"%0d%0aX:%20y."+m.foreign)
	m.add(sameOrigin, false, "the Origin is decoded before it is compared", url.QueryEscape(m.origin), url.QueryEscape(url.QueryEscape(m.origin)))
}
