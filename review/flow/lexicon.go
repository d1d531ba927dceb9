package flow

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unsafe"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// The lexicon reads names. It is used where nothing better is known: a function
// that isn't in view, a variable from elsewhere. What it says is marked as
// guessed.

// words splits a name or expression into lower-case words: "isSessionValid" is
// is, session, valid.
func words(text string) []string {
	if len(text) >= 64 {
		return splitWords(text)
	}
	return splits.get(text, func() []string { return splitWords(text) })
}

// splits keeps what words made of short names: the same ones come again and
// again.
var splits kept[string, []string]

func splitWords(text string) []string {
	var out []string
	var w []rune
	flush := func() {
		if len(w) > 0 {
			out = append(out, strings.ToLower(string(w)))
			w = w[:0]
		}
	}
	prev := rune(0)
	for i, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && (unicode.IsLower(prev) || unicode.IsDigit(prev)):
			flush()
			w = append(w, r)
		case unicode.IsUpper(prev) && unicode.IsLower(r) && len(w) > 1 && i > 1:
			// the last capital of "JWTToken" begins the next word
			last := w[len(w)-1]
			w = w[:len(w)-1]
			flush()
			w = append(w, last, r)
		default:
			w = append(w, r)
		}
		prev = r
	}
	flush()
	return out
}

// lastName is the name that an expression ends with: of "this.auth.check" it is
// "check", of "req.headers['x']" "x".
func lastName(text string) string {
	text = strings.TrimRight(text, ")]'\"` ;")
	i := strings.LastIndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$'
	})
	return text[i+1:]
}

type wordSet map[string]bool

// sets keeps the sets that setOf made: its arguments are the literals of this
// package, which are told apart by where they are.
var sets kept[literalText, wordSet]

type literalText struct {
	first *byte
	n     int
}

// setOf returns the words of a literal as a set.
func setOf(text string) wordSet {
	return sets.get(literalText{unsafe.StringData(text), len(text)}, func() wordSet {
		s := wordSet{}
		for _, w := range strings.Fields(text) {
			s[w] = true
		}
		return s
	})
}

// kept keeps results by what they were made of, up to a bound. Its zero value is
// ready. It is safe for concurrent use.
type kept[K comparable, V any] struct {
	mu sync.RWMutex
	by map[K]V // guarded by mu
}

// maxKept bounds the memory of one kept.
const maxKept = 1 << 16

func (k *kept[K, V]) get(key K, make func() V) V {
	k.mu.RLock()
	v, ok := k.by[key]
	k.mu.RUnlock()
	if ok {
		return v
	}
	v = make()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.by == nil {
		k.by = map[K]V{}
	}
	if len(k.by) < maxKept {
		k.by[key] = v
	}
	return v
}

func (s wordSet) any(list []string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return s[w] })
}

// all reports whether every word is in the set.
func (s wordSet) all(list []string) bool {
	return !slices.ContainsFunc(list, func(w string) bool { return !s[w] })
}

var (
	roleWords = setOf("admin admins administrator role roles rolename permission permissions perm perms privilege privileges privileged capability capabilities acl scope scopes " +
		"moderator mod superuser staff operator authorized authorised unauthorized unauthorised authorize authorise allowed forbidden can policy grant grants access rbac entitled readonly")
	ownerWords   = setOf("owner owns owned ownership ownerid author authorid creator belongs mine")
	memberWords  = setOf("member members membership participant participants subscribed joined banned")
	userWords    = setOf("user users userid uid username session sessions auth authenticated authed unauthenticated loggedin logged login token tokens jwt principal identity credential credentials account claims passport authentication authenticate apikey secret password bearer viewer signedin subject me")
	rateWords    = setOf("rate rates limit limits limiter ratelimit ratelimiter throttle throttled throttler bucket flood flooded quota cooldown debounce tokenbucket backpressure burst")
	sessionWords = setOf("revoked expired expiry expires expiration active suspended disabled revalidate recheck stale deactivated inactive revocation expire exp")
	schemaWords  = setOf("schema schemas valid validate validated validation validator parse safeparse isvalid wellformed")
	lengthWords  = setOf("length len size bytelength bytes") // what no counter of messages is called
	sizeWords    = setOf("length len size bytelength bytes count")
	countWords   = setOf("connections clients sockets connectioncount conns maxconnections connected")
	backoffWords = setOf("attempt attempts retries retry reconnect reconnects reconnectattempts backoff tries")
	hostWords    = setOf("host hostname hosts")
	schemeWords  = setOf("protocol scheme")
	openWords    = setOf("readystate open isopen closed isclosed closing connected")
	ticketWords  = setOf("ticket tickets nonce otp")
	roomWords    = setOf("rooms channels topics subscriptions subscribed subscription subs groups feeds joined streams operations")
	bufferWords  = setOf("bufferedamount buffered backpressure queue pending")
)

