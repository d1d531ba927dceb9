// Package frameworks is what review knows of WebSocket frameworks and of the
// libraries around them: a YAML file each, with the types, calls, options and
// defaults that matter.
//
// The files say what a call means (it accepts a connection, it sends, it runs
// SQL), never whether that is good. Adding a framework is adding a file here
// and two fixtures; no Go code knows a framework by name.
package frameworks

// A Pack is one file: a framework, or a group of libraries of one purpose.
//
// A key of Options, Props, Calls, Events, Methods, MethodDecorators or
// Attributes may hold several names, with commas between them, that mean the
// same: "on, once, addListener".
type Pack struct {
	// Name is the framework's name in reports, such as "ws". It is the file's
	// name without extension, and the prefix of its kinds: "ws/socket".
	Name string `yaml:"name"`
	// Language is javascript, python or go.
	Language string `yaml:"language"`
	// Read is the version whose source or documentation the file follows.
	Read string `yaml:"read"`
	// WebSocket says that importing one of Modules makes a file worth reading.
	// It is false for libraries around WebSockets.
	WebSocket bool `yaml:"websocket"`
	// Modules are the modules that the file describes, as they are imported. A
	// trailing "/*" takes in what lies below.
	Modules []string `yaml:"modules"`
	// Aliases are other modules with the same exports, or exports that are
	// modules of their own, as "lodash/merge" is "lodash.merge". A "*" at the end
	// stands for any rest, which a "*" at the other end repeats: "node:*" is "*".
	Aliases map[string]string `yaml:"aliases"`
	// Globals are symbols by the name of a variable that is not in view: what a
	// script defines ($ is jquery), or what nearly everybody calls an import (jwt
	// is jsonwebtoken), for code without its beginning.
	Globals map[string]string `yaml:"globals"`
	// Words make a file worth reading without an import: globals such as "Bun".
	// They are compared with whole words.
	Words []string `yaml:"words"`
	// Defaults hold for the endpoints of the pack.
	Defaults Defaults `yaml:"defaults"`
	// Options are what the options of an endpoint mean: fields of an options
	// object, keyword arguments, or fields of a configuration struct. What lies
	// deeper has a dotted name: "cors.origin", "sslopt.cert_reqs".
	Options map[string]*Option `yaml:"options"`
	// Kinds are the types of values that the analysis follows.
	Kinds map[string]*Kind `yaml:"kinds"`
	// Calls are functions and constructors by dotted symbol:
	// "ws.WebSocketServer", "child_process.exec", "github.com/x/y.New", or the
	// bare name of a global. "*.name" is any method of that name on a value
	// whose kind is not known; "name()" any unresolved function of that name. A
	// leading "**." matches any module path, none as well: "**.serve" in Python;
	// a trailing ".*" whatever lies below a symbol and has no entry: "zod.*".
	// Go's composite literal T{F: v} is a call of T with its fields as keywords.
	// A symbol that is used as a decorator is a call too: its Demands hold in the
	// function below it.
	Calls map[string]*Effect `yaml:"calls"`
	// Props are properties read from symbols: "window.location", "os.environ".
	// "*.innerHTML" is that of a value whose kind is not known.
	Props map[string]*Prop `yaml:"props"`
	// Attributes are attributes of JSX and markup that take data: "v-html", or
	// "iframe.src" of one tag. "@html.*" is the child of an element.
	Attributes map[string]*Prop `yaml:"attributes"`
	// Exports are functions that a file hands to the framework by exporting them:
	// "default.fetch" is fetch of the default export. They count in files that
	// hold one of Words or import one of Modules.
	Exports map[string]*Handler `yaml:"exports"`
	// Classes are base classes whose subclasses handle connections.
	Classes []*Class `yaml:"classes"`
	// Names are the kinds of variables and parameters that are not in view, by
	// the name that nearly everybody gives them: {wss: server, ws: socket}. Only
	// names that tell; they are a last resort for snippets and untyped helpers.
	Names map[string]string `yaml:"names"`
}

