package python_test

import (
	"regexp"
	"strings"
	"testing"
)

// listings are read the same whether they are indented or not.
var listings = []struct{ name, src string }{
	{"guard that returns", `
async def handler(ws):
    user = check(await ws.recv())

    if not user:
        await ws.close()
        return

    async for m in ws:
        # again
        if old(m):
            if not await valid(user):
                await ws.close()
                return
            last = now()

        msg = load(m)
        if msg["a"] in SENSITIVE:
            fresh = await get(user)
            if not fresh or fresh["suspended"]:
                await ws.close()
                return

        await handle(user, msg)
`},
	{"else", `
def f(a):
    if a == 1:
        return_x = 1
        x = return_x
    elif a == 2:
        raise E
    else:
        x = 3

    return x
`},
	{"else of a branch that left", `
def f(a):
    for x in a:
        if x:
            continue
        else:
            g(x)

    return 1
`},
	{"try", `
def f(ws):
    while True:
        try:
            m = ws.recv()
            use(m)
        except (E, F) as e:
            log(e)
        finally:
            done()

    return
`},
	{"methods", `
class A(B):
    limit = 3

    def __init__(self):
        self.x = 1
        self.y = 2

    @property
    def size(self):
        return self.x

    @staticmethod
    def of(x):
        return x

    async def on_message(self, m):
        if m:
            await self.send(m)

        self.y = m

class C(A):
    def g(self):
        pass
`},
	{"decorated handlers", `
@sio.event
async def connect(sid, env):
    if env["o"] not in OK:
        return False

    await save(sid)

@sio.on("x")
async def x(sid, data):
    async with lock:
        y = data["y"]
        await sio.emit("x", y)
`},
	{"match", `
def f(m):
    match m["type"]:
        case "a":
            x = 1
            g(x)
        case "b":
            return 2
        case _:
            raise E

    return h()
`},
	{"brackets and strings", `
def f():
    q = """
text
  if x:
"""
    r = g(
        1,
        2)
    if q:
        return r
`},
}

func TestFlatListings(t *testing.T) {
	indent := regexp.MustCompile(`(?m)^ +`)
	parse := parser(t)
	for _, tt := range listings {
		indented := lower(t, parse, tt.src)
		want := dump(t, indented)
		for name, to := range map[string]string{"one space": " ", "no indentation": ""} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				flat := indent.ReplaceAllString(tt.src, to)
				// Spaces inside the string are its content.
				flat = strings.Replace(flat, "\n"+to+"if x:\n\"", "\n  if x:\n\"", 1)
				f := lower(t, parse, flat)
				if got := dump(t, f); got != want {
					t.Errorf("%s\ngot\n%s\nwant\n%s", flat, got, want)
				}
				for _, fn := range f.Funcs {
					if got := f.Text(fn.NamePos); got != fn.Name {
						t.Errorf("got %q at the place of the name %q", got, fn.Name)
					}
				}
			})
		}
	}
}

func TestRepair(t *testing.T) {
	tests := []struct {
		name, src, want string
		broken          bool
	}{
		{"unfinished statement among others", "def f():\n    if a:\n        b()\n    if c:\n    d()\n", `(funcdecl func:(func name="f" body:(if cond:a then:(exprstmt x:(call fn:b))) body:(if cond:c) body:(exprstmt x:(call fn:d))))`, false},
		{"only a comment", "if a:\n    # TODO\nb()\n", `(if cond:a) (exprstmt x:(call fn:b))`, false},
		{"no colon", "if a\n    b()\nelse\n    c()\n", `(if cond:a then:(exprstmt x:(call fn:b)) else:(exprstmt x:(call fn:c)))`, true},
		{"head without end", "def f(a, b\n    return a\ndef g(): pass\n", `(funcdecl func:(func name="f" params:(param name="a") params:(param name="b") body:(return x:a))) (funcdecl func:(func name="g"))`, true},
		{"call without end", "def f():\n    a(b,\n    c()\ndef g(): pass\n", `(funcdecl func:(func name="f" body:(exprstmt x:(call fn:a args:(arg value:b))) body:(exprstmt x:(call fn:c)))) (funcdecl func:(func name="g"))`, true},
		{"docstring without end", "class A:\n    \"\"\"Says\n    x = 1\n    def f(self): pass\n", `(classdecl class:(class name="A" fields:(field name="x" value:1) methods:(func name="f" of A recv:(param name="self")) body:(exprstmt x:Says)))`, true},
		{"magics", "%matplotlib inline\n!pip install x\nimport a\nb = (1\n % 2)\n?b\n%%time\nc()\n", `(import module="a" local="a") (exprstmt x:(assign target:b value:(binary op="%" x:1 y:2))) (exprstmt x:(call fn:c))`, false},
		{"indented snippet", "    async def f(self):\n        await g()\n", `(funcdecl func:(func name="f" async=true params:(param name="self") body:(exprstmt x:(await x:(call fn:g)))))`, false},
		{"snippet that ends its block", "        await g()\n    return x\ny = 1\n", `(await x:(call fn:g))) (return x:x) (exprstmt x:(assign target:y value:1)`, false},
		{"line that slipped", "class A:\n    def f(self): pass\n  x = 1\n    def g(self): pass\ny = (\n", `(classdecl class:(class name="A" fields:(field name="x" value:1) methods:(func name="f" of A recv:(param name="self")) methods:(func name="g" of A recv:(param name="self")))) (exprstmt x:y)`, true},
		{"code in a string", "a = \"\"\"\nimport b\n\"\"\"\nc(\ndef d(): pass\n", `(assign target:a value:"\nimport b\n")) (exprstmt x:(call fn:c)) (funcdecl func:(func name="d")`, true},
		{"docstring without start", "def f():\n    \"\"Says.\"\"\"\n    a()\ndef g():\n    \"\"\"Says.\"\"\"\n    b()\n", `(funcdecl func:(func name="f" body:(exprstmt x:Says) body:(exprstmt x:(call fn:a)))) (funcdecl func:(func name="g" body:(exprstmt x:(call fn:b))))`, true},
		{"byte order mark", "\ufeffimport a\r\nif a:\r\n\tb()\r\n", `(import module="a" local="a") (if cond:a then:(exprstmt x:(call fn:b)))`, false},
		{"await outside", "await a()\nreturn b\n", `(await x:(call fn:a))) (return x:b`, false},
		{"return without end", "if a:\n    return [x for\nb()\n", `(if cond:a then:(return) then:(exprstmt x:x)) (exprstmt x:(call fn:b))`, true},
		{"dot without name", "def f(ws):\n    await ws.\n    g()\n", `(funcdecl func:(func name="f" params:(param name="ws") body:(exprstmt x:(await x:(call fn:(member name="g" x:ws))))))`, false},
		{"unfinished string", "a = 'b\nc = f(\"d\n", `(assign target:a value:b)) (exprstmt x:(assign target:c value:(call fn:f))) (exprstmt x:d`, true},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := lower(t, parse, tt.src)
			if got := brief(t, f); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
			if got := f.Broken > 0; got != tt.broken {
				t.Errorf("%q: got %d broken places, want some: %v", tt.src, f.Broken, tt.broken)
			}
		})
	}
}