// factsOfName says what a condition on something of this name checks.
func factsOfName(name string) []model.FactKind {
	list := words(name)
	var out []model.FactKind
	add := func(k model.FactKind, s wordSet) {
		if s.any(list) {
			out = append(out, k)
		}
	}
	add(model.OwnerFact, ownerWords)
	add(model.RoleFact, roleWords)
	add(model.MemberFact, memberWords)
	add(model.SessionFact, sessionWords)
	add(model.RateFact, rateWords)
	if len(out) == 0 {
		add(model.IdentityFact, userWords)
	}
	add(model.TicketFact, ticketWords)
	add(model.CountFact, countWords)
	add(model.BackoffFact, backoffWords)
	add(model.OpenFact, openWords)
	add(model.SchemaFact, schemaWords)
	add(model.BufferFact, bufferWords)
	return out
}

// negative reports whether a name says that something is wrong: isBanned,
// expired, unauthorized. A condition on it holds where it is false.
func negative(name string) bool {
	return negativeWords.any(words(name))
}

var negativeWords = setOf("banned revoked expired suspended disabled blocked denied forbidden unauthorized unauthorised unauthenticated invalid limited exceeded throttled flooded stale deactivated inactive missing bad reject rejected fail failed error err exhausted over toomany")

// checkVerbs begin the names of functions that check something.
var checkVerbs = setOf("check verify validate require ensure assert authenticate authorize authorise auth is has can may must test allow allowed deny redeem consume introspect enforce guard permit protect confirm match matches")

// authCall says what a function of this name does for authentication, or is
// empty.
func authCall(name string) model.AuthAct {
	list := words(name)
	if len(list) == 0 || setOf("after before can has should supports needs allows").any(list[:1]) || setOf("option options").any(list) {
		return ""
	}
	has := func(s wordSet) bool { return s.any(list) }
	first := list[0]
	for _, w := range []string{"handle", "on", "async", "do", "try", "maybe", "ws", "socket", "websocket", "internal", "get", "load", "fetch", "find", "resolve", "lookup", "current", "extract", "parse", "set", "create", "generate", "issue", "sign", "make", "new", "store", "save", "delete", "remove", "refresh", "send", "use"} {
		if first == w {
			first = ""
			break
		}
	}
	made := slices.ContainsFunc(list[:1], func(w string) bool {
		return setOf("set create generate issue sign make new store save delete remove send use register add").any([]string{w})
	})
	switch {
	case made:
		return ""
	case has(setOf("ticket otp nonce")) && has(setOf("redeem consume verify check validate use take claim exchange")):
		return model.RedeemTicket
	case has(tokenNouns) && has(setOf("consume redeem spend burn")): // verify_and_consume_token
		return model.RedeemTicket
	case setOf("get load set find fetch list").any(list[:1]) && has(setOf("active valid")):
	case has(setOf("session sessions login")) && has(setOf("valid active check verify revalidate recheck validate revoked expired alive")),
		has(setOf("user account")) && (has(setOf("revalidate recheck revoked expired suspended disabled banned")) || len(list) <= 3 && has(setOf("valid active verify check validate"))):
		return model.CheckSession
	case has(tokenNouns) && has(setOf("verify validate check introspect authenticate auth")):
		return model.VerifyToken
	case first != "" && setOf("authenticate authenticated authenticator auth login authorize signin authn authenticating").any(list) && !has(setOf("header headers url config error required enabled disabled optional configured supported state status type method middleware provider client service")):
		return model.CustomAuth
	case has(setOf("authenticate")):
		return model.CustomAuth
	case has(setOf("session user principal identity viewer account claims")) && has(setOf("from by for current")) && has(setOf("cookie cookies request req token header headers websocket ws socket ticket current environ scope handshake jwt")) && !has(setOf("settings config debug")),
		has(setOf("user principal identity viewer account claims")) && has(setOf("from by for")) && has(setOf("session")):
		return model.LoadSession
	case has(setOf("current")) && has(setOf("user")), has(setOf("session")) && has(setOf("get load fetch resolve lookup find read")) && sessionLookup.all(list):
		return model.LoadSession
	case has(setOf("password credentials apikey secret")) && has(setOf("verify check validate compare")):
		return model.Password
	}
	return ""
}

