package python_test

import "testing"

func TestDefinitions(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"decorators stay expressions", "@app.websocket(\"/ws\")\n@auth\nasync def f(ws): pass", `(funcdecl func:(func name="f" async=true params:(param name="ws") decorators:(call fn:(member name="websocket" x:app) args:(arg value:"/ws")) decorators:auth))`},
		{"nested", "def f():\n    def g():\n        return x\n    class H: pass\n    return g\n", `(funcdecl func:(func name="f" body:(funcdecl func:(func name="g" body:(return x:x))) body:(classdecl class:(class name="H")) body:(return x:g)))`},
		{"class", "@d\nclass A(B, c.D, metaclass=M, table=True, **kw): pass", `(classdecl class:(class name="A" bases:B bases:(member name="D" x:c) bases:M bases:(spread x:kw) decorators:d))`},
		{"fields", "class A:\n    a: int\n    b = 1\n    c: str = 'x'\n    d, e = 1, 2\n    f()\n", `(classdecl class:(class name="A" fields:(field name="a" type:(type name="int")) fields:(field name="b" value:1) fields:(field name="c" type:(type name="str") value:"x") body:(exprstmt x:(assign target:(list kind=tuple elems:d elems:e) value:(list kind=tuple elems:1 elems:2))) body:(exprstmt x:(call fn:f))))`},
		{"fields in branches", "class A:\n    if x:\n        a = 1\n        def f(self): pass\n    else:\n        a = 2\n", `(classdecl class:(class name="A" fields:(field name="a" value:1) fields:(field name="a" value:2) methods:(func name="f" of A recv:(param name="self")) body:(if cond:x)))`},
		{"class in class", "class A:\n    class B:\n        def f(self): pass\n", `(classdecl class:(class name="A" body:(classdecl class:(class name="B" methods:(func name="f" of B recv:(param name="self"))))))`},
		{"receiver", "class A:\n    def f(this: T, /, x): pass\n    def g(*args): pass\n    def h(): pass\n", `(classdecl class:(class name="A" methods:(func name="f" of A params:(param name="x") recv:(param name="this" type:(type name="T"))) methods:(func name="g" of A params:(param name="args" rest=true)) methods:(func name="h" of A)))`},
		{"static and class methods", "class A:\n    @staticmethod\n    def f(x): pass\n    @classmethod\n    def g(cls, x): pass\n    def __new__(cls): pass\n", `(classdecl class:(class name="A" methods:(func name="f" of A static=true params:(param name="x") decorators:staticmethod) methods:(func name="g" of A static=true params:(param name="x") recv:(param name="cls") decorators:classmethod) methods:(func name="__new__" of A static=true recv:(param name="cls"))))`},
		{"accessors", "class A:\n    @functools.cached_property\n    def f(self): pass\n    @f.setter\n    def f(self, x): pass\n", `(classdecl class:(class name="A" methods:(func name="f" of A kind=getter recv:(param name="self") decorators:(member name="cached_property" x:functools)) methods:(func name="f" of A kind=setter params:(param name="x") recv:(param name="self") decorators:(member name="setter" x:f))))`},
		{"function in method is no method", "class A:\n    def f(self):\n        def g(self): pass\n        return lambda self: 1\n", `(classdecl class:(class name="A" methods:(func name="f" of A recv:(param name="self") body:(funcdecl func:(func name="g" params:(param name="self"))) body:(return x:(funclit func:(func params:(param name="self") body:(return x:1)))))))`},
		{"parameters", "def f(a, b: int, c=1, d: str = 'x', *e: int, g, **h): pass", `(funcdecl func:(func name="f" params:(param name="a") params:(param name="b" type:(type name="int")) params:(param name="c" default:1) params:(param name="d" type:(type name="str") default:"x") params:(param name="e" rest=true type:(type name="int")) params:(param name="g") params:(param name="h" keywordmap=true)))`},
		{"metadata is the default", "def f(a: Annotated[X, Depends(g)], b: Annotated[int, Gt(1), fastapi.Query()] = 3): pass", `(funcdecl func:(func name="f" params:(param name="a" type:(type name="Annotated" elems:(type name="X") elems:(type kind=unknown)) default:(call fn:Depends args:(arg value:g))) params:(param name="b" type:(type name="Annotated" elems:(type name="int") elems:(type kind=unknown) elems:(type kind=unknown)) default:3 decorators:(call fn:Gt args:(arg value:1)) decorators:(call fn:(member name="Query" x:fastapi)))))`},
		{"optional metadata", "def f(a: Annotated[X, Security(g)] | None): pass", `(funcdecl func:(func name="f" params:(param name="a" type:(type kind=union elems:(type name="Annotated" elems:(type name="X") elems:(type kind=unknown)) elems:(type name="None")) default:(call fn:Security args:(arg value:g)))))`},
		{"metadata by name", "U = Annotated[X, Depends(g)]\nclass A:\n    def f(self, u: U): pass\n", `(assign target:U value:(index x:Annotated key:(list kind=tuple elems:X elems:(call fn:Depends args:(arg value:g)))))) (classdecl class:(class name="A" methods:(func name="f" of A params:(param name="u" type:(type name="U") default:(call fn:Depends args:(arg value:g))) recv:(param name="self")))`},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(t, lower(t, parse, tt.src)); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
		})
	}
}

