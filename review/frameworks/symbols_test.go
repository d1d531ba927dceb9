package frameworks_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

// globals are what JavaScript has without an import, as far as packs name it.
const globals = `
	ArrayBuffer Array BigInt Boolean BroadcastChannel Buffer CloseEvent Console DataView Date Document DocumentFragment Element EventSource Function
	HTMLAnchorElement HTMLDivElement HTMLDocument HTMLElement HTMLFormElement HTMLIFrameElement HTMLImageElement HTMLInputElement HTMLScriptElement HTMLSpanElement
	Headers JSON Math MessageEvent MessagePort MozWebSocket Number Object Promise Range Reflect RegExp Request Response RTCDataChannel RTCDataChannelEvent
	RTCPeerConnection ShadowRoot SharedWorker String TextDecoder TextEncoder URL URLSearchParams Uint8Array WebSocket WebSocketStream Window Worker
	addEventListener atob btoa clearImmediate clearInterval clearTimeout console decodeURI decodeURIComponent document encodeURI encodeURIComponent escape eval execScript
	fetch global globalThis import importScripts isFinite isNaN localStorage location module mozRTCPeerConnection navigator parent parseFloat parseInt performance postMessage
	process queueMicrotask requestAnimationFrame requestIdleCallback require self sessionStorage setImmediate setInterval setTimeout structuredClone top unescape
	webkitRTCPeerConnection window
	Bun Deno DurableObjectState DurableObjectStorage ServerWebSocket WebSocketPair
	$fetch ActionCable Centrifuge Colyseus Echo Faye JQuery PartySocket Peer Primus Pusher ReconnectingWebSocket SimplePeer SocketIOClient
	SockJS Stomp StompJs Vue WebSocketServer defineWebSocketHandler doT io signalR socketCluster socketClusterClient`

// around are modules that packs of WebSocket frameworks describe, but that make
// no file worth reading.
const around = `
	@hapi/hapi aws-lambda aws-sdk @hono/node-server @hono/zod-openapi @koa/router @nestjs/common @nestjs/jwt @nestjs/throttler @std/http h3 hono
	https://deno.land/std/http/server.ts koa koa-router nitro nitro/h3`

// A symbol of no module that a pack names is a slip of the pen: it never
// resolves, and nobody notices.
func TestSymbolsInJavaScript(t *testing.T) {
	set, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for name := range strings.FieldsSeq(globals + around) {
		known[name] = true
	}
	for _, p := range set.For("javascript").Packs {
		for _, m := range p.Modules {
			known[strings.TrimSuffix(m, "/*")] = true
		}
	}
	check := func(p *frameworks.Pack, symbol string) {
		if strings.HasPrefix(symbol, "*.") || strings.HasPrefix(symbol, "**.") || strings.HasSuffix(symbol, "()") {
			return
		}
		for end := len(symbol); end > 0; end = strings.LastIndexAny(symbol[:end], "./") {
			if known[symbol[:end]] {
				return
			}
		}
		t.Errorf("%s.yaml: %q is of no module that a pack names", p.Name, symbol)
	}
	for _, p := range set.For("javascript").Packs {
		for symbol := range p.Calls {
			check(p, symbol)
		}
		for symbol := range p.Props {
			check(p, symbol)
		}
		for _, k := range p.Kinds {
			for _, symbol := range k.Types {
				check(p, symbol)
			}
		}
		for _, c := range p.Classes {
			for _, symbol := range c.Bases {
				check(p, symbol)
			}
		}
		for _, to := range p.Globals {
			check(p, to)
		}
		for _, to := range p.Aliases {
			if to != "*" {
				check(p, strings.TrimRight(to, "*./"))
			}
		}
	}
}

// An alias that leads to a symbol under its own name would hide it: packs
// describe the module that aliases lead to.
func TestAliasesInJavaScript(t *testing.T) {
	x := frameworks.Builtin().For("javascript")
	for _, p := range x.Packs {
		for symbol := range p.Calls {
			for _, other := range x.Packs {
				for from := range other.Aliases {
					if !strings.Contains(from, "*") && strings.HasPrefix(symbol, from+".") && x.Module(from) != from {
						t.Errorf("%s.yaml: %q is never met: %q is known as %q", p.Name, symbol, from, x.Module(from))
					}
				}
			}
		}
	}
}