// Defaults are what a framework does where it is told nothing.
type Defaults struct {
	Origin      string `yaml:"origin"`       // none, present, same-host or strict; empty where it has no endpoints
	MessageSize string `yaml:"message_size"` // "100MiB", "unlimited", or empty where it isn't known
	// MessageBytes is MessageSize in bytes: 0 where it isn't known, -1 for
	// unlimited. Load fills it in.
	MessageBytes int64  `yaml:"-"`
	Compression  string `yaml:"compression"` // on, off or empty
	Idle         string `yaml:"idle"`        // words: "pings every 20 s"; empty for none
	SendQueue    string `yaml:"send_queue"`  // words: "1 MiB of back-pressure"; empty for none
	// LosesEarly says that listeners are attached by the program, so that a message
	// that comes before is lost.
	LosesEarly bool `yaml:"loses_early"`
	// Dialect is the language of its messages, as the guard names it, where the
	// framework decides it: socketio, graphql-transport-ws, or raw for one of its
	// own. Path is the path that it serves unless told otherwise.
	Dialect string `yaml:"dialect"`
	Path    string `yaml:"path"`
	// ThrowEnds says what an exception in a handler ends: process, connection,
	// or nothing (it is logged).
	ThrowEnds string `yaml:"throw_ends"`
}

// An Option is the meaning of one option.
type Option struct {
	// Limit names the limit that it sets: message_size, compression, idle,
	// lifetime, send_queue, connections. Unit is bytes (default), seconds,
	// milliseconds, minutes, duration (Go's time.Duration, timedelta) or deadline (a time).
	Limit string `yaml:"limit"`
	Unit  string `yaml:"unit"`
	// Origin says what it does to the check of origins: list (an exact list, or
	// one value), glob, regexp, off (switches off where true), on (switches on
	// where true), any (allows all where true or "*").
	Origin string `yaml:"origin"`
	// Any are values of a list that let everybody in: "*". Empty says what an
	// empty or missing value does: none (nobody), any (everybody), default.
	Any   []string `yaml:"any"`
	Empty string   `yaml:"empty"`
	// Hook is a function that the framework calls.
	Hook *Handler `yaml:"hook"`
	// Endpoint says that the endpoint is that of the option's value: {wss: wss}.
	Endpoint bool `yaml:"endpoint"`
	// Auth says that the option demands authentication.
	Auth bool `yaml:"auth"`
	// Unverified says that it turns certificate checks off: where it is false, true
	// or the named value.
	Unverified string `yaml:"unverified"`
	// Note is a word for rules: the option's mere value is an event of its name.
	Note bool `yaml:"note"`
}

// A Kind is a type of value that the analysis follows.
type Kind struct {
	// Types are the symbols of the type: values declared with it, and its
	// instances, are of this kind.
	Types []string `yaml:"types"`
	// Base is a kind whose props and methods this one has too.
	Base string `yaml:"base"`
	// Is names the role: server, socket, client, request, response, room,
	// sockets (a collection of sockets), event, app, db, timer, error, schema,
	// session (reading it means that a cookie authenticates), config (what
	// it yields is set by who runs the program), url (a parsed address), query
	// (its parameters).
	Is string `yaml:"is"`
	// Elem is the kind of the elements of a collection.
	Elem    string             `yaml:"elem"`
	Props   map[string]*Prop   `yaml:"props"`
	Methods map[string]*Effect `yaml:"methods"`
	// Call is what calling the value itself does.
	Call *Effect `yaml:"call"`
	// Iter is what looping over the value yields: a value as in Param.
	Iter string `yaml:"iter"`
	// Index is what value[key] yields, as in Param. A literal key that is listed
	// in Props yields that property's value.
	Index string `yaml:"index"`
	// Fold says that names of Props are compared without case: headers.
	Fold bool `yaml:"fold"`
	// Any is what a property, argument or method that isn't listed yields, as in
	// Param.
	Any string `yaml:"any"`
	// Options says that fields of the value are options of the endpoint it
	// makes: Go's Upgrader.
	Options bool `yaml:"options"`
	// Identity says that what the program stores on the value is what it knows
	// of the connection: ws.userId.
	Identity bool `yaml:"identity"`

	// Load fills in what follows, and copies what Base has and the kind has not.
	Name     string    `yaml:"-"` // with its pack: "ws/socket"
	Pack     *Pack     `yaml:"-"`
	BaseKind *Kind     `yaml:"-"`
	ElemKind *Kind     `yaml:"-"`
	IterSpec ParamSpec `yaml:"-"`
	// IndexSpec and AnySpec know nothing where Index and Any are empty.
	IndexSpec ParamSpec `yaml:"-"`
	AnySpec   ParamSpec `yaml:"-"`
}

