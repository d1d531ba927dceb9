package guard_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const (
	jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	jwe = "eyJhbGciOiJkaXIifQ..aXYtaXYtaXYtaXY.Y2lwaGVydGV4dA.dGFnLXRhZy10YWc"
)

func TestCredentials(t *testing.T) {
	refused := denial{401, "sign_in_required", "credential.refused", "WS201"}
	absent := denial{401, "sign_in_required", "credential.absent", "WS201"}
	down := denial{503, "unavailable", "sign-in.down", ""}
	anyone := func(who string) func(*guard.Config) {
		return func(c *guard.Config) {
			c.SignIn.Request = verifier{id: &guard.Identity{User: who}, judges: []string{"Authorization", "Cookie"}}
		}
	}
	for _, c := range []struct {
		name string
		auth guard.Auth
		cfg  func(*guard.Config)
		h    wireclient.Handshake
		want denial
		user string // that the backend reads of one that is admitted
	}{
		{"nothing, and it is needed", guard.Auth{Bearer: true, Cookie: true}, nil, wireclient.Handshake{}, absent, ""},
		{"nothing, and anybody may", guard.Auth{Bearer: true, Anonymous: true}, nil, wireclient.Handshake{}, denial{}, ""},
		{"token", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Bearer: aliceToken}, denial{}, "alice"},
		{"refused token", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Bearer: "nobody"}, refused, ""},
		{"refused token where anybody may", guard.Auth{Bearer: true, Anonymous: true}, nil, wireclient.Handshake{Bearer: "nobody"}, refused, ""},
		{"refused token beside an honest cookie", guard.Auth{Bearer: true, Cookie: true}, nil, wireclient.Handshake{Bearer: "nobody", Cookie: aliceLogin}, refused, ""},
		{"token too long where anybody may", guard.Auth{Bearer: true, Anonymous: true}, nil, wireclient.Handshake{Bearer: strings.Repeat("x", 17<<10)}, refused, ""},
		{"token where none is admitted", guard.Auth{Cookie: true}, nil, wireclient.Handshake{Bearer: aliceToken}, absent, ""},
		{"token where none is admitted and anybody may", guard.Auth{Anonymous: true}, nil, wireclient.Handshake{Bearer: aliceToken}, denial{}, ""},
		{"basic", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Header: []wireclient.Line{{Name: "Authorization", Value: "Basic YTpi"}}}, absent, ""},
		{"scheme without a token", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Header: []wireclient.Line{{Name: "Authorization", Value: "Bearer"}}}, absent, ""},
		{"token without a scheme", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Header: []wireclient.Line{{Name: "Authorization", Value: aliceToken}}}, absent, ""},
		{"cookie", guard.Auth{Cookie: true}, nil, wireclient.Handshake{Cookie: aliceLogin}, denial{}, "alice"},
		{"forged cookie", guard.Auth{Cookie: true}, nil, wireclient.Handshake{Cookie: "session=mallory"}, refused, ""},
		{"forged cookie where anybody may", guard.Auth{Cookie: true, Anonymous: true}, nil, wireclient.Handshake{Cookie: "session=mallory"}, refused, ""},
		{"cookie where none is admitted", guard.Auth{Bearer: true}, nil, wireclient.Handshake{Cookie: aliceLogin}, absent, ""},
		{"token before cookie", guard.Auth{Bearer: true, Cookie: true}, anyone("bob"), wireclient.Handshake{Bearer: jwt, Cookie: "session=bob"}, refused, ""},
		{"opaque token, judged by request", guard.Auth{Bearer: true}, anyone("carol"), wireclient.Handshake{Bearer: "opaque"}, denial{}, "carol"},
		{"JWT, never judged by request", guard.Auth{Bearer: true}, anyone("carol"), wireclient.Handshake{Bearer: jwt}, refused, ""},
		{"verifier down", guard.Auth{Bearer: true}, func(c *guard.Config) { c.SignIn.Token = verifier{err: errDown} }, wireclient.Handshake{Bearer: "x"}, down, ""},
		{"verifier down where anybody may", guard.Auth{Bearer: true, Anonymous: true}, func(c *guard.Config) { c.SignIn.Token = verifier{err: errDown} }, wireclient.Handshake{Bearer: "x"}, down, ""},
		{"verifier says nothing", guard.Auth{Bearer: true}, func(c *guard.Config) { c.SignIn.Token = verifier{} }, wireclient.Handshake{Bearer: "x"}, down, ""},
		{"identity without user", guard.Auth{Bearer: true}, func(c *guard.Config) { c.SignIn.Token = verifier{id: &guard.Identity{}} }, wireclient.Handshake{Bearer: "x"}, refused, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Auth = c.auth
				if c.cfg != nil {
					c.cfg(cfg)
				}
			})
			c.h.Origin = appOrigin
			if c.want != (denial{}) {
				e := w.refuses(t, c.h, c.want)
				if strings.Contains(e.Detail, jwt) || c.h.Bearer != "" && strings.Contains(e.Detail, " "+c.h.Bearer) {
					t.Errorf("the record holds the credential: %q", e.Detail)
				}
				w.waitEmpty(t)
				return
			}
			w.dial(t, c.h)
			if got := w.backend.Requests()[0].Header.Get("Wswarden-User"); got != c.user {
				t.Errorf("the backend reads user %q, want %q", got, c.user)
			}
		})
	}
}

