package frameworks_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

func TestServersInJavaScript(t *testing.T) {
	check(t, "javascript", []usage{
		// ws
		{"ws.Server()", "endpoint listens kind:ws/server"},
		{"ws.WebSocketServer() .on[connection] 0", "kind:ws/socket"},
		{"ws.WebSocket.Server() .on[connection] 0 .on[message]", "handler:message"},
		{"ws.WebSocketServer() .on[connection] 0 .on[message] 0", "label:message"},
		{"ws.WebSocketServer() .on[connection] 1 .headers .origin", "label:origin"},
		{"ws.WebSocketServer() .on[connection] 1 .headers .Cookie", "label:cookie"},
		{"ws.WebSocketServer() .on[connection] 1 .headers .authorization", "label:header"},
		{"ws.WebSocketServer() .on[connection] 1 .url", "label:query"},
		{"ws.WebSocketServer() .on[connection] 1 .socket .remoteAddress", "label:address"},
		{"ws.WebSocketServer() .on[connection] 1 .session .userId", "by-name"},
		{"ws.WebSocketServer() .clients loop .send", "send"},
		{"ws.WebSocketServer() .clients .forEach{} 0 .readyState", "fact:open"},
		{"ws.WebSocketServer() &verifyClient", "handler:verify"},
		{"ws.WebSocketServer() &verifyClient 0 .origin", "label:origin"},
		{"ws.WebSocketServer() &verifyClient 0 .req .headers .host", "label:host"},
		{"ws.WebSocketServer() &verifyClient 1", "accept"},
		{"ws.WebSocketServer() &handleProtocols", "handler:protocol"},
		{"ws.WebSocketServer() .handleUpgrade", "accept"},
		{"ws.WebSocketServer() .handleUpgrade{} 0 .onmessage= 0 .data", "label:message"},
		{"ws.createWebSocketStream() .on[data] 0", "label:message"},
		{"ws.WebSocket: .addEventListener[message] 0 .data", "label:message"},
		{"ws() .on[message] 0", "label:push"},
		{"ws()", "endpoint connects kind:ws/client"},
		{"wss: .on[connection] 0 .close", "close"},
		{"isomorphic-ws() .onmessage= 0 .data", "label:push"},
		// node
		{"http.createServer() .on[upgrade]", "handler:upgrade"},
		{"https.createServer() .on[upgrade] 0 .headers .origin", "label:origin"},
		{"http.createServer() .on[upgrade] 1 .destroy", "refuse"},
		{"http.Server: .listen", "listens"},
		// socket.io
		{"socket.io.Server()", "endpoint kind:socket.io/server"},
		{"socket.io() .on[connection] 0 .on[chat]", "handler:message typed"},
		{"socket.io() .on[connection] 0 .on[chat] 0", "kind:socket.io/payload label:message"},
		{"socket.io() .on[connection] 0 .on[chat] 3", "label:message"},
		{"socket.io() .on[connection] 0 .on[disconnect]", "handler:close"},
		{"socket.io() .of() .on[connection] 0 .handshake .auth", "label:message.auth"},
		{"socket.io() .on[connection] 0 .handshake .query .token", "label:query"},
		{"socket.io() .on[connection] 0 .handshake .headers .origin", "label:origin"},
		{"socket.io() .on[connection] 0 .request .headers .cookie", "label:cookie"},
		{"socket.io() .on[connection] 0 .handshake .address", "label:address"},
		{"socket.io() .on[connection] 0 .broadcast .emit", "broadcast:all"},
		{"socket.io() .on[connection] 0 .broadcast .to() .emit", "broadcast:room"},
		{"socket.io() .on[connection] 0 .to() .emit", "broadcast:room"},
		{"socket.io() .on[connection] 0 .volatile .emit", "send"},
		{"socket.io() .on[connection] 0 .emit", "send"},
		{"socket.io() .on[connection] 0 .join", "join"},
		{"socket.io() .on[connection] 0 .leave", "leave"},
		{"socket.io() .on[connection] 0 .rooms .has", "fact:member"},
		{"socket.io() .on[connection] 0 .disconnect", "close"},
		{"socket.io() .on[connection] 0 .onAny{} 1", "label:message"},
		{"socket.io() .on[connection] 0 .use{} 1", "next"},
		{"socket.io() .use{}", "handler:middleware"},
		{"socket.io() .use{} 0 .handshake .headers .host", "label:host"},
		{"socket.io() .emit", "broadcast:all"},
		{"socket.io() .sockets .emit", "broadcast:all"},
		{"socket.io() .to() .emit", "broadcast:room"},
		{"socket.io() .in() .except() .emit", "broadcast:room"},
		{"socket.io() .fetchSockets() loop .emit", "send"},
		{"socket.io() &allowRequest 1", "error-accept"},
		{"io: .on[connection] 0 .on[x] 0", "label:message"},
		{"engine.io.attach() .on[connection] 0 .on[message] 0", "label:message"},
		// others over ws
		{"sockjs.createServer() .on[connection] 0 .on[data] 0", "label:message"},
		{"sockjs.createServer() .on[connection] 0 .write", "send"},
		{"faye-websocket()", "accept endpoint kind:faye-websocket/socket"},
		{"faye-websocket() .on[message] 0 .data", "label:message"},
		{"faye-websocket.Client() .on[message] 0 .data", "label:push"},
		{"websocket.server() .on[request] 0 .origin", "label:origin"},
		{"websocket.server() .on[request] 0 .accept()", "accept"},
		{"websocket.server() .on[request] 0 .accept() .on[message] 0 .utf8Data", "label:message"},
		{"websocket.server() .on[request] 0 .reject", "refuse"},
		{"websocket.server() .connections .forEach{} 0 .sendUTF", "send"},
		{"websocket.client() .on[connect] 0 .on[message] 0 .utf8Data", "label:push"},
		{"primus() .on[connection] 0 .on[data] 0", "label:message"},
		{"primus() .authorize{} 0 .headers .cookie", "label:cookie"},
		{"primus() .write", "broadcast:all"},
		{"socketcluster-server.attach() .listener() loop .socket .receiver() loop", "label:message"},
		{"socketcluster-server.attach() .listener() loop .socket .procedure() loop .data", "label:message"},
		{"socketcluster-server.attach() .exchange .transmitPublish", "broadcast:room"},
		{"socketcluster-server.attach() .setMiddleware{} 0 loop .block", "refuse"},
		{"@hapi/hapi.server() .broadcast", "broadcast:all"},
		{"@hapi/hapi.server() .register() &options.onMessage 1", "label:message"},
		{"graphql-ws/use/ws.useServer() &onConnect 0 .connectionParams", "label:message.connectionParams"},
		{"graphql-ws/lib/use/ws#useServer() &onConnect 0 .extra .request .headers .origin", "label:origin"},
		{"subscriptions-transport-ws.SubscriptionServer.create() &onConnect 2 .request .headers .cookie", "label:cookie"},
		{"express() .ws{} 0 .on[message] 0", "label:message"},
		{"express.Router() .ws{} 1 .query", "label:query"},
		{"express() .ws", "endpoint"},
		{"express-ws() .app .ws", "endpoint"},
		{"express-ws() .getWss() .clients loop .send", "send"},
		{"express() .post{} 0 .get() ?Origin", "label:origin"},
		{"express() .listen", "listens"},
		{"fastify() .get", "endpoint"},
		{"fastify() .get() &preValidation 1", "kind:fastify/reply"},
		{"fastify() .get() &wsHandler 0 .socket .on[message] 0", "label:message"},
		{"fastify() .websocketServer .clients loop .send", "send"},
		{"koa-websocket() .ws .use{} 0 .websocket .on[message] 0", "label:message"},
		{"koa() .use{} 0 .ws()", "accept endpoint kind:ws/socket"},
		{"@hono/node-ws.createNodeWebSocket() .upgradeWebSocket", "accept endpoint"},
		{"hono/bun.upgradeWebSocket() &onMessage 0 .data", "label:message"},
		{"hono/bun.upgradeWebSocket() &onMessage 1 .send", "send"},
		{"hono.Hono() .get{} 0 .req .header() ?origin", "label:origin"},
		{"hono.Hono() .get{} 0 .req .query()", "label:query"},
		{"defineWebSocketHandler() &message 1 .text()", "label:message"},
		{"h3.defineWebSocketHandler() &open 0 .request .headers .get() ?cookie", "label:cookie"},
		{"crossws/adapters/node() &hooks.message 0 .publish", "broadcast:room"},
		// runtimes
		{"Bun.serve() &websocket.message 1", "label:message"},
		{"Bun.serve() &fetch 1 .upgrade", "accept"},
		{"Bun.serve() &fetch 0 .headers .get() ?Origin", "label:origin"},
		{"Bun.serve() .publish", "broadcast:room"},
		{"Deno.upgradeWebSocket() .socket .onmessage= 0 .data", "label:message"},
		{"Deno.upgradeWebSocket()", "accept endpoint"},
		{"WebSocketPair() [] .accept", "accept"},
		{"WebSocketPair() .1 .addEventListener[message] 0 .data", "label:message"},
		{"DurableObjectState: .getWebSockets() loop .send", "send"},
		{"uWebSockets.js.App() .ws()", "endpoint"},
		{"uWebSockets.js.App() .ws() &message 1", "label:message"},
		{"uWebSockets.js.App() .ws() &upgrade 1 .getHeader() ?origin", "label:origin"},
		{"uWebSockets.js.App() .ws() &upgrade 0 .upgrade", "accept"},
		{"uWebSockets.js.App() .ws() &open 0 .subscribe", "join"},
		{"elysia.Elysia() .ws() &message 1", "label:message"},
		{"@hocuspocus/server.Server() &onAuthenticate 0 .token", "label:message.token"},
		{"@hocuspocus/server.Server() &onAuthenticate 0 .requestHeaders .origin", "label:origin"},
		{"sharedb() .use[submit] 0 .op", "label:message"},
		{"sharedb() .use[connect] 0 .req .headers .cookie", "label:cookie"},
		{"@feathersjs/socketio()", "endpoint"},
		{"@trpc/server/adapters/ws.applyWSSHandler() &createContext 0 .req .headers .origin", "label:origin"},
	})
}

