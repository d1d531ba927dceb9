package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestTables holds tables of handlers to be followed whole, whatever their entries
// are.
func TestTables(t *testing.T) {
	const n = 40
	each := func(format string) string {
		var out strings.Builder
		for i := range n {
			out.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return out.String()
	}
	serve := func(table, call string) map[string]string {
		return map[string]string{"server.js": `const { WebSocketServer } = require('ws');
const table = require('./table');
const wss = new WebSocketServer({ port: 9000 });
wss.on('connection', (ws) => {
  ws.on('message', (raw) => {
    const msg = JSON.parse(raw);
    ` + call + `
  });
});
`, "table.js": table}
	}
	for name, files := range map[string]map[string]string{
		"functions": serve(each("function f#(ws, m) { ws.send(String(m.a#)); }\n")+"module.exports = {"+each("'t#': f#, ")+"};", "const f = table[msg.type]; if (f) f(ws, msg);"),
		"objects":   serve("const t = new Map();\n"+each("t.set('t#', { role: 'keeper', run: (ws, m) => ws.send(String(m.a#)) });\n")+"module.exports = t;", "const entry = table.get(msg.type); if (!entry) return; entry.run(ws, msg);"),
		"classes":   serve(each("class C# { run(ws, m) { ws.send(String(m.a#)); } }\n")+"module.exports = {"+each("'t#': C#, ")+"};", "new table[msg.type]().run(ws, msg);"),
		"instances": serve(each("class C# { run(ws, m) { ws.send(String(m.a#)); } }\n")+"module.exports = {"+each("'t#': new C#(), ")+"};", "table[msg.type].run(ws, msg);"),
		"decorators": {"table.py": "TABLE = {}\n\ndef on(kind):\n    def add(fn):\n        TABLE[kind] = fn\n        return fn\n    return add\n\n" + each("@on('t#')\nasync def f#(ws, m):\n    await ws.send(m['a#'])\n\n"), "server.py": `import asyncio, json, websockets
from table import TABLE

async def serve(ws):
    async for raw in ws:
        m = json.loads(raw)
        fn = TABLE.get(m["type"])
        if fn is None:
            continue
        await fn(ws, m)

async def main():
    async with websockets.serve(serve, "127.0.0.1", 8000):
        await asyncio.Future()
asyncio.run(main())
`},
	} {
		t.Run(name, func(t *testing.T) {
			e := server(t, files)
			if got := types(e); len(got) != n {
				t.Errorf("got %d types %q, want %d", len(got), got, n)
			}
			if got, want := fields(e, "t23"), "a23"; got != want {
				t.Errorf("fields of t23: got %q, want %q", got, want)
			}
			if e.Unfinished {
				t.Error("got an endpoint that was not followed to its end")
			}
		})
	}
}

// TestSharedHandler holds a function that is in a table twice to both types.
func TestSharedHandler(t *testing.T) {
	e := server(t, map[string]string{"server.js": `const { WebSocketServer } = require('ws');
function move(ws, m) { ws.send(String(m.to)); }
const table = { walk: move, ride: move };
const wss = new WebSocketServer({ port: 9000 });
wss.on('connection', (ws) => ws.on('message', (raw) => { const m = JSON.parse(raw); table[m.type](ws, m); }));
`})
	if got := types(e); !slices.Equal(got, []string{"ride", "walk"}) {
		t.Errorf("got %q, want both", got)
	}
}

// TestCutTable holds a table with too many handlers to say so.
func TestCutTable(t *testing.T) {
	var table strings.Builder
	for i := range 600 {
		fmt.Fprintf(&table, "'t%d': (ws, m) => ws.send(String(m.a%d)),\n", i, i)
	}
	e := server(t, map[string]string{"server.js": `const { WebSocketServer } = require('ws');
const table = {` + table.String() + `};
const wss = new WebSocketServer({ port: 9000 });
wss.on('connection', (ws) => ws.on('message', (raw) => { const m = JSON.parse(raw); const f = table[m.type]; if (f) f(ws, m); }));
`})
	if !e.Unfinished {
		t.Errorf("got %d types as if they were all", len(e.Messages))
	}
}
