package model

import "strings"

// A Value is what is known of an argument.
type Value struct {
	Name  string // keyword or property; empty for positional ones
	Place *Place // of a property that is written in place
	Text  string // as written, shortened
	Flows []*Flow
	// Const is the literal it is known to be, IsConst says whether there is
	// one.
	Const   string
	IsConst bool
	// Form says how it is built: "literal", "template", "concat", "object",
	// "list", "field", "call", "record" (a whole database record), "error",
	// "stack" or empty.
	Form string
	// Shape is a text that is put together, as far as it is known: what isn't
	// known stands in braces, with its name where it has one, as in
	// "wss://{host}/ws?token={accessToken}".
	Shape string
	// Composed is where a credential became part of that text; nil where none
	// did.
	Composed *Place
	// Lead are the flows of the part of a text that says where an address leads,
	// its scheme and host, where the text is put together in view (Led).
	Lead []*Flow
	Led  bool
	// Fields are the properties of an object that is written in place, and the
	// elements of a list.
	Fields []Value
	// Bound says that an identity of the connection is part of it, as in
	// {_id: id, owner: ws.userId}.
	Bound bool
	// Param says that data reaches it only as a parameter of a prepared
	// statement.
	Param bool
}

// From returns the flows of v and of its fields with one of the labels, or all
// if none is given.
func (v *Value) From(labels ...Label) []*Flow {
	var out []*Flow
	for _, f := range v.Flows {
		if len(labels) == 0 {
			out = append(out, f)
		}
		for _, l := range labels {
			if f.Label == l {
				out = append(out, f)
				break
			}
		}
	}
	for i := range v.Fields {
		out = append(out, v.Fields[i].From(labels...)...)
	}
	return out
}

// Leads returns the flows with one of the labels that decide where an address
// leads, or all flows where it isn't known which part they are.
func (v *Value) Leads(labels ...Label) []*Flow {
	w := Value{Flows: v.Flows}
	if v.Led {
		w.Flows = v.Lead
	}
	return w.From(labels...)
}

// A Label says where data comes from.
type Label string

// The labels.
const (
	FromMessage  Label = "message"  // a client's message
	FromQuery    Label = "query"    // the URL of the handshake
	FromHeader   Label = "header"   // a header of the handshake but for the next two
	FromOrigin   Label = "origin"   // the Origin header
	FromCookie   Label = "cookie"   // the Cookie header, or a cookie
	FromHost     Label = "host"     // the Host header
	FromPush     Label = "push"     // in a client: a message of the server
	FromPage     Label = "page"     // in a client: the address of the page, or what another window sends
	FromIdentity Label = "identity" // what authentication stored on the connection
	FromRecord   Label = "record"   // a record of a database
	FromError    Label = "error"    // an exception
	FromStack    Label = "stack"    // a stack trace
	FromAddress  Label = "address"  // the peer's network address
	FromSecret   Label = "secret"   // a configured secret, or a digest
	FromRandom   Label = "random"   // a random number
)

// A Flow is data of one origin that reached a place.
type Flow struct {
	Label Label
	Field string // access path below the source, such as "user.id"; empty for all of it
	// Wire is Field as the message has it, where a struct's tags name it otherwise.
	Wire   string
	Source Place
	Steps  []Step // between source and place, oldest first, bounded
	// Type is what a check pinned it to: "string", "number", "integer",
	// "boolean", "enum" (one of a list that the program fixes), "member" (one of
	// a collection that changes while it runs, so that it exists, but anybody may
	// name it), "inherited" (as member, or a property that every object has),
	// "uuid", "pattern", "slug" (letters, digits, "_" and "-" alone), "any" (a schema
	// that pins nothing),
	// or empty where nothing was checked.
	Type string
	// Closed are the sink classes that something on the way closed: an escape,
	// a quote, a check against an allow-list.
	Closed []SinkClass
	// Overrides says that it stands in the place of who the connection is: the
	// program takes that where the message has nothing.
	Overrides bool
	// Beside says that who the connection is comes to the same place as it: in its
	// place, or in other calls of the same function.
	Beside bool
	// Whole says that the data is a whole message or record, not a field.
	Whole bool
	// Stripped says of a record that fields that are secret by their names were
	// taken out of it: a list of what must not be sent, not of what may.
	Stripped bool
	// Own says of a record that it is an entry of what the program keeps in its
	// own memory.
	Own bool
	// Loose is through how many calls it went that aren't in view, and that may
	// have made something else of it.
	Loose int
	// Read is where its field was taken out of the message; nil for all of it.
	Read *Place
	// Entry is the call through which the data goes from the function that took
	// it out of the message to the function of the event; nil where they are one.
	Entry *Place
}

// A Step is a place on the way of a flow.
type Step struct {
	Place
	Message string
}

// Closes reports whether something on the way closed the class.
func (f *Flow) Closes(class SinkClass) bool {
	for _, c := range f.Closed {
		if c == class {
			return true
		}
	}
	return false
}

// SecretField reports whether a field of a record of this name is nobody's
// business but the server's.
func SecretField(name string) bool {
	return secretFields[strings.ToLower(dashes.Replace(name))]
}

var (
	dashes = strings.NewReplacer("_", "", "-", "")

	secretFields = set("password passwordhash hashedpassword passwd passhash pwhash salt resettoken ssn taxid secret privatekey apikey totpsecret mfasecret creditcard cardnumber cvv")
)

// identityWords name, in a message, who acts.
var identityWords = map[string]bool{
	"user": true, "userid": true, "uid": true, "username": true, "useremail": true, "login": true, "account": true, "accountid": true,
	"sender": true, "senderid": true, "from": true, "fromid": true, "fromuser": true, "author": true, "authorid": true, "actor": true, "actorid": true,
	"owner": true, "ownerid": true, "playerid": true, "player": true, "memberid": true, "customerid": true, "clientid": true, "role": true, "roles": true, "isadmin": true, "admin": true,
	"sendername": true, "displayname": true, "nickname": true, "nick": true, "createdby": true,
}

// Claims reports whether the field claims who acts: by its name, such as userId,
// from and role, or because it stands where who the connection is could stand.
func (f *Flow) Claims() bool { return f.Overrides || f.Beside || f.named() }

// Guessed reports whether nothing but what comes to the same place speaks for a
// claim: neither its name nor an expression that has one or the other.
func (f *Flow) Guessed() bool { return f.Beside && !f.Overrides && !f.named() }

func (f *Flow) named() bool {
	name := f.Field
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return ClaimsIdentity(name)
}

// joiners are what joins the words of a name, besides capitals.
var joiners = strings.NewReplacer("_", "", "-", "")

// ClaimsIdentity reports whether a field of this name says who acts.
func ClaimsIdentity(name string) bool {
	return identityWords[strings.ToLower(joiners.Replace(name))]
}