func TestClassesInJavaScript(t *testing.T) {
	x := frameworks.Builtin().For("javascript")
	one := func(list []*frameworks.Class) *frameworks.Class {
		t.Helper()
		if len(list) != 1 {
			t.Fatalf("got %d classes, want 1", len(list))
		}
		return list[0]
	}
	label := func(c *frameworks.Class, method string, param int, want string) {
		t.Helper()
		h := c.Methods[method]
		if h == nil || len(h.ParamSpecs) <= param || h.ParamSpecs[param].Label != want {
			t.Errorf("%s: parameter %d of %+v is not %q", method, param, h, want)
		}
	}
	nest := one(x.Decorator("@nestjs/websockets.WebSocketGateway"))
	h := nest.MethodDecorators["@nestjs/websockets.SubscribeMessage"]
	if h == nil || h.As != "message" || !h.Typed || !h.Replies || nest.ParamDecoratorSpecs["@nestjs/websockets.MessageBody"].Label != "message" {
		t.Errorf("nestjs: got %+v", nest)
	}
	room := one(x.Base("colyseus.Room"))
	label(room, "onMessage", 1, "message")
	if e := room.SelfKind.Methods["onMessage"]; e == nil || !e.Events["*"].Typed {
		t.Errorf("colyseus: got %+v", e)
	}
	object := one(x.Base("cloudflare:workers.DurableObject"))
	label(object, "webSocketMessage", 1, "message")
	label(one(x.Base("partykit/server.Server")), "onMessage", 0, "message")
	label(one(x.Base("partyserver.Server")), "onMessage", 1, "message")
}