// TestCredentialsToBackend: what nobody judged does not reach the backend. An
// honest ticket beside a forged cookie must not sign somebody else in.
func TestCredentialsToBackend(t *testing.T) {
	basic := wireclient.Line{Name: "Authorization", Value: "Basic bWFsbG9yeTpvcGVu"}
	for _, c := range []struct {
		name                  string
		auth                  guard.Auth
		mode                  guard.Mode
		mint                  func(*http.Request) // nil: no ticket
		h                     wireclient.Handshake
		cookie, authorization string // that the backend reads
	}{
		{"anonymous with a cookie", guard.Auth{Anonymous: true}, "", nil, wireclient.Handshake{Cookie: aliceLogin}, "", ""},
		{"anonymous with a token", guard.Auth{Anonymous: true}, "", nil, wireclient.Handshake{Bearer: aliceToken}, "", ""},
		{"anonymous with a password", guard.Auth{Anonymous: true}, "", nil, wireclient.Handshake{Header: []wireclient.Line{basic}}, "", ""},
		{"judged token beside a cookie", guard.Auth{Bearer: true}, "", nil, wireclient.Handshake{Bearer: aliceToken, Cookie: "session=mallory"}, "", "Bearer " + aliceToken},
		{"judged cookie beside a password", guard.Auth{Cookie: true}, "", nil, wireclient.Handshake{Cookie: aliceLogin, Header: []wireclient.Line{basic}}, aliceLogin, ""},
		{"ticket beside the cookie that minted it", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", func(*http.Request) {}, wireclient.Handshake{Cookie: aliceLogin}, aliceLogin, ""},
		{"ticket beside a forged cookie", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", func(*http.Request) {}, wireclient.Handshake{Cookie: "session=mallory"}, "", ""},
		{"ticket beside one cookie more", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", func(*http.Request) {}, wireclient.Handshake{Cookie: aliceLogin + "; session=mallory"}, "", ""},
		{"ticket minted by token, beside a cookie", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", byBearer(aliceToken), wireclient.Handshake{Cookie: aliceLogin}, "", ""},
		{"ticket minted by token beside the cookie", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", func(r *http.Request) {
			byBearer(aliceToken)(r)
			r.Header.Set("Cookie", aliceLogin)
		}, wireclient.Handshake{Cookie: aliceLogin}, "", ""},
		{"ticket beside a password", guard.Auth{Ticket: &guard.TicketPolicy{}}, "", func(*http.Request) {}, wireclient.Handshake{Header: []wireclient.Line{basic}}, "", ""},
		{"monitored: all as it came", guard.Auth{Bearer: true}, guard.Monitor, nil, wireclient.Handshake{Cookie: "session=mallory", Header: []wireclient.Line{basic}}, "session=mallory", basic.Value},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Auth, cfg.Routes[0].Mode = c.auth, c.mode
			})
			if c.mint != nil {
				c.h.Subprotocols = []string{w.minted(t, c.mint).Protocol}
			}
			c.h.Origin = appOrigin
			w.dial(t, c.h)
			h := w.backend.Requests()[0].Header
			if got := h.Get("Cookie"); got != c.cookie {
				t.Errorf("the backend reads the cookie %q, want %q", got, c.cookie)
			}
			if got := h.Get("Authorization"); got != c.authorization {
				t.Errorf("the backend reads the authorization %q, want %q", got, c.authorization)
			}
		})
	}
}