func TestTypes(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"plain", "x: int", `(assign target:x type:(type name="int"))`},
		{"dotted", "x: a.b.C", `(assign target:x type:(type name="a.b.C"))`},
		{"optional", "x: Optional[a.C]", `(assign target:x type:(type kind=union elems:(type name="a.C") elems:(type name="None")))`},
		{"union", "x: typing.Union[A, B, None]", `(assign target:x type:(type kind=union elems:(type name="A") elems:(type name="B") elems:(type name="None")))`},
		{"bars", "x: A | B | None", `(assign target:x type:(type kind=union elems:(type name="A") elems:(type name="B") elems:(type name="None")))`},
		{"list", "x: list[A]", `(assign target:x type:(type kind=slice elems:(type name="A")))`},
		{"map", "x: Dict[str, List[A]]", `(assign target:x type:(type kind=map elems:(type name="str") elems:(type kind=slice elems:(type name="A"))))`},
		{"generic", "x: a.Set[A]", `(assign target:x type:(type name="a.Set" elems:(type name="A")))`},
		{"callable", "x: Callable[[A, B], C]", `(assign target:x type:(type kind=func elems:(type name="A") elems:(type name="B") elems:(type name="C")))`},
		{"any callable", "x: Callable[..., C]", `(assign target:x type:(type kind=func elems:(type name="Ellipsis") elems:(type name="C")))`},
		{"literal", "x: Literal['a', 2]", `(assign target:x type:(type kind=union elems:(type kind=literal value="a") elems:(type kind=literal value="2")))`},
		{"class variable", "x: ClassVar[Final[int]] = 1", `(assign target:x value:1 type:(type name="int"))`},
		{"forward", "x: 'A'", `(assign target:x type:(type name="A"))`},
		{"forward generic", "x: \"Optional[list['A'] | dict[str, a.B]]\"", `(assign target:x type:(type kind=union elems:(type kind=slice elems:(type name="A")) elems:(type kind=map elems:(type name="str") elems:(type name="a.B")) elems:(type name="None")))`},
		{"broken forward", "x: 'A[', 1", `(assign target:x type:(type kind=unknown))`},
		{"annotated", "x: Annotated[A, 'doc', B(1)]", `(assign target:x type:(type name="Annotated" elems:(type name="A") elems:(type name="doc") elems:(type kind=unknown)))`},
		{"expression", "x: f()", `(assign target:x type:(type kind=unknown))`},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(t, lower(t, parse, tt.src)); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
		})
	}
}

func TestImports(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"module", "import a", `(import module="a" local="a")`},
		{"dotted", "import a.b.c", `(import module="a.b.c" local="a" whole=true)`},
		{"alias", "import a.b as c, d", `(import module="a.b" local="c") (import module="d" local="d")`},
		{"names", "from a.b import (c, d as e,)", `(import module="a.b" names:(importname name="c" local="c") names:(importname name="d" local="e"))`},
		{"relative", "from . import a", `(import module="." names:(importname name="a" local="a"))`},
		{"relative module", "from ..a.b import c", `(import module="..a.b" names:(importname name="c" local="c"))`},
		{"star", "from .a import *", `(import module=".a" star=true)`},
		{"future", "from __future__ import annotations", ``},
		{"conditional", "try:\n    import a\nexcept ImportError:\n    a = None\n", `(try body:(import module="a" local="a") catches:(catch types:ImportError body:(exprstmt x:(assign target:a value:None))))`},
		{"for types", "if typing.TYPE_CHECKING:\n    from a import B\nelse:\n    import c\n", `(if cond:(member name="TYPE_CHECKING" x:typing) then:(import module="a" type=true names:(importname name="B" local="B")) else:(import module="c" local="c"))`},
		{"spaced", "from . a . b import c", `(import module=".a.b" names:(importname name="c" local="c"))`},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(t, lower(t, parse, tt.src)); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
		})
	}
}