func TestClientsInJavaScript(t *testing.T) {
	check(t, "javascript", []usage{
		{"WebSocket()", "endpoint connects kind:browser/socket"},
		{"WebSocket() .onmessage= 0 .data", "label:push"},
		{"WebSocket() .addEventListener[message] 0 .data", "label:push"},
		{"WebSocket: .readyState", "fact:open"},
		{"WebSocketStream() .opened .readable loop", "label:push"},
		{"socket.io-client.io() .on[chat] 0", "label:push"},
		{"io() .on[chat]", "handler:push typed"},
		{"socket.io-client() .emit{} 0", "label:push"},
		{"socket.io-client.io() .emitWithAck()", "label:push"},
		{"socket.io-client/dist/socket.io.js() .on[chat] 0", "label:push"},
		{"sockjs-client() .onmessage= 0 .data", "label:push"},
		{"SockJS() .onmessage= 0 .data", "label:push"},
		{"reconnecting-websocket() .addEventListener[message] 0 .data", "label:push"},
		{"partysocket() .onmessage= 0 .data", "label:push"},
		{"react-use-websocket() .lastJsonMessage", "label:push"},
		{"react-use-websocket() .lastMessage .data", "label:push"},
		{"react-use-websocket() &onMessage 0 .data", "label:push"},
		{"@vueuse/core.useWebSocket() .data .value", "label:push"},
		{"rxjs/webSocket.webSocket() .subscribe{} 0", "label:push"},
		{"rxjs/webSocket.webSocket() .pipe() .subscribe{} 0", "label:push"},
		{"phoenix.Socket() .channel() .on[new_msg] 0", "label:push"},
		{"phoenix.Socket() .channel() .join() .receive{} 0", "label:push"},
		{"@rails/actioncable.createConsumer() .subscriptions .create() &received 0", "label:push"},
		{"@microsoft/signalr.HubConnectionBuilder() .withUrl() .withAutomaticReconnect() .build() .on[Receive] 1", "label:push"},
		{"@microsoft/signalr.HubConnection: .invoke()", "label:push"},
		{"@stomp/stompjs.Client() .subscribe{} 0 .body", "label:push"},
		{"Stomp.over() .subscribe{} 0 .body", "label:push"},
		{"centrifuge.Centrifuge() .newSubscription() .on[publication] 0 .data", "label:push"},
		{"pusher-js() .subscribe() .bind[x] 0", "label:push"},
		{"window.Echo .channel() .listen[X] 0", "label:push"},
		{"colyseus.js.Client() .joinOrCreate() .onMessage[x] 0", "label:push"},
		{"RTCPeerConnection() .createDataChannel() .onmessage= 0 .data", "label:push"},
		{"RTCPeerConnection() .ondatachannel= 0 .channel .onmessage= 0 .data", "label:push"},
		{"peerjs.Peer() .on[connection] 0 .on[data] 0", "label:push"},
		{"simple-peer() .on[data] 0", "label:push"},
		{"graphql-ws.createClient() .iterate() loop", "label:push"},
		{"socketcluster-client.create() .subscribe() loop", "label:push"},
	})
}