// TestJudgedHeaders: a header of the application's own that the verifier judges is a
// credential as much as a cookie is: beside a ticket, only the one that minted it
// reaches the backend.
func TestJudgedHeaders(t *testing.T) {
	for value, want := range map[string]string{"alice's": "alice's", "bob's": ""} {
		w := startGateway(t, func(c *guard.Config) {
			c.SignIn.Request = verifier{id: &guard.Identity{User: "alice"}, judges: []string{"Cookie", "X-Pass"}}
			c.Routes[0].Auth = guard.Auth{Ticket: &guard.TicketPolicy{}}
		})
		m := w.minted(t, func(r *http.Request) { r.Header.Set("X-Pass", "alice's") })
		w.dial(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{m.Protocol}, Header: []wireclient.Line{{Name: "X-Pass", Value: value}}})
		if got := w.backend.Requests()[0].Header.Get("X-Pass"); got != want {
			t.Errorf("beside a ticket of alice's, X-Pass: %q: the backend reads %q, want %q", value, got, want)
		}
	}
}

// TestForwardedCredential: a backend that judges the handshake itself gets what the
// ticket was asked for with, and never what nobody judged.
func TestForwardedCredential(t *testing.T) {
	for _, c := range []struct {
		name                         string
		mint                         func(*http.Request) // nil: no ticket
		h                            wireclient.Handshake
		cookie, authorization, query string // that the backend reads
	}{
		{"ticket of a token", byBearer(aliceToken), wireclient.Handshake{}, "", "Bearer " + aliceToken, "board=1&pass_key=" + aliceToken},
		{"ticket of a token beside a forged cookie", byBearer(aliceToken), wireclient.Handshake{Cookie: "session=mallory"}, "", "Bearer " + aliceToken, "board=1&pass_key=" + aliceToken},
		{"ticket of a cookie", func(*http.Request) {}, wireclient.Handshake{}, aliceLogin, "", "board=1"},
		{"ticket of a cookie beside a forged one", func(*http.Request) {}, wireclient.Handshake{Cookie: "session=mallory"}, aliceLogin, "", "board=1"},
		{"ticket of a cookie beside a password", func(*http.Request) {}, wireclient.Handshake{Header: []wireclient.Line{{Name: "Authorization", Value: "Basic eDp5"}}}, aliceLogin, "", "board=1"},
		{"token", nil, wireclient.Handshake{Bearer: aliceToken}, "", "Bearer " + aliceToken, "board=1&pass_key=" + aliceToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				r := &cfg.Routes[0]
				r.Auth = guard.Auth{Ticket: &guard.TicketPolicy{}, Bearer: true, Forward: true, ForwardQuery: "pass_key"}
				r.Query, r.Session.Recheck = []string{"board"}, 0
			})
			if c.mint != nil {
				c.h.Subprotocols = []string{w.minted(t, c.mint).Protocol}
			}
			c.h.Origin, c.h.URL = appOrigin, w.url+"/ws?board=1"
			w.dial(t, c.h)
			r := w.backend.Requests()[0]
			if got := r.Header.Get("Cookie"); got != c.cookie {
				t.Errorf("the backend reads the cookie %q, want %q", got, c.cookie)
			}
			if got := r.Header.Get("Authorization"); got != c.authorization {
				t.Errorf("the backend reads the authorization %q, want %q", got, c.authorization)
			}
			if got := r.URL.RawQuery; got != c.query {
				t.Errorf("the backend reads the query %q, want %q", got, c.query)
			}
			if text := fmt.Sprintf("%+v", w.audit.Events()); strings.Contains(text, aliceToken) {
				t.Error("a record holds the token")
			}
		})
	}
}

