package js_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

// outlineOf takes the indentation of a raw string in a test, three tabs, away.
func outlineOf(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(s, "\n")) {
		b.WriteString(strings.TrimPrefix(line, "\t\t\t"))
	}
	return b.String() + "\n"
}

func TestScriptsOfPages(t *testing.T) {
	for _, test := range []struct{ name, file, src, want string }{
		{"scripts share a page", "a.html", `<!doctype html>
			<script>one()</script>
			<SCRIPT type="text/javascript" async>two()
			three()</SCRIPT >
			<script type=module>four()</script>`, `
			2 one
			3 two
			4 three
			5 four`},
		{"data and templates are no code", "a.html", `
			<script type="application/json">{"a": no()}</script>
			<script type="text/template"><p onclick="no()"></p></script>
			<script type="importmap">no()</script>
			<script type="text/x-handlebars-template">no()</script>
			<!-- <script>no()</script> --><style>a{no()}</style><title>no()</title>
			<textarea><script>no()</script></textarea>`, ``},
		{"a broken script leaves the others alone", "a.html", `
			<script>one( {</script>
			<script>two()</script>`, `
			2 one
			3 two`},
		{"strings that look like tags", "a.html", `<script>a = "<p onclick='no()'>"; one("</p>")</script>`, `
			1 one`},
		{"an unclosed script", "a.html", `<script>one()`, `
			1 one`},
		{"event handlers", "a.html", `
			<body onload="start('a &quot;b&quot;')" class=x>
			<a href="javascript:go()">x</a>
			<p ONCLICK=tap() title="no()">`, `
				2 start
				3 go
				4 tap`},
		{"a template of a server", "a.ejs", `
			<% for (const a of no()) { %><p onclick="one(<%= no() %>)"></p><% } %>
			<script>two({{ no() }}, <%- no() %>)</script>`, `
			3 two
				2 one`},
		{"code in front of a page", "a.astro", `---
			const a: string = one();
---
			<p set:html={two(a)}>{list.map(x => <i>{three(x)}</i>)}</p><script>four()</script>`, `
			2 one
			4 four
			4 two
			4 list.map
				4 three`},
		{"both scripts of a component", "a.vue", `
			<script lang="ts">const a: string = one()</script>
			<script setup lang="ts">two<string>(a)</script>`, `
			2 one
			3 two`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := lower(t, test.file, test.src)
			check(t, f)
			want := outlineOf(test.want)
			if test.want == "" {
				want = ""
			}
			if got := outline(f); got != want {
				t.Errorf("%s\ngot\n%swant\n%s", test.src, got, want)
			}
			if !f.Client {
				t.Error("a page or component is no client")
			}
		})
	}
}