func TestSinksInJavaScript(t *testing.T) {
	check(t, "javascript", []usage{
		{"eval()", "sink:code"},
		{"Function()", "sink:code"},
		{"setTimeout()", "sink:code schedule:once"},
		{"setInterval()", "schedule:repeat"},
		{"RegExp()", "sink:regexp"},
		{"node:child_process#exec()", "sink:command"},
		{"child_process.spawn()", "sink:command"},
		{"execa.execa()", "sink:command"},
		{"node-pty.spawn() .write", "kind:js-process/terminal"},
		{"node:fs/promises#readFile()", "sink:path"},
		{"fs.promises.unlink()", "sink:path act:delete"},
		{"fs.readFileSync()", "sink:path"},
		{"fetch()", "sink:request"},
		{"axios.get()", "sink:request"},
		{"axios.create() .post", "sink:request"},
		{"http.request()", "sink:request"},
		{"ejs.render()", "sink:template"},
		{"handlebars.compile()", "sink:template"},
		{"vm.runInNewContext()", "sink:code"},
		{"vm2.VM() .run", "sink:code"},
		{"mathjs.evaluate()", "sink:expression"},
		{"jsonpath.query()", "sink:expression"},
		{"node-serialize.unserialize()", "sink:deserialize"},
		{"js-yaml.load()", "sink:deserialize"},
		{"js-yaml.safeLoad()", "parse:schema"},
		{"lodash/merge()", "sink:merge"},
		{"lodash.defaultsDeep()", "sink:merge"},
		{"lodash-es#merge()", "sink:merge"},
		{"Object.assign()", "sink:merge"},
		{"deepmerge()", "sink:merge"},
		{"console.log()", "sink:log"},
		{"winston.createLogger() .info", "sink:log"},
		{"log4js.getLogger() .warn", "sink:log"},
		{"pino() .child()", "kind:js-loggers/json"},
		// databases
		{"mongodb.MongoClient() .db() .collection() .findOne()", "sink:nosql act:read label:record"},
		{"mongodb.Collection: .deleteOne", "sink:nosql act:delete"},
		{"mongoose.model() .findById()", "act:read label:record"},
		{"mongoose.model() .updateOne", "sink:nosql act:write"},
		{"@prisma/client.PrismaClient() .user .findUnique()", "act:read label:record"},
		{"@prisma/client.PrismaClient() .$queryRawUnsafe()", "sink:sql"},
		{"@prisma/client.PrismaClient() .$queryRaw()", "act:sql"},
		{"pg.Pool() .query()", "sink:sql act:sql label:record"},
		{"mysql2/promise#createPool() .execute", "sink:sql"},
		{"better-sqlite3() .prepare", "sink:sql"},
		{"sqlite3.verbose() .Database() .run", "sink:sql"},
		{"knex() .raw", "sink:sql"},
		{"sequelize.Sequelize() .query", "sink:sql"},
		{"sequelize.Sequelize() .define() .destroy", "act:delete"},
		{"typeorm.Repository: .createQueryBuilder() .where", "sink:sql"},
		{"drizzle-orm.sql.raw()", "sink:sql"},
		{"ioredis() .del", "act:delete"},
		{"firebase-admin.firestore() .collection() .doc() .delete", "act:delete"},
		{"*.findById()", "act:read label:record"},
		{"*.deleteOne()", "act:delete"},
		{"*.updateOne()", "act:write"},
		{"*.query()", "sink:sql act:sql"},
		// browsers
		{"document.write()", "sink:html"},
		{"document.getElementById() .innerHTML", "sink:html"},
		{"document.getElementById() .src", "sink:address"},
		{"document.createElement() .insertAdjacentHTML", "sink:html"},
		{"document .body .outerHTML", "sink:html"},
		{"document.createRange() .createContextualFragment", "sink:html"},
		{"jquery() .html", "sink:html"},
		{"jquery() .append", "sink:html"},
		{"jquery()", "sink:html"},
		{"*.insertAdjacentHTML()", "sink:html"},
		{"window.open()", "sink:address"},
		{"location.assign()", "sink:address"},
		{"window.location", "sink:address"},
		{"window.location.href", "sink:address label:page"},
		{"location .hash", "label:page"},
		{"lit/directives/unsafe-html.js.unsafeHTML()", "sink:html"},
	})
	x := frameworks.Builtin().For("javascript")
	for _, name := range []string{"innerHTML", "outerHTML", "srcdoc", "src", "href"} {
		if p := x.UnknownProp(name); p == nil || p.Sink == "" {
			t.Errorf("*.%s is no sink", name)
		}
	}
	for attribute, want := range map[string]string{"div.dangerouslySetInnerHTML": "html", "p.v-html": "html", "@html.*": "html", "iframe.src": "address", "a.href": "address", "img.src": "", "div.*": ""} {
		tag, name, _ := strings.Cut(attribute, ".")
		got := ""
		if p := x.Attribute(tag, name); p != nil {
			got = p.Sink
		}
		if got != want {
			t.Errorf("attribute %s: got sink %q, want %q", attribute, got, want)
		}
	}
}