// A Prop is a property of a kind or symbol.
type Prop struct {
	// Value is what reading yields, as in Param. The data of the value that it is
	// read from comes with it; where the property isn't listed, or has no Value,
	// as a field of its name.
	Value string `yaml:"value"`
	// Handler is what assigning a function does: ws.onmessage = f.
	Handler *Handler `yaml:"handler"`
	// Sink is the class of assigning data: el.innerHTML = x.
	Sink string `yaml:"sink"`
	// Option is the endpoint's option that assigning sets.
	Option string `yaml:"option"`
	// Fact is what a condition on it checks, a model.FactKind; "!identity" where
	// its being true says the opposite: user.is_anonymous.
	Fact string `yaml:"fact"`
	// Closes are the sink classes that data can do no harm in once it was read
	// here: the host of a parsed address holds no slash.
	Closes []string `yaml:"closes"`

	// Load fills in what follows.
	ValueSpec ParamSpec `yaml:"-"`
	Pack      *Pack     `yaml:"-"`
}

// A Handler is a function that a framework calls.
type Handler struct {
	// Arg is the position, or Name the keyword, of the function among the
	// arguments; Last takes the last argument. All takes every function from Arg
	// on, also those in lists: the ones before the last are middleware.
	Arg  int    `yaml:"arg"`
	Name string `yaml:"keyword"`
	Last bool   `yaml:"last"`
	All  bool   `yaml:"all"`
	// Method is the method of the argument that is called, where that is an
	// object: gws.NewUpgrader(h, option) calls h.OnMessage.
	Method string `yaml:"method"`
	// As says when it is called: connection, message, close, error, verify (it
	// accepts or refuses the handshake), origin (it decides on the origin
	// alone), upgrade (it performs the upgrade), middleware (it may refuse
	// before a handler), protocol (its result is the chosen sub-protocol), timer,
	// http, push (client), open (client), callback (at once, or nothing is known).
	As string `yaml:"as"`
	// Handshake says of a connection handler that it starts before the handshake
	// is completed, which an Accept in it does: FastAPI, Channels.
	Handshake bool `yaml:"handshake"`
	// Params are the values of its parameters, in order. A Param is:
	//   kind          the name of a kind of this pack, or pack/kind
	//   =label        data of a model.Label: =message, =push, =header
	//   =label.field  the same below a field
	//   kind=label    a kind that carries data: payload=message
	//   kind=arg:0    a kind that carries the data of an argument: url=arg:0; also
	//                 kind=receiver
	//   x...          x for this parameter and all behind it
	//   receiver      what the method was called on, or the property read from
	//   arg:0         an argument of the call
	//   ?             nothing is known
	//   self          the receiver of the call that registers it
	//   elem          an element of the receiver
	//   accept        a callback that accepts where its first argument is true
	//   error-accept  a callback (err, ok): refuses with an error
	//   next          a callback that goes on, or refuses with an argument
	//   error         an exception
	//   by-name       =identity where the literal argument or key, or the name of the
	//                 property, says who somebody is (user, userId, claims, session);
	//                 otherwise ?
	Params []string `yaml:"params"`
	// Keywords are params by name, where the framework passes by name; "*" is
	// any other name.
	Keywords map[string]string `yaml:"keywords"`
	// Endpoint says of an exported function that it is an endpoint of its own.
	Endpoint bool `yaml:"endpoint"`
	// Replies says that what it returns is sent to the peer.
	Replies bool `yaml:"replies"`
	// Refuses says what its result means: false, throw, error, none; value: any
	// result but none refuses (a response that is sent instead of the 101).
	Refuses string `yaml:"refuses"`
	// Message is the position of the argument of the registering call whose
	// literal names the message type: socket.on('chat', f) has 0. Only where
	// Typed.
	Typed   bool `yaml:"typed"`
	Message int  `yaml:"message"`
	// Route is the position (one more) of the path that the handler serves among
	// the arguments of the registering call.
	Route int `yaml:"route"`

	// Load fills in what follows: Params and Keywords in their parsed form.
	ParamSpecs   []ParamSpec          `yaml:"-"`
	KeywordSpecs map[string]ParamSpec `yaml:"-"`
}

