package config

type fileMessages struct {
	// Field that names the type of a message, as a path: action, or data.kind.
	// For the dialect json alone.
	Type string `yaml:"type"`
	// What the payload of an event is, for the dialect socketio alone: its first
	// argument, or the list of all. Where it is the first, an event of several that a
	// schema applies to is refused.
	Args string `yaml:"args" one:"first all" default:"first"`
	// Operations that may be under way on a connection, for the dialect
	// graphql-transport-ws alone.
	Operations int `yaml:"operations" min:"1" max:"10000" default:"100"`
	// Lets clients ask for the schema, for the dialect graphql-transport-ws alone.
	Introspection bool `yaml:"introspection"`
	// AsyncAPI document, version 2 or 3, whose messages are rules by their names:
	// their payload schemas apply where the rule of the type below has none.
	AsyncAPI string `yaml:"asyncapi" empty:"none"`
	// What happens to a client's message of a type without a rule. "pass" passes
	// objects: null, a number, a text or a list as a whole message is refused all the
	// same, unless a rule for * takes it.
	Unknown string `yaml:"unknown" one:"reject pass" weakness:"WS302 WS311"`
	// The same for the server's messages.
	UnknownServer string `yaml:"unknown_server" one:"reject pass"`
	// Rules for what clients send, by message type. A name that ends in * is a rule
	// for all types that begin so and have none of their own.
	Client map[string]*fileClientRule `yaml:"client" empty:"none" weakness:"WS302"`
	// Rules for what the server sends, in the same way.
	Server map[string]*fileServerRule `yaml:"server" empty:"none" weakness:"WS504"`
	// What happens to a client's binary messages where the dialect has text alone:
	// text reads them as if they were text, pass lets them by unread.
	Binary string `yaml:"binary" one:"reject text pass" weakness:"WS302"`
	// How a client learns that a message was refused: by an error in the words of
	// the dialect, not at all, or by the end of the connection.
	Reject string `yaml:"reject" one:"reply drop close"`
	// Number of refusals that close the connection.
	Strikes int `yaml:"strikes" min:"1" max:"1000000" empty:"no number"`
	// Names of members that never reach a client, at any depth of any message of
	// the server. Case is ignored.
	Secret []string `yaml:"secret" empty:"none" weakness:"WS504"`
	// What becomes of a stack trace in a text of the server: mask replaces the text.
	ErrorDetail string `yaml:"error_detail" one:"mask pass" weakness:"WS503"`
	// Accepts members of a client's messages that are named `__proto__`,
	// `constructor` or `prototype`.
	InsecurePrototypeKeys bool `yaml:"insecure_prototype_keys" weakness:"WS310"`
	// Accepts members of one object whose names differ only in case, which servers in
	// Go and .NET take for one and the same.
	InsecureCaseVariants bool `yaml:"insecure_case_variants" weakness:"WS302"`
	// What a client's message may cost its readers.
	Limits fileJSONLimits `yaml:"limits"`
	// The same for the server's messages, which are larger.
	ServerLimits fileJSONLimits `yaml:"server_limits"`
}

type fileClientRule struct {
	// monitor records what the rule would have refused, and lets it pass.
	Mode string `yaml:"mode" one:"enforce monitor" empty:"that of the route"`
	// JSON Schema (draft 2020-12) of the payload, written as YAML. Formats are
	// asserted. The field that names the type of a JSON message counts as declared.
	Schema schemaText `yaml:"schema" empty:"none" weakness:"WS302 WS405"`
	// File with the schema, JSON or YAML, in place of schema.
	SchemaFile string `yaml:"schema_file" empty:"none" weakness:"WS302 WS405"`
	// CEL expression over message, session, conn and envelope that must be true.
	Allow expression `yaml:"allow" empty:"none" weakness:"WS402 WS403 WS404"`
	// Values that overwrite what the client sent, by path in the payload: text is a
	// CEL expression, everything else is the value itself. The schema judges the
	// message before.
	Set map[string]setValue `yaml:"set" empty:"none" weakness:"WS401"`
	// What becomes of HTML in the strings at and below a path of the payload: escape
	// writes its characters as references, strip removes markup, reject refuses the
	// message.
	Clean map[string]string `yaml:"clean" one:"escape strip reject" empty:"none" weakness:"WS501 WS601"`
	// Rate of this type on one connection.
	Limit rate `yaml:"limit" empty:"none" weakness:"WS702"`
	// Rate of this type of one user over all connections.
	UserLimit rate `yaml:"user_limit" empty:"that of limit" weakness:"WS702"`
	// Has the session validated again before the message passes. While nobody can be
	// asked it is refused, in monitor mode too.
	Fresh bool `yaml:"fresh" weakness:"WS207"`
	// drop removes members that the schema does not name, before it is checked.
	Undeclared string `yaml:"undeclared" one:"drop" empty:"what the schema says" weakness:"WS405"`
}

type fileServerRule struct {
	// monitor records what the rule would have kept back, and lets it pass.
	Mode string `yaml:"mode" one:"enforce monitor" empty:"that of the route"`
	// JSON Schema (draft 2020-12) of the payload, written as YAML. A message that it
	// refuses does not reach the client.
	Schema schemaText `yaml:"schema" empty:"none" weakness:"WS504"`
	// File with the schema, JSON or YAML, in place of schema.
	SchemaFile string `yaml:"schema_file" empty:"none" weakness:"WS504"`
	// CEL expression over message, session (who receives it), conn and envelope that
	// must be true.
	Allow expression `yaml:"allow" empty:"none" weakness:"WS502"`
	// What becomes of HTML in the strings at and below a path of the payload.
	Clean map[string]string `yaml:"clean" one:"escape strip reject" empty:"none" weakness:"WS601"`
	// drop removes members that the schema does not name, before it is checked.
	Undeclared string `yaml:"undeclared" one:"drop" empty:"what the schema says" weakness:"WS504"`
	// Names of members that are removed from messages of this type, at any depth.
	Redact []string `yaml:"redact" empty:"none" weakness:"WS504"`
}

type fileJSONLimits struct {
	// Arrays and objects that may be open at once.
	Depth int `yaml:"depth" min:"1" max:"1000" weakness:"WS301"`
	// Members of all objects together.
	Keys int `yaml:"keys" min:"1" weakness:"WS301"`
	// Members of one object.
	ObjectKeys int `yaml:"object_keys" min:"1" weakness:"WS301"`
	// Elements of one array.
	Elements int `yaml:"elements" min:"1" weakness:"WS301"`
	// Values in all, containers included.
	Values int `yaml:"values" min:"1" weakness:"WS301"`
	// Length of the name of a member.
	KeyBytes byteSize `yaml:"key_bytes" min:"1" weakness:"WS301"`
	// Length of a string.
	StringBytes byteSize `yaml:"string_bytes" min:"1" empty:"that of the message" weakness:"WS301"`
	// Length of a number.
	NumberBytes byteSize `yaml:"number_bytes" min:"1" weakness:"WS301"`
}