// TestCredentialInQuery: no query parameter carries what outlives the
// handshake (WS202), and no record quotes it.
func TestCredentialInQuery(t *testing.T) {
	inURL := denial{400, "token_in_url", "query.credential", "WS202"}
	const secret = "s3cr3t-v4lu3"
	var log bytes.Buffer
	w := startGateway(t, func(c *guard.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		c.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierQuery, guard.CarrierSubprotocol}
	})
	m := w.minted(t, nil)
	queries := map[string]denial{}
	for _, name := range []string{"token", "access_token", "accessToken", "access-token", "ACCESS_TOKEN", "access_token[]", "id_token", "refresh_token", "auth_token", "authToken", "jwt", "JWT", "bearer", "authorization", "Authorization", "api_key", "apikey", "apiKey", "session", "sessionId", "session_id", "password", "%74oken", "to%6ben"} {
		queries[name+"="+secret] = inURL
	}
	for _, value := range []string{"/ws%3Fticket=" + m.Ticket, jwt, jwe, "Bearer%20" + jwt, "bearer+" + jwt, strings.ReplaceAll(jwt, ".", "%2E"), "%65yJ" + jwt[3:], m.Ticket, m.Protocol} {
		queries["x="+value] = inURL
		queries["a=1&x=b&x="+value+"&b="] = inURL
		queries[value] = inURL // as a name
	}
	queries["Ticket="+m.Ticket] = inURL // another spelling would pass on to the backend
	queries["token="+secret+"&ticket="+m.Ticket] = inURL
	queries["x="+secret+"%zz"] = denial{400, "bad_request", "query.malformed", "WS801"}
	queries["x="+secret+";token=y"] = denial{400, "bad_request", "query.malformed", "WS801"}
	queries["x="+strings.Repeat(secret, 1500)] = denial{400, "bad_request", "query.size", "WS801"}
	queries["ticket="+jwt] = ticketInvalid("ticket.malformed")
	for query, want := range queries {
		t.Run(query[:min(len(query), 60)], func(t *testing.T) {
			w.refuses(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?" + query}, want)
		})
	}
	text := fmt.Sprintf("%+v", w.audit.Events()) + log.String()
	for _, s := range []string{secret, jwt[4:30], jwe[20:40], m.Ticket[5:40], "signature"} {
		if strings.Contains(text, s) {
			t.Errorf("a record holds %q", s)
		}
	}
	if n := len(w.backend.Requests()); n != 0 {
		t.Errorf("the backend saw %d of these", n)
	}
	for _, query := range []string{"room=1&since=2026-01-01", "cursor=eyJpZCI6MX0", "v=1.2.3", "tokens=3", "x=eyJ.a", "?&&=&a", "q=%C3%A4+b%26c"} {
		t.Run("admitted: "+query, func(t *testing.T) {
			w.dial(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?" + query}).Close()
			rs := w.backend.Requests()
			if got := rs[len(rs)-1].URL.RawQuery; got != query {
				t.Errorf("the backend reads the query %q", got)
			}
			w.waitEmpty(t)
		})
	}
}

// TestQueryNamed: where a route names its parameters, nothing else in the URL can
// tell the backend who the client is, whatever the application calls it.
func TestQueryNamed(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].Query = []string{"board", "since"} })
	for _, query := range []string{"pass_key=s3cr3t", "board=1&pass_key=s3cr3t", "Board=1", "board%5B%5D=1", "board%00=1", "pass%5Fkey=s3cr3t", "=s3cr3t", "s3cr3t"} {
		t.Run(query, func(t *testing.T) {
			w.refuses(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?" + query}, denial{400, "bad_request", "query.unknown", "WS202"})
		})
	}
	if text := fmt.Sprintf("%+v", w.audit.Events()); strings.Contains(text, "s3cr3t") {
		t.Error("a record holds a value")
	}
	if n := len(w.backend.Requests()); n != 0 {
		t.Errorf("the backend saw %d of these", n)
	}
	for _, query := range []string{"", "board=1", "since=2026&bo%61rd=2", "board=1&board=2"} {
		t.Run("admitted: "+query, func(t *testing.T) {
			w.dial(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?" + query}).Close()
			rs := w.backend.Requests()
			if got := rs[len(rs)-1].URL.RawQuery; got != query {
				t.Errorf("the backend reads the query %q", got)
			}
			w.waitEmpty(t)
		})
	}
	t.Run("none", func(t *testing.T) {
		w := startGateway(t, func(c *guard.Config) { c.Routes[0].Query = []string{} })
		w.refuses(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?board=1"}, denial{400, "bad_request", "query.unknown", "WS202"})
	})
}

// TestTicketNowhereElse: the value of a ticket is in no record, answer or
// request to the backend, whatever became of it.
func TestTicketNowhereElse(t *testing.T) {
	var log bytes.Buffer
	w := startGateway(t, ticketsOnly(func(c *guard.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierQuery, guard.CarrierSubprotocol}
		c.Routes[0].Limits.ConnectionsPerIP, c.Routes[0].Limits.ConnectionsPerUser = 100, 100
		c.SignIn.Token = guardtest.Tokens{aliceToken: {User: "alice", Session: "s1"}}
	}))
	var values []string
	fresh := func() mintAnswer {
		m := w.minted(t, nil)
		values = append(values, m.Ticket[5:48])
		return m
	}
	var answers strings.Builder
	for _, present := range []func(m mintAnswer, h *wireclient.Handshake){
		func(mintAnswer, *wireclient.Handshake) {},
		func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols, h.URL = nil, "/ws?ticket="+m.Ticket+"&a=b"
		},
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols, h.URL = nil, "/ws?%74icket="+m.Ticket },
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols, h.URL = nil, "/ws?Ticket="+m.Ticket },
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols, h.URL = nil, "/ws?x="+m.Ticket },
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Ticket} },             // no "wst."
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{"WST." + m.Ticket} },    // another case
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Protocol + "/x"} },    // no token
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Protocol + "x"} },     // longer
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Protocol[:50]} },      // shorter
		func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Protocol, m.Ticket} }, // twice
		func(m mintAnswer, h *wireclient.Handshake) { h.URL = "/ws?ticket=" + m.Ticket },                // two carriers
		func(m mintAnswer, h *wireclient.Handshake) { h.Bearer = m.Ticket },                             // no bearer token
		func(m mintAnswer, h *wireclient.Handshake) { h.Origin = "https://other.example.com" },
		func(m mintAnswer, h *wireclient.Handshake) { h.URL = "/other" },
		func(m mintAnswer, h *wireclient.Handshake) { h.From = "127.0.0.2" },
	} {
		m := fresh()
		h := withTicket(m)
		h.URL = "/ws"
		present(m, &h)
		h.URL = w.url + h.URL
		for range 2 { // the second time it is a replay
			_, res := w.try(t, h)
			var b bytes.Buffer
			b.ReadFrom(res.Body)
			fmt.Fprintln(&answers, res.Header, b.String())
		}
	}
	texts := map[string]string{"audit": fmt.Sprintf("%+v", w.audit.Events()), "log": log.String(), "answers": answers.String(), "statistics": fmt.Sprintf("%+v %+v", w.Stats(), w.Connections())}
	for _, r := range w.backend.Requests() {
		texts["backend"] += fmt.Sprintln(r.URL, r.Header)
	}
	for _, v := range values {
		for where, text := range texts {
			if text == "" || strings.Contains(text, v[:20]) {
				t.Errorf("%s holds ticket %s", where, v)
			}
		}
	}
}