// An Effect is what a call does. All of it may be empty.
type Effect struct {
	// Returns is the value of the call, as in Handler.Params, or "tuple:a,b"
	// for several. "arg:0" is the argument itself, "receiver" what the method
	// was called on.
	Returns string `yaml:"returns"`
	// Cases are effects one of which is meant instead: the first whose If, Unless,
	// New and Call hold.
	Cases []*Effect `yaml:"cases"`
	// New limits the effect to constructor calls, Call to others.
	New  bool `yaml:"new"`
	Call bool `yaml:"call"`
	// Endpoint says that the call makes an endpoint.
	Endpoint *EndpointSpec `yaml:"endpoint"`
	// Events are handlers by the literal of an argument (EventArg, default 0):
	// server.on("connection", f). "*" is any other.
	// A call that is a decorator has its function below it. EventName says that
	// the name of that function is the event: @sio.event.
	Events    map[string]*Handler `yaml:"events"`
	EventArg  int                 `yaml:"event_arg"`
	EventName bool                `yaml:"event_name"`
	// Handlers are registered whatever the arguments are.
	Handlers []*Handler `yaml:"handlers"`
	// Decorates is the handler that a decorator's function becomes.
	Decorates *Handler `yaml:"decorates"`

	// Accept completes the handshake. Close closes, Refuse answers without
	// upgrading.
	Accept bool `yaml:"accept"`
	Close  bool `yaml:"close"`
	Refuse bool `yaml:"refuse"`
	// Receive waits for a message: its result is the source.
	Receive bool `yaml:"receive"`
	// Streams says that the result of Receive is a reader, and that nothing of a
	// message is collected but what is read from it.
	Streams bool `yaml:"streams"`
	// Fill is the position of an argument that receives data: json.Unmarshal
	// and ReadJSON have a pointer. Fill is one more than the position, so that
	// zero is none.
	Fill int `yaml:"fill"`
	// FillWith is what it is filled with, as in Param; empty for the labels of
	// the other arguments.
	FillWith string `yaml:"fill_with"`
	// Into is the position (one more) of what an encoder writes to: json.NewEncoder.
	// Writes says that a method of one writes its arguments there.
	Into   int  `yaml:"into"`
	Writes bool `yaml:"writes"`
	// Send, Broadcast (all or room), Join and Leave take Args as what is sent or
	// joined, and left.
	// To are the keywords that name a room or connection: a broadcast with one of
	// them is one to a room. Wide is the keyword that, where it is true, makes a
	// Send one to everybody: emit(…, broadcast=True).
	Send      bool     `yaml:"send"`
	Broadcast string   `yaml:"broadcast"`
	To        []string `yaml:"to"`
	Wide      string   `yaml:"wide"`
	Join      bool     `yaml:"join"`
	Leave     bool     `yaml:"leave"`

	// Sink is the class of what reaches Args. Where is the position (one more)
	// of parameters that are bound safely.
	Sink  string `yaml:"sink"`
	Where int    `yaml:"where"`
	// Args are the positions that matter, and Names the keywords; none means
	// the first, "all" in Every all of them. Receiver includes what the method
	// is called on.
	Args     []int    `yaml:"args"`
	Names    []string `yaml:"keywords"`
	Every    bool     `yaml:"every"`
	Receiver bool     `yaml:"receiver"`
	// Argv says of a command sink that Args are a program and its arguments, which
	// no shell sees: "always", or the keyword or option that gives them to a shell
	// where it is true: "shell". Data does harm there as the program, or behind a
	// shell's "-c".
	Argv string `yaml:"argv"`
	// If names keywords, or positions, and the values under which the effect
	// holds; Unless those under which it doesn't: {Loader: SafeLoader|CSafeLoader}.
	// A value is a literal or the last segment of a symbol; "|" separates several,
	// "{}" is an object and "[]" a list written in place, and "*" is any: the keyword, or option in
	// an object among the arguments, is given.
	If     map[string]string `yaml:"if"`
	Unless map[string]string `yaml:"unless"`
	// Prefix is what the text of the argument must begin with, as far as its
	// beginning is known: $(x) makes elements of "<b>", not of "#id". Statement
	// says that Sink and Act hold only where literal parts of it read like SQL.
	Prefix    string `yaml:"prefix"`
	Statement bool   `yaml:"statement"`
	// Act is what an operation on stored things does. "sql" reads it from the
	// first word of the statement in the first of Args.
	Act string `yaml:"act"`

	// Parse turns a message into values: json, binary, schema. Throws says that
	// bad input raises.
	Parse  string `yaml:"parse"`
	Throws bool   `yaml:"throws"`
	// Validates says how a schema's answer comes: throw, result (an object with
	// success or error), bool, error (Go), errors (a list that is empty where all
	// is well). Args are what is judged.
	Validates string `yaml:"validates"`
	// Type is the type that the result is pinned to.
	Type string `yaml:"type"`
	// Closes are the sink classes that are closed in the result: an escape.
	Closes []string `yaml:"closes"`
	// Rooted limits Closes to an argument that begins with a literal "/":
	// path.Clean("/" + name).
	Rooted bool `yaml:"rooted"`
	// Passes says that data flows from arguments and receiver to the result.
	// Default true; "none" cuts it, "receiver" and "args" limit it.
	Passes string `yaml:"passes"`

	// Auth is what it does for authentication, a model.AuthAct.
	Auth string `yaml:"auth"`
	// Weak are keywords, or fields of an options object, whose value makes Auth a
	// mere decode-token: {verify_signature: "false", algorithms: none}.
	Weak map[string]string `yaml:"weak"`
	// Fact is what a condition on its result checks ("!" in front: its being true says
	// the opposite); Demands is in force
	// behind the call, which throws or answers otherwise. "named" takes what is in
	// force from the names of the arguments: @UseGuards(RolesGuard).
	Fact    string `yaml:"fact"`
	Demands string `yaml:"demands"`
	// Middleware is what is in force behind the middleware that the call makes:
	// passport.authenticate("jwt"), rateLimit({max: 5}).
	Middleware string `yaml:"middleware"`
	// Asserts says that the first argument is a condition, and that the call
	// throws where it is false.
	Asserts bool `yaml:"asserts"`
	// Sets is the option that argument 0 sets: conn.SetReadLimit(n).
	Sets string `yaml:"sets"`
	// Revokes names what ends a session: logout, password, ban, role.
	Revokes string `yaml:"revokes"`
	// Schedule runs a handler later: repeat, once.
	Schedule string `yaml:"schedule"`
	// Listens says that it starts listening; Args is the address.
	// Address is where it listens if it is told nothing: "127.0.0.1", or "*" for
	// all addresses.
	Listens bool   `yaml:"listens"`
	Address string `yaml:"address"`
	// Control is the control frame that it sends: "ping", which finds peers that
	// are gone, or "pong".
	Control string `yaml:"control"`
	// Queues says that what it sends waits without limit for a peer that reads
	// slowly, whatever bound other ways to send have.
	Queues bool `yaml:"queues"`
	// Connects says that a client connects; Args is the address. Looping over such
	// a call yields its value again and again: a client that reconnects.
	Connects bool `yaml:"connects"`
	// Chooses says that it chooses a sub-protocol: echo, list, fixed.
	Chooses string `yaml:"chooses"`
	// Compares says that it compares secrets: constant-time.
	Compares string `yaml:"compares"`
	// Property says that the first of Args names a property of argument 0, or of
	// the receiver, that is read (and perhaps called) or written: getattr,
	// setattr, Reflect.get.
	Property string `yaml:"property"`
	// Match says that the first of Args is a pattern, or that the receiver was
	// made of one, and how much of the text has to fit: prefix (Python's match),
	// search, or full. Subject is the position (one more) of the text.
	Match   string `yaml:"match"`
	Subject int    `yaml:"subject"`
	// Store says that argument 1 is kept on the receiver under the name in
	// argument 0, Load that what is kept under it is read, or else Returns:
	// c.Set("user", u), c.Get("user"). One that does both stores where there are
	// two arguments.
	Store bool `yaml:"store"`
	Load  bool `yaml:"load"`
	// Lookup is the kind one of whose Props the first argument names, or whose Any
	// is the result: headers.get("origin").
	Lookup string `yaml:"lookup"`
	// Bounds is the limit that holds for a receive among the arguments:
	// asyncio.wait_for(ws.recv(), 30) has idle.
	Bounds string `yaml:"bounds"`
	// Injects says that the framework calls the function that is argument 0, and
	// that the call stands for its result: FastAPI's Depends, as the default of a
	// parameter or in a list of dependencies. What it throws refuses.
	Injects bool `yaml:"injects"`
	// State says that the call makes state that the framework keeps for a component.
	State *State `yaml:"state"`
	// Covers is what it adds to endpoints that are made elsewhere.
	Covers *Cover `yaml:"covers"`
	// Never returns.
	Never bool `yaml:"never"`
	// Recovers says that exceptions of the handler end here (Go's recover,
	// promise.catch).
	Recovers bool `yaml:"recovers"`

	// Load fills in what follows.
	ReturnSpec ParamSpec `yaml:"-"`
	FillSpec   ParamSpec `yaml:"-"`
	LookupKind *Kind     `yaml:"-"`
	Pack       *Pack     `yaml:"-"`
}

