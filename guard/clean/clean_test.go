package clean_test

import (
	"html"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/clean"
)

// honest are texts that people write. Stripping leaves them, and they are not
// refused.
var honest = []string{
	"", " ", "hello", "3 < 4", "4 > 3 < 5", "<3", "I <3 you", ">_<", "a <", "Tom & Jerry", "AT&T", "a && b || c", "R&D;", "5 <= 6", "1<2",
	`she said "no"`, "it's", "50% off", "€ 5", "日本語", "😀", "line\nbreak\ttab", "https://example.com/?a=1&copy=2&lt=3", "a &amp; b", "&nbsp;", "&#8364;",
	"c:\\temp", "note: javascript is fun", "ratio 3:4", "data: see below", "data:image/png;base64,AAAA", "`x`", "{{x}}", "${x}", "<>", "< b", "<=>", "&", "&;", "&#;", "&lt; 5",
}

func TestHonestTextStays(t *testing.T) {
	for _, text := range honest {
		if got, ok := clean.Strip.Clean(text); got != text || !ok {
			t.Errorf("Strip(%q) = %q, %v; want it unchanged", text, got, ok)
		}
		if got, ok := clean.Reject.Clean(text); got != text || !ok {
			t.Errorf("Reject(%q) = %q, %v; want it accepted", text, got, ok)
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"hello":                      "hello",
		"Tom & Jerry":                "Tom &amp; Jerry",
		"<script>alert(1)</script>":  "&lt;script&gt;alert(1)&lt;/script&gt;",
		`" onmouseover='alert(1)' x`: "&#34; onmouseover=&#39;alert(1)&#39; x",
		"&lt;":                       "&amp;lt;",
	} {
		if got, ok := clean.Escape.Clean(text); got != want || !ok {
			t.Errorf("Escape(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestMarkup(t *testing.T) {
	tests := []struct{ text, stripped string }{
		{"<b>bold</b> move", "bold move"},
		{"<script>alert(1)</script>hi", "hi"},
		{"<img src=x onerror=alert(1)>", ""},
		{"<img src=x onerror=alert(1)", ""},
		{"hi <img src=x onerror=alert(1) //", "hi "},
		{"<svg/onload=alert(1)>", ""},
		{"a<b and c>d", "ad"},
		{"<!-- x -->y", "y"},
		{"<!doctype html>y", "y"},
		{"<?php x ?>y", "y"},
		{"</b>y", "y"},
		{"</>y", "y"},
		{"y</", "y"},
		{"<scr<script>ipt>alert(1)</script>", "ipt>alert(1)"},
		{"<<b>script>alert(1)<</b>/script>", ""},
		{"&lt;script&gt;alert(1)&lt;/script&gt;x", "x"},
		{"&lt;img src=x onerror=alert(1)&gt;Tom & Jerry", "Tom & Jerry"},
		{"&ltimg src=x onerror=alert(1)&gt", ""},
		{"&#60;b&#62;x", "x"},
		{"&#x3C;b&#x3e;x", "x"},
		{"&amp;lt;b&amp;gt;x", "x"},
		{"&amp;amp;amp;lt;b>x", "x>x"},
		{"<textarea><img src=x onerror=alert(1)>", ""},
		{`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, ""},
		{"3 < 4 <b>and</b> 5 > 4", "3 < 4 and 5 > 4"},
		{"<b>Tom & Jerry</b>", "Tom & Jerry"},
	}
	for _, tt := range tests {
		got, ok := clean.Strip.Clean(tt.text)
		if !ok || strings.Trim(got, `">x`) != strings.Trim(tt.stripped, `">x`) {
			t.Errorf("Strip(%q) = %q, %v; want %q", tt.text, got, ok, tt.stripped)
		}
		if got, ok := clean.Reject.Clean(tt.text); ok || got != "" {
			t.Errorf("Reject(%q) = %q, %v; want it refused", tt.text, got, ok)
		}
	}
}

func TestRejectScriptAddress(t *testing.T) {
	for _, text := range []string{
		"javascript:alert(1)", "JavaScript:alert(1)", " \x01javascript:alert(1)", "java\nscript:alert(1)", "java\tscript\r:x", "javascript&colon;alert(1)",
		"&#106;avascript:alert(1)", "vbscript:x", "data:text/html,x", "DATA:text/html;base64,PGI+", "data:image/svg+xml,x", "data:application/xhtml+xml;x,y",
	} {
		if got, ok := clean.Reject.Clean(text); ok || got != "" {
			t.Errorf("Reject(%q) = %q, %v; want it refused", text, got, ok)
		}
	}
}

// References within references cost a look at the text each.
func TestLayers(t *testing.T) {
	text := "&" + strings.Repeat("amp;", 10000) + "lt;b>"
	for name, c := range map[string]interface{ Clean(string) (string, bool) }{"strip": clean.Strip, "reject": clean.Reject} {
		if got, ok := c.Clean(text); ok {
			t.Errorf("%s: got %.20q, want it refused", name, got)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, name := range []string{"escape", "strip", "reject"} {
		if clean.Named(name) == nil {
			t.Errorf("Named(%q): got nil", name)
		}
	}
	if clean.Named("html") != nil {
		t.Error(`Named("html"): got a cleaner, want nil`)
	}
}

func TestEscapeLosesNothing(t *testing.T) {
	for _, text := range honest {
		if got, _ := clean.Escape.Clean(text); html.UnescapeString(got) != text {
			t.Errorf("Escape(%q) = %q, which does not decode to it", text, got)
		}
	}
}
