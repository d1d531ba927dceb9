package js_test

import "testing"

// What is left of a broken source is read as a human reads it.
func TestBroken(t *testing.T) {
	for _, test := range []struct{ name, file, src, want string }{
		{"await in a function that isn't async", "a.js", `
			ws.on('message', (data) => {
				const user = await find(data);
				ws.send(user);
			});`, `
			2 ws.on
				3 find
				4 ws.send`},
		{"the end is missing", "a.js", `
			wss.on('connection', (ws) => {
				ws.on('message', (data) => {
					if (check(data)) {
						run(data);`, `
			2 wss.on
				3 ws.on
					4 check
					5 run`},
		{"the start is missing", "a.js", `
				const msg = JSON.parse(data);
				if (msg.admin) { grant(msg); }
			});
			other();`, `
			2 JSON.parse
			3 grant
			5 other`},
		{"the start of a class is missing", "a.ts", `
				if (a) { one(a); }
			}
			private two(data: string): void { three(data); }
		}`, `
				2 one
				4 three`},
		{"cases without switch", "a.js", `
			case 'a':
				one(msg.a);
				break;
			default:
				two(msg.b);`, `
			3 one
			6 two`},
		{"methods without class", "a.ts", `
			async connect(url: string) {
				this.ws = new WebSocket(url);
			}
			private send(data: any) { this.ws.send(data); }`, `
				3 WebSocket
				5 this.ws.send`},
		{"properties without object", "a.js", `
			verifyClient: (info) => allowed(info.origin),
			maxPayload: limit(1024),`, `
				2 allowed
			3 limit`},
		{"a parenthesis is missing", "a.js", `
			function f(data) {
				const msg = JSON.parse(data;
				handle(msg);
			}
			function g() { other(); }`, `
				3 JSON.parse
				4 handle
				6 other`},
		{"an operand is missing", "a.js", `
			a = ;
			b(1 + );
			c();`, `
			3 b
			4 c`},
		{"types in .js", "a.js", `
			const send = (ws: WebSocket): void => { ws.send(data as string); };
			interface A { b: string }`, `
				2 ws.send`},
		{"a template of a server", "a.js", `
			var user = {{ user|tojson }};
			{% if debug %} log(user); {% endif %}
			<?php if ($x): ?>
			start(<?= $config ?>, "<%= token %>");
			<?php endif; ?>`, `
			3 log
			5 start`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := lower(t, test.file, test.src)
			check(t, f)
			if got, want := outline(f), outlineOf(test.want); got != want {
				t.Errorf("%s\ngot\n%swant\n%sfrom\n%s", test.src, got, want, dumped(t, f))
			}
		})
	}
}