// sessionLookup are the words of functions that look up who is signed in. With
// others the session is one of something else: of a chat, a debugger, a client
// of HTTP.
var sessionLookup = setOf("get load fetch resolve lookup find read try maybe the session sessions user auth current valid active login signed web server my from by for of cookie cookies request req token header headers ws websocket socket handshake store async sync or none")

var tokenNouns = setOf("token tokens jwt bearer apikey signature hmac idtoken accesstoken credential credentials cookie")

// sanitizes reports whether a function of this name makes text harmless in a
// page.
func sanitizes(name string) bool {
	list := words(name)
	return setOf("sanitize sanitise sanitizer sanitized sanitizehtml escape escaped escapehtml purify clean encode striptags strip dompurify safe htmlspecialchars esc encodehtml htmlescape").any(list) &&
		!setOf("unsafe unescape decode url").any(list)
}

// standard reports whether a symbol is one of the language's own library, whose
// functions that no pack knows turn texts into texts.
func (in *interp) standard(sym string) bool {
	first, _, _ := strings.Cut(sym, "/")
	first, _, _ = strings.Cut(first, ".")
	switch in.file().Lang {
	case ir.Go:
		i := strings.LastIndexByte(sym, '.')
		return i > 0 && !strings.Contains(strings.SplitN(sym[:i], "/", 2)[0], ".")
	case ir.Python:
		return setOf("re os json base64 textwrap html urllib time datetime string str itertools operator copy math random unicodedata io typing dataclasses functools collections")[first]
	}
	return setOf("String Buffer Object Array Math Number Date TextDecoder TextEncoder util path querystring")[first]
}

// cleansPaths reports whether a function of this name makes a file name of a
// text: sanitizeFilename, secure_filename, slugify. A path that is normalized is
// none: "../" stays at its head.
func cleansPaths(name string) bool {
	list := words(name)
	if setOf("slugify slug").any(list) {
		return true
	}
	return setOf("sanitize sanitise clean safe secure escape valid").any(list) && setOf("filename filenames file path paths basename").any(list) ||
		setOf("normalize normalise").any(list) && setOf("filename filenames basename").any(list)
}

// broadcasts reports whether a function of this name sends to many.
func broadcasts(name string) bool {
	list := words(name)
	return setOf("broadcast broadcasts publish fanout announce emitall sendall notifyall").any(list) ||
		setOf("send emit notify push dispatch").any(list) && setOf("all everyone everybody clients others subscribers members room channel peers").any(list)
}

// viewOf takes away what makes a view or a copy of a collection.
var viewOf = strings.NewReplacer(".values()", "", ".keys()", "", ".items()", "", ".copy()", "", ".entries()", "", "list(", "", "Array.from(", "", "[...", "", "set(", "", "tuple(", "")

// collectsSockets reports whether an expression names a collection of
// connections.
func collectsSockets(text string) bool {
	list := words(lastName(viewOf.Replace(text)))
	return setOf("clients sockets connections conns websockets peers subscribers listeners viewers spectators").any(list)
}