// FuzzQuery: a query with a credential is refused; any other reaches the
// backend as it came, less the ticket.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"", "a=b", "token=x", "TO%4bEN=x", "ticket=TICKET", "a=b&ticket=TICKET&c=%20", "%74icket=TICKET", "x=TICKET", "TICKET", "ticket", "x=" + jwt, jwt, "a;b", "%", "ticket=TICKET&ticket=TICKET", "access%5Ftoken=x", "+ticket=TICKET", "a=b&&c"} {
		f.Add(q)
	}
	requests := make(chan *http.Request, 1)
	backend := startBackend(f, nil, func(c net.Conn, r *http.Request) {
		requests <- r
		guardtest.Accept(c, r)
	})
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' || r == 0xfffd }) || len(query) > 1000 {
			return // no server passes such a target on
		}
		h, audit := newJudge(t, func(c *guard.Config) {
			c.Routes[0].Backend = backend
			c.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierQuery}
		})
		value := "wst1_none"
		if strings.Contains(query, "TICKET") {
			value = mintBy(t, h).Ticket
		}
		sent := strings.ReplaceAll(query, "TICKET", value)
		r := handshakeFor("/ws")
		r.URL.RawQuery = sent
		e, _ := judged(h, audit, r)
		if strings.Contains(e.Detail, value[5:]) && value != "wst1_none" {
			t.Errorf("the record of %q holds the ticket: %q", sent, e.Detail)
		}
		params, err := url.ParseQuery(sent)
		if e.Rule != "server.hijack" {
			return
		}
		if err != nil {
			t.Errorf("query %q is admitted: %v", sent, err)
		}
		got := (<-requests).URL.RawQuery
		delete(params, "ticket")
		left, err := url.ParseQuery(got)
		if err != nil || left.Encode() != params.Encode() || strings.Contains(got, "wst1_") || strings.Contains(strings.ToLower(left.Encode()), "token=") && left.Get("token") != "" {
			t.Errorf("query %q reached the backend as %q", sent, got)
		}
	})
}
