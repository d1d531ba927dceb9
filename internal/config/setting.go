package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
)

// Setting is one setting in force.
type Setting struct {
	// Path names it, such as routes[0].limits.messages.
	Path string
	// Value is how the file would spell it. A secret is shown as "set from
	// $NAME".
	Value string
	// Source is where it came from: "default", "line 12" or "derived from ...".
	Source string
}

// Settings returns every setting in force, in the order of the reference.
func (c *Config) Settings() []Setting { return slices.Clone(c.settings) }

// describe records what is in force, once the configuration holds.
func (c *checker) describe(cfg *Config) {
	c.effective(cfg)
	eachValue(reflect.ValueOf(c.file), "", func(path string, v reflect.Value, tag reflect.StructTag) {
		if ofRule.MatchString(path) && !c.doc.has(path) {
			return // a rule does nothing but what is written there
		}
		s := Setting{Path: path, Value: text(v, tag), Source: "default"}
		if from, ok := c.derived[path]; ok {
			s.Source = from
		}
		if c.doc.has(path) {
			s.Source = "line " + strconv.Itoa(c.doc.at(path).line)
		}
		cfg.settings = append(cfg.settings, s)
	})
	c.warnLimits()
	slices.SortStableFunc(c.warnings, func(a, b Warning) int { return a.Line - b.Line })
	cfg.warnings = c.warnings
}

// ofRule matches the settings of the rules by message type.
var ofRule = regexp.MustCompile(`^routes\[[0-9]+\]\.messages\.(client|server)\.`)

// effective fills the file with the defaults of package guard.
func (c *checker) effective(cfg *Config) {
	c.declare(cfg, &cfg.Guard, false)
	f, g := &c.file, cfg.Guard.WithDefaults()
	cfg.Guard.SignIn.Token, cfg.Guard.SignIn.Introspection, cfg.Guard.SignIn.Request = nil, nil, nil
	f.Nodes, f.Hosts = g.Nodes, g.Hosts
	f.SignIn.CSRFHeader = g.SignIn.CSRFHeader
	f.SignIn.Claims = fileClaims(claims.Names(f.SignIn.Claims).WithDefaults())
	f.Limits = fileSharedLimits{g.Limits.Connections, rateOf(g.Limits.Handshakes), g.Limits.Handshake}
	if f.SignIn.JWT != nil {
		f.SignIn.JWT.Algorithms = cfg.SignIn.JWT.Algorithms
	}
	for i := range f.Routes {
		r, from := &f.Routes[i], g.Routes[i]
		r.Mode = string(from.Mode)
		r.Session = fileSession(from.Session)
		r.Limits = limitsOf(from.Limits)
		if t := from.Auth.Ticket; t != nil {
			*r.Auth.Ticket = fileTicket{TTL: t.TTL, IP: string(t.IP), Rate: rateOf(t.Rate)}
			for _, carrier := range t.Carriers {
				r.Auth.Ticket.Carriers = append(r.Auth.Ticket.Carriers, string(carrier))
			}
		}
		if m := from.Messages; m != nil {
			r.Messages.effective(m)
		}
	}
}

// effective fills the section with the defaults of package guard.
func (f *fileMessages) effective(m *guard.MessagePolicy) {
	f.Type = m.Type
	f.Unknown, f.UnknownServer = string(m.Unknown), string(m.UnknownServer)
	f.Binary, f.Reject, f.ErrorDetail = string(m.Binary), string(m.Reject), string(m.ErrorDetail)
	f.Limits, f.ServerLimits = jsonLimitsOf(m.JSON), jsonLimitsOf(m.ServerJSON)
}

func rateOf(r guard.Rate) rate { return rate{r.Count, r.Per, r.Burst} }

func limitsOf(l guard.Limits) fileLimits {
	return fileLimits{
		ConnectionsPerIP:   l.ConnectionsPerIP,
		ConnectionsPerUser: l.ConnectionsPerUser,
		Connections:        l.Connections,
		MessageBytes:       byteSize(l.MessageBytes),
		ServerMessageBytes: byteSize(l.ServerMessageBytes),
		Messages:           rateOf(l.Messages),
		UserMessages:       rateOf(l.UserMessages),
		ControlFrames:      rateOf(l.ControlFrames),
		Fragments:          l.Fragments,
		SendQueue:          byteSize(l.SendQueue),
		SendTimeout:        l.SendTimeout,
		MessageTimeout:     l.Message,
	}
}

