package model

import "strings"

var (
	credentialNames = set("token jwt accesstoken authtoken apikey apitoken idtoken bearer bearertoken sessionid sessid sid sessiontoken sessionkey password passwd secret authorization credential credentials usertoken wstoken jwttoken authkey accesskey auth session")
	// What has one of these words in its name is public, counted, or used once.
	otherWords = set("ticket otp nonce code onetime csrf xsrf state type kind expires expiry count limit page next max min name cancel cancellation continuation resume public idempotency correlation sync device push")

	separators = strings.NewReplacer("_", "", "-", "", ".", "", "$", "")
)

func set(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// Credential reports whether a parameter of this name carries a credential that
// lives on: a token, a session's id, a key, a password. A ticket is spent.
func Credential(name string) bool {
	plain := strings.ToLower(separators.Replace(name))
	if credentialNames[plain] {
		return true
	}
	last := ""
	for _, w := range strings.FieldsFunc(split(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		last = strings.ToLower(w)
		if otherWords[last] {
			return false
		}
	}
	return last == "token" || last == "jwt" || last == "apikey" || last == "password" || last == "secret" || strings.HasSuffix(plain, "apikey") || strings.HasSuffix(plain, "sessionid")
}

// Conversation reports whether a credential of this name is as often the id of
// what is talked about, such as a chat or a kernel.
func Conversation(name string) bool {
	switch strings.ToLower(separators.Replace(name)) {
	case "session", "sessionid", "sessid", "sid":
		return true
	}
	return false
}

// split puts "_" between the words of camelCase.
func split(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' && name[i-1] >= 'a' && name[i-1] <= 'z' {
			out.WriteByte('_')
		}
		out.WriteRune(r)
	}
	return out.String()
}