func TestMarkup(t *testing.T) {
	for _, test := range []struct{ name, file, src, want string }{
		{"v-html", "a.vue", `<p class="x" v-html="m.text"/>`, `
			exprstmt @1
			  x: element @1 tag="p"
			    attrs: prop @1 name="class"
			      value: lit @1 kind=string value="x"
			    attrs: prop @1 name="v-html"
			      value: member @1 name="text"
			        x: name @1 name="m"`},
		{"spellings of a binding", "a.vue", `<p :src="a" v-bind:href="b" :inner-html.prop="c" v-bind="d" :e/>`, `
			exprstmt @1
			  x: element @1 tag="p"
			    attrs: prop @1 name="src"
			      value: name @1 name="a"
			    attrs: prop @1 name="href"
			      value: name @1 name="b"
			    attrs: prop @1 name="inner-html"
			      value: name @1 name="c"
			    attrs: prop @1 spread=true
			      value: name @1 name="d"
			    attrs: prop @1 name=":e"
			      value: lit @1 kind=bool value="true"`},
		{"spellings of a handler", "a.vue", `<p @click.prevent="f" v-on:input="a = $event"/>`, `
			exprstmt @1
			  x: element @1 tag="p"
			    attrs: prop @1 name="onclick"
			      value: name @1 name="f"
			    attrs: prop @1 name="oninput"
			      value: funclit @1
			        func: func @1
			          params: param @1 name="$event"
			          body: exprstmt @1
			            x: assign @1
			              target: name @1 name="a"
			              value: name @1 name="$event"`},
		{"v-for and v-if", "a.vue", `<ul v-if="a"><li v-for="({ id }, i) of list">{{ id }}</li></ul><p v-else-if="b" :x="1"/><p v-else>{{ c }}</p>{{ d }}`, `
			if @1
			  cond: name @1 name="a"
			  then: loop @1
			    target: object @1
			      props: prop @1 name="id"
			        value: name @1 name="id"
			    iter: name @1 name="list"
			    body: exprstmt @1
			      x: assign @1 decl=let
			        target: name @1 name="i"
			    body: exprstmt @1
			      x: element @1 tag="li"
			        children: name @1 name="id"
			  else: if @1
			    cond: name @1 name="b"
			    then: exprstmt @1
			      x: element @1 tag="p"
			        attrs: prop @1 name="x"
			          value: lit @1 kind=number value="1"
			    else: exprstmt @1
			      x: element @1 tag="p"
			        children: name @1 name="c"
			exprstmt @1
			  x: element @1
			    children: name @1 name="d"`},
		{"character references", "a.vue", `<p v-if="a &amp;&amp; b &lt; &quot;c&quot;" :x="1"/>`, `
			if @1
			  cond: logical @1 op="&&"
			    x: name @1 name="a"
			    y: binary @1 op="<"
			      x: name @1 name="b"
			      y: lit @1 kind=string value="c"
			  then: exprstmt @1
			    x: element @1 tag="p"
			      attrs: prop @1 name="x"
			        value: lit @1 kind=number value="1"`},
		{"an object is no block", "a.vue", `<p :style="{ a: b }"/>`, `
			exprstmt @1
			  x: element @1 tag="p"
			    attrs: prop @1 name="style"
			      value: object @1
			        props: prop @1 name="a"
			          value: name @1 name="b"`},
		{"Svelte's html", "a.svelte", `<p>{@html a.b}</p>`, `
			exprstmt @1
			  x: element @1 tag="@html"
			    children: member @1 name="b"
			      x: name @1 name="a"`},
		{"Svelte's attributes", "a.svelte", `<a href={u} {title} on:click|once={f} alt="x{y}" {...z}>{t}</a>`, `
			exprstmt @1
			  x: element @1 tag="a"
			    attrs: prop @1 name="href"
			      value: name @1 name="u"
			    attrs: prop @1 name="title"
			      value: name @1 name="title"
			    attrs: prop @1 name="onclick"
			      value: name @1 name="f"
			    attrs: prop @1 name="alt"
			      value: template @1
			        parts: lit @1 kind=string value="x"
			        parts: name @1 name="y"
			    attrs: prop @1 spread=true
			      value: name @1 name="z"
			exprstmt @1
			  x: element @1 tag="a"
			    children: name @1 name="t"`},
		{"Svelte's blocks", "a.svelte", `{#if a}{b}{:else if c}<p>{d}</p>{:else}{e}{/if}{#each l as { x }, i (x.id)}{@const y = x}{y}{/each}{#await p}{:then v}{v}{/await}`, `
			if @1
			  cond: name @1 name="a"
			  then: exprstmt @1
			    x: element @1
			      children: name @1 name="b"
			  else: if @1
			    cond: name @1 name="c"
			    then: exprstmt @1
			      x: element @1 tag="p"
			        children: name @1 name="d"
			    else: exprstmt @1
			      x: element @1
			        children: name @1 name="e"
			loop @1
			  target: object @1
			    props: prop @1 name="x"
			      value: name @1 name="x"
			  iter: name @1 name="l"
			  body: exprstmt @1
			    x: assign @1 decl=let
			      target: name @1 name="i"
			  body: exprstmt @1
			    x: assign @1 decl=const
			      target: name @1 name="y"
			      value: name @1 name="x"
			  body: exprstmt @1
			    x: element @1
			      children: name @1 name="y"
			block @1
			  body: exprstmt @1
			    x: await @1
			      x: name @1 name="p"
			  body: exprstmt @1
			    x: assign @1 decl=const
			      target: name @1 name="v"
			      value: await @1
			        x: name @1 name="p"
			  body: exprstmt @1
			    x: element @1
			      children: name @1 name="v"`},
		{"braces of Svelte in strings and comments", "a.svelte", "<p a={'}' + `}` /* } */ + b}/>{", `
			exprstmt @1
			  x: element @1 tag="p"
			    attrs: prop @1 name="a"
			      value: binary @1 op="+"
			        x: binary @1 op="+"
			          x: lit @1 kind=string value="}"
			          y: lit @1 kind=string value="}"
			        y: name @1 name="b"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := lower(t, test.file, test.src)
			check(t, f)
			_, got, _ := strings.Cut(dumped(t, f), "\n") // the line "client"
			if want := shifted(trimmed(test.want), ""); got != want {
				t.Errorf("%s\ngot\n%swant\n%s", test.src, got, want)
			}
		})
	}
}

// Code in markup is at its place in the file.
func TestPositionsInMarkup(t *testing.T) {
	f := lower(t, "a.vue", "<!-- é -->\n<p :title='a.b' @click=\"c(&quot;d&quot;)\">{{ e.f }}</p>\n<script>g(h)</script>")
	var names []string
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Name:
			if text := f.Text(n.Pos); text != n.Name {
				t.Errorf("the name %q is at %q", n.Name, text)
			}
			names = append(names, n.Name)
		case *ir.Lit:
			names = append(names, n.Value)
		}
		return true
	})
	want := []string{"g", "h", "a", "c", "d", "e"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if len(f.Comments) != 1 || f.Comments[0].Text != "<!-- é -->" {
		t.Errorf("got comments %v", f.Comments)
	}
}