// operation says what an unresolved function of this name does to stored
// things or to the world, or is empty.
func operation(name string) model.Act {
	list := words(name)
	if len(list) == 0 {
		return ""
	}
	if list[0] == "handle" || list[0] == "on" || list[0] == "process" || list[0] == "do" || list[0] == "perform" {
		list = list[1:]
	}
	if len(list) == 0 {
		return ""
	}
	verb := list[0]
	noun := func(s string) bool { return setOf(s).any(list[1:]) }
	switch {
	case setOf("execute place submit cancel create make").any([]string{verb}) && noun("order orders trade trades payment transfer transaction transactions withdrawal purchase bet"):
		return model.PrivilegedAct
	case setOf("transfer withdraw deposit pay charge refund buy sell trade purchase").any([]string{verb}):
		return model.PrivilegedAct
	case setOf("set change update grant revoke assign promote demote add remove").any([]string{verb}) && noun("role roles permission permissions admin privilege privileges owner"):
		return model.PrivilegedAct
	case setOf("ban unban kick mute promote demote shutdown reboot restart impersonate deploy").any([]string{verb}):
		return model.PrivilegedAct
	case setOf("delete remove destroy erase purge drop").any([]string{verb}) && len(list) > 1 && !noun("listener listeners handler handlers client clients socket sockets connection connections subscriber subscription event callback timer interval timeout class element child node item attribute "+
		"ip domain domains prefix suffix whitespace space spaces tag tags html markup accent accents diacritics ansi quote quotes scheme trailing leading duplicate duplicates null undefined empty"):
		return model.DeleteAct
	case setOf("update edit modify rename save store insert").any([]string{verb}) && noun("user profile account message post document settings record room project comment order balance email password name"):
		return model.WriteAct
	case setOf("get fetch load read find lookup").any([]string{verb}) && noun("profile account user order orders transaction transactions invoice message messages document history balance record conversation"):
		return model.ReadAct
	}
	return ""
}

// sessionEnd are the words of functions that end a session of a signed-in user.
var sessionEnd = setOf("revoke invalidate destroy delete session sessions token tokens all other others except user users by for of id auth access refresh login my current the old expired req request web cookie")

// revokes names what a function ends elsewhere: a session, a password's
// validity, an account, a role.
func revokes(name string) string {
	list := words(name)
	has := func(s string) bool { return setOf(s).any(list) }
	switch {
	case has("logout signout") || has("log sign") && has("out") && !has("in"):
		return "logout"
	case has("change reset update set") && has("password passwd") && !has("redis db database mysql postgres config default env generated input field form mail smtp proxy wifi hash visible show error flag"):
		return "password"
	case has("ban suspend disable deactivate block") && has("user account member"):
		return "ban"
	case has("revoke invalidate destroy delete") && has("session sessions token tokens") && sessionEnd.all(list):
		return "session"
	case has("set change update revoke remove") && (has("role roles") || has("permission permissions") && has("user member account")):
		return "role"
	}
	return ""
}

// identityName reports whether a property of a connection says whose it is.
func identityName(name string) bool {
	return identityProps.any([]string{strings.ToLower(name)}) || identityProps.any([]string{strings.Join(words(name), "")})
}

var identityProps = setOf("user userid uid username role roles session sessionid isadmin admin account accountid identity principal auth authenticated isauthenticated claims permissions scopes tenant tenantid orgid teamid member memberid currentuser userdata playerid player ownerid decoded email")

// secretName reports whether a name is that of a secret that is compared.
func secretName(name string) bool {
	list := words(name)
	return setOf("token secret password passwd apikey signature hmac digest mac ticket nonce credential").any(list) ||
		setOf("api access auth").any(list) && setOf("key").any(list)
}

// validates reports whether a function of this name judges the shape of a
// message: schema.parse(x), validateMessage(x), messageSchema.safeParse(x).
func validates(name, receiver string) bool {
	switch name {
	case "safeParse", "safeParseAsync", "model_validate", "parse_obj", "model_validate_json":
		return true
	}
	list := words(name)
	if len(list) == 0 {
		return false
	}
	verb := setOf("validate validates valid validator conforms check parse").any(list)
	if verb && setOf("schema validator validators").any(words(receiver)) {
		return true
	}
	return setOf("validate validator conforms schema").any(list) && setOf("message msg payload schema input data body request packet event frame").any(list) ||
		list[0] == "is" && setOf("valid").any(list) && setOf("message msg payload packet request").any(list)
}
