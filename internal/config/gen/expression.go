package main

// expressions explains what `allow` and `set` are written in.
const expressions = `
## Expressions

` + "`allow` and `set`" + ` are written in [CEL](https://cel.dev), and are checked when the file is read: an error names line and
column. Where the schema of the rule declares fields, a field that it does not declare is an error.

| variable | what it is |
|---|---|
| ` + "`message`" + ` | the payload of the message, as the client or the server sent it |
| ` + "`session`" + ` | who signed in: ` + "`user`, `name`, `roles`, `session`, `claims`, `anonymous`" + `, and the times ` + "`authenticated` and `expires`" + ` where they are known |
| ` + "`conn`" + ` | the connection: ` + "`id`, `ip`, `origin`, `route`" + `, and the time ` + "`opened`" + ` |
| ` + "`envelope`" + ` | what the dialect says beside the payload, by name, such as ` + "`envelope.topic`" + `; ` + "`envelope.type`" + ` is the type of the message |

    allow: message.quantity <= 1000 || "pro" in session.roles
    allow: session.owns("accounts", message.accountId)
    allow: has(message.room) && message.room.startsWith("team-" + session.claims.team + "-")
    allow: message.legs.all(leg, leg.quantity > 0)
    set: {userId: session.user, channel: "'web'", version: 2}

- ` + "`session.owns(CLAIM, VALUE)`" + ` is true if the claim is the value, or a list that has it. Without the claim nobody owns anything.
- What goes wrong in an expression refuses the message: a field that is missing, a number that does not fit. ` + "`has(message.note)`" + `
  asks first; ` + "`message.?note.orValue(\"\")`" + ` gives a value in its place. A term of ` + "`&&` or `||`" + ` that decides hides the errors of the others.
- A number is an ` + "`int`" + ` where the schema says ` + "`integer`, a `double`" + ` where it says ` + "`number`" + `, else what it is written as. They compare with each
  other; arithmetic takes one kind, which ` + "`double()` and `int()`" + ` make.
- Besides the functions of CEL there are those of its libraries for strings, math, sets, networks (` + "`cidr(\"10.0.0.0/8\").containsIP(conn.ip)`" + `),
  optional values and ` + "`cel.bind`" + `.
- The cost of an evaluation is bounded. An expression that a large message could make cost far too much is refused at once: bound the lists and
  strings that it walks through by ` + "`maxItems` and `maxLength`" + ` in the schema.
- In ` + "`set`" + ` text is an expression, and everything else the value itself. All values are computed from the message as it came.
`