// eachValue calls f for every setting of a file, in its order.
func eachValue(v reflect.Value, path string, f func(path string, v reflect.Value, tag reflect.StructTag)) {
	for field := range v.Type().Fields() {
		at, value := join(path, field.Tag.Get("yaml")), v.FieldByIndex(field.Index)
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		switch {
		case isSection(value.Type()):
			eachValue(value, at, f)
		case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct:
			for i := range value.Len() {
				eachValue(value.Index(i), fmt.Sprintf("%s[%d]", at, i), f)
			}
		case value.Kind() == reflect.Map && value.Len() > 0 && value.Type().Elem().Kind() == reflect.Pointer:
			for _, name := range namesOf(value) {
				eachValue(value.MapIndex(reflect.ValueOf(name)).Elem(), join(at, name), f)
			}
		default:
			f(at, value, field.Tag)
		}
	}
}

// namesOf returns the keys of a map of the file, sorted.
func namesOf(v reflect.Value) []string {
	var names []string
	for _, k := range v.MapKeys() {
		names = append(names, k.String())
	}
	slices.Sort(names)
	return names
}

// text writes a value as the file would.
func text(v reflect.Value, tag reflect.StructTag) string {
	switch x := v.Interface().(type) {
	case string:
		if x != "" && strings.HasSuffix(tag.Get("yaml"), "_env") {
			return newSecret("$"+x, "").String()
		}
		if x != "" {
			return x
		}
	case redisAddress:
		return string(x)
	case []string:
		if len(x) > 0 {
			return "[" + strings.Join(x, ", ") + "]"
		}
	case bool:
		return strconv.FormatBool(x)
	case int:
		if x != 0 || tag.Get("empty") == "" {
			return strconv.Itoa(x)
		}
	case time.Duration:
		if x != 0 || tag.Get("empty") == "" {
			return formatDuration(x)
		}
	case byteSize:
		if x != 0 || tag.Get("empty") == "" {
			return x.String()
		}
	case rate:
		if x != (rate{}) {
			return x.String()
		}
	case expression:
		if x.source != "" {
			return oneLine(x.source)
		}
	case schemaText:
		if x.json != nil {
			return oneLine(string(x.json))
		}
	case map[string]string, map[string]setValue:
		if v.Len() > 0 {
			return entries(v)
		}
	}
	return tag.Get("empty")
}

// entries writes a map of single values.
func entries(v reflect.Value) string {
	var all []string
	for _, name := range namesOf(v) {
		switch x := v.MapIndex(reflect.ValueOf(name)).Interface().(type) {
		case string:
			all = append(all, name+": "+x)
		case setValue:
			if x.json != nil {
				x.source = string(x.json)
			}
			all = append(all, name+": "+oneLine(x.source))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// oneLine makes a longer text fit for a line of a report.
func oneLine(s string) string { return shorten(s, 120) }

func shorten(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Defaults returns the default of every key, as the file would spell it, by
// path with [] for an index. A key that must be given has none.
func Defaults() map[string]string {
	c := &checker{doc: newDocument(), derived: map[string]string{}}
	c.file = file{
		TLS:       &fileTLS{},
		Store:     &fileStore{},
		SignIn:    fileSignIn{JWT: &fileJWT{}, ForwardAuth: &fileForwardAuth{}, Introspection: &fileIntrospection{}, Logout: &fileLogout{}},
		Identity:  &fileIdentity{},
		Telemetry: &fileTelemetry{},
		Routes: []fileRoute{{
			Auth:     fileAuth{Ticket: &fileTicket{}},
			Messages: &fileMessages{Client: map[string]*fileClientRule{anyName: {}}, Server: map[string]*fileServerRule{anyName: {}}},
		}},
	}
	c.doc.defaults(reflect.ValueOf(&c.file).Elem(), "")
	cfg := &Config{SignIn: SignIn{JWT: &JWT{}}}
	cfg.Guard.Routes = []guard.Route{c.file.Routes[0].guard()}
	cfg.Guard.Routes[0].Messages = &guard.MessagePolicy{}
	c.effective(cfg)
	out := map[string]string{}
	eachValue(reflect.ValueOf(c.file), "", func(path string, v reflect.Value, tag reflect.StructTag) {
		if s := text(v, tag); s != "" {
			out[pattern(path)] = s
		}
	})
	return out
}