func TestGuardsInJavaScript(t *testing.T) {
	check(t, "javascript", []usage{
		{"JSON.parse()", "parse:json"},
		{"parseInt()", "type:integer"},
		{"URL() .searchParams", "kind:url/params receiver"},
		{"node:url#URL() .protocol", "fact:scheme"},
		{"url.parse() .query", "kind:url/fields receiver"},
		{"window.addEventListener()", "nothing"},
		{"dompurify.sanitize()", "closes:html,script"},
		{"window.DOMPurify.sanitize()", "closes:html,script"},
		{"isomorphic-dompurify#sanitize()", "closes:html,script"},
		{"sanitize-html()", "closes:html,script"},
		{"escape-html()", "closes:html"},
		{"lodash/escape()", "closes:html"},
		{"encodeURIComponent()", "closes:html,address,request,path"},
		{"path.basename()", "closes:path"},
		{"zod.z.object() .safeParse()", "parse:schema validates:result"},
		{"zod.object() .strict() .parse", "validates:throw"},
		{"zod.z.string() .uuid", "type:uuid"},
		{"zod.z.discriminatedUnion() .parse", "validates:throw"},
		{"zod/v4#z.object() .parse", "validates:throw"},
		{"joi.object() .keys .validate", "validates:result"},
		{"@hapi/joi#object() .validate", "validates:result"},
		{"yup.object() .validateSync", "validates:throw"},
		{"ajv() .compile()", "kind:js-validators/ajv-check"},
		{"superstruct.assert()", "validates:throw"},
		{"valibot.safeParse()", "validates:result"},
		{"@sinclair/typebox/value.Value.Check()", "validates:bool"},
		{"validator.isEmail()", "fact:type"},
		{"validator/lib/isEmail()", "fact:type"},
		{"jsonwebtoken.verify()", "auth:verify-token"},
		{"jsonwebtoken.decode()", "auth:decode-token"},
		{"jose.jwtVerify() .payload", "label:identity"},
		{"jwt-decode.jwtDecode()", "auth:decode-token"},
		{"passport.authenticate()", "middleware:identity"},
		{"firebase-admin.auth() .verifyIdToken", "auth:verify-token"},
		{"@supabase/supabase-js.createClient() .auth .getUser() .data .user", "label:identity"},
		{"cookie.parse()", "nothing"},
		{"bcryptjs#compare()", "auth:password"},
		{"crypto.timingSafeEqual()", "compares:constant-time"},
		{"crypto.createHmac() .update() .digest()", "label:secret"},
		{"rate-limiter-flexible.RateLimiterMemory() .consume", "demands:rate"},
		{"limiter.RateLimiter() .tryRemoveTokens", "fact:rate"},
		{"express-rate-limit()", "middleware:rate"},
		{"process.exit()", "act:privileged never"},
		{"express() .get{} 0 .logout", "revokes:logout"},
	})
	x := frameworks.Builtin().For("javascript")
	for name, want := range map[string]string{"$": "jquery", "_": "lodash", "jwt": "jsonwebtoken", "z": "zod.z", "DOMPurify": "dompurify", "anything": "anything"} {
		if got := x.Global(name); got != want {
			t.Errorf("Global(%q): got %q, want %q", name, got, want)
		}
	}
	// What says nothing must not be taken for something that does.
	for _, name := range []string{"get", "set", "has", "delete", "add", "push", "map", "filter", "forEach", "create", "save", "remove", "update", "insert", "on", "emit", "send", "write", "close", "parse", "validate", "verify"} {
		e := x.UnknownMethod(name)
		if e != nil && !e.Statement && e.If == nil {
			t.Errorf("*.%s means something on any value: %+v", name, e)
		}
	}
}
