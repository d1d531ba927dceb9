package oidclogout

import "github.com/wswarden/wswarden/guard/claims"

// subject is what a token ends: one of a user, a session and a token.
type subject struct{ user, session, token string }

// narrow keeps what says most: ending a session says nothing against the
// user's others.
func (s subject) narrow() subject {
	switch {
	case s.token != "":
		return subject{token: s.token}
	case s.session != "":
		return subject{session: s.session}
	}
	return subject{user: s.user}
}

// reader finds in tokens of issuer what credentials call their users and
// sessions.
type reader struct {
	issuer string
	names  claims.Names
}

// claimed reads the claims by which credentials are read: "sub" and "sid", or
// those that the configuration names. Where users are known by their address,
// "sub" would name nobody.
func (r reader) claimed(all map[string]any) subject {
	return subject{user: claims.Text(all, r.names.User), session: claims.Text(all, r.names.Session)}
}

func text(all map[string]any, name string) string {
	s, _ := all[name].(string)
	return s
}

// identified reads a subject identifier (RFC 9493), which in a complex one is
// that of a user, a session or else.
func (r reader) identified(id map[string]any) subject {
	switch text(id, "format") {
	case "complex":
		user, _ := id["user"].(map[string]any)
		session, _ := id["session"].(map[string]any)
		s := r.member(user)
		s.session = r.sessionOf(session)
		return s.narrow()
	case "aliases":
		list, _ := id["identifiers"].([]any)
		for _, element := range list {
			alias, _ := element.(map[string]any)
			if s := r.member(alias); s != (subject{}) {
				return s
			}
		}
		return subject{}
	}
	return r.member(id)
}

// member reads an identifier that is not made of others.
func (r reader) member(id map[string]any) subject {
	switch text(id, "format") {
	case "iss_sub":
		if text(id, "iss") == r.issuer && r.names.User == "sub" {
			return subject{user: text(id, "sub")}
		}
	case "opaque":
		if r.names.User == "sub" {
			return subject{user: text(id, "id")}
		}
	case "email":
		if r.names.User == "email" {
			return subject{user: text(id, "email")}
		}
	case "phone_number":
		if r.names.User == "phone_number" {
			return subject{user: text(id, "phone_number")}
		}
	case "jwt_id":
		if text(id, "iss") == r.issuer && r.names.Token == "jti" {
			return subject{token: text(id, "jti")}
		}
	}
	return subject{}
}

// sessionOf reads the identifier of a session.
func (r reader) sessionOf(id map[string]any) string {
	if text(id, "format") == "opaque" && r.names.Session == "sid" {
		return text(id, "id")
	}
	return ""
}