// A State is what a framework keeps for a component between its runs: what is
// stored in one run, the next one reads. The result of the call is a list of the
// value and its setter, which takes a value or a function of the old one.
type State struct {
	// Initial is the position (one more) of the first value, or of a function that
	// gives it.
	Initial int `yaml:"initial"`
	// Reducer is the position (one more) of a function that makes the next value of
	// the old one and what the setter is given.
	Reducer int `yaml:"reducer"`
	// Field makes the result an object that has the value in this field; markup may
	// leave the field's name out.
	Field string `yaml:"field"`
}

// A Cover is what a wrapper, middleware or server of a whole application adds to
// the endpoints of its pack, wherever they are: Channels' OriginValidator, the
// arguments of uvicorn.run. Mentioning the symbol as an argument is enough:
// add_middleware(TrustedHostMiddleware).
type Cover struct {
	// Packs names the packs whose endpoints are meant, if they aren't its own.
	Packs   []string `yaml:"packs"`
	Options bool     `yaml:"options"` // its arguments are options of the endpoints, as its own pack says
	Origin  string   `yaml:"origin"`  // the policy that it enforces: same-host or list
	List    int      `yaml:"list"`    // position (one more) of the list of origins; "*" in it lets all in
	Host    bool     `yaml:"host"`    // it compares the Host header
	Ambient string   `yaml:"ambient"` // cookie: it reads a session from cookies
}

// An EndpointSpec says how a call makes an endpoint.
type EndpointSpec struct {
	Role string `yaml:"role"` // server (default) or client
	// Options is the position (one more) of the options object, which is the last
	// argument where there are fewer; keyword arguments are options too.
	// OptionsFromReceiver takes them from what the method is called on:
	// upgrader.Upgrade.
	Options             int  `yaml:"options"`
	OptionsFromReceiver bool `yaml:"options_from_receiver"`
	// OptionsFrom is the position (one more) of a function that returns the
	// options object: upgradeWebSocket((c) => ({onMessage})).
	OptionsFrom int `yaml:"options_from"`
	// Route is the position (one more) of the path.
	Route int `yaml:"route"`
	// URL is the position (one more) of a client's address.
	URL int `yaml:"url"`
	// Of is the position (one more) of an argument whose endpoint it is, if that
	// has one. Framework names the pack that it belongs to, if it isn't that of
	// the call: app.ws of an express application is express-ws.
	Of        int    `yaml:"of"`
	Framework string `yaml:"framework"`
	// Origin is the policy of this way to make an endpoint, where it isn't the
	// pack's default: gorilla's websocket.Upgrade checks nothing.
	Origin string `yaml:"origin"`
	// Receiver says that the endpoint is that of the receiver, if it has one:
	// app.ws on a router.
	Receiver bool `yaml:"receiver"`
}

// A Class is a base class whose subclasses handle connections.
type Class struct {
	// Bases are symbols of base classes, Decorators of decorators that make a
	// class one. Methods has a name that a class without known base must have
	// to be taken for one (Go's interfaces): all of Implements.
	Bases      []string `yaml:"bases"`
	Decorators []string `yaml:"decorators"`
	Implements []string `yaml:"implements"`
	// Self is the kind of its instances.
	Self     string        `yaml:"self"`
	Endpoint *EndpointSpec `yaml:"endpoint"`
	// Methods are the methods that the framework calls. A name that ends with "*"
	// takes all of that prefix, and the rest names the message type: "on_*".
	Methods map[string]*Handler `yaml:"methods"`
	// MethodDecorators make methods handlers: @SubscribeMessage('x').
	MethodDecorators map[string]*Handler `yaml:"method_decorators"`
	// ParamDecorators are the values of decorated parameters.
	ParamDecorators map[string]string `yaml:"param_decorators"`
	// Attributes are class attributes that are options.
	Attributes map[string]*Option `yaml:"attributes"`

	// Load fills in what follows.
	SelfKind            *Kind                `yaml:"-"`
	ParamDecoratorSpecs map[string]ParamSpec `yaml:"-"`
	Pack                *Pack                `yaml:"-"`
}
