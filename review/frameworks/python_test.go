package frameworks_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

func TestServersInPython(t *testing.T) {
	check(t, "python", []usage{
		// websockets, old and new
		{"websockets.serve()", "endpoint listens kind:websockets/server"},
		{"websockets.serve() &process_request", "handler:verify"},
		{"websockets.serve() &process_request 0 .respond", "refuse"},
		{"websockets.serve() &process_request 1 .headers .Origin", "label:origin"},
		{"websockets.serve() &process_request %request_headers .get() ?origin", "label:origin"},
		{"websockets.serve() &process_request %path", "label:query"},
		{"websockets.server.serve() .websockets loop .send", "send"},
		{"websockets.asyncio.server.serve() .connections loop", "kind:websockets/socket"},
		{"websockets.asyncio.server.ServerConnection: loop", "label:message"},
		{"websockets.ServerConnection: .recv", "receive"},
		{"websockets.ServerConnection: .request .headers .Cookie", "label:cookie"},
		{"websockets.ServerConnection: .request .path", "label:query"},
		{"websockets.WebSocketServerProtocol: .request_headers .Host", "label:host"},
		{"websockets.WebSocketServerProtocol: .path", "label:query"},
		{"websockets.WebSocketServerProtocol: .remote_address", "label:address"},
		{"websockets.WebSocketServerProtocol: .closed", "fact:!open"},
		{"websockets.WebSocketServerProtocol!process_request 0", "label:query"},
		{"websockets.broadcast()", "broadcast:all"},
		{"websockets.basic_auth()", "demands:identity"},
		{"websockets.connect() .recv()", "receive label:push"},
		{"websockets.connect() loop", "label:push"},
		{"websocket: .receive_json()", "parse:json label:message"},
		{"ws: loop", "label:message"},
		// Starlette and FastAPI
		{"fastapi.FastAPI: .websocket@", "handler:connection"},
		{"fastapi.APIRouter: .websocket@ %room", "label:query"},
		{"fastapi.APIRouter: .websocket", "endpoint"},
		{"*.websocket@ %websocket .accept", "accept"},
		{"fastapi.WebSocket: .receive_text()", "receive label:message"},
		{"fastapi.WebSocket: .iter_json() loop", "label:message"},
		{"fastapi.WebSocket: .headers .get() ?origin", "label:origin"},
		{"starlette.websockets.WebSocket: .cookies .get()", "label:cookie"},
		{"starlette.websockets.WebSocket: .session .user_id", "by-name"},
		{"starlette.websockets.WebSocket: .user .is_authenticated", "fact:identity"},
		{"starlette.websockets.WebSocket: .send_denial_response", "refuse"},
		{"starlette.websockets.WebSocket: .client", "label:address"},
		{"starlette.endpoints.WebSocketEndpoint!on_receive 1", "label:message"},
		{"starlette.routing.WebSocketRoute()", "endpoint"},
		{"fastapi.Depends()", "injects"},
		{"fastapi.Query()", "label:query"},
		{"fastapi.Cookie()", "label:cookie"},
		{"fastapi.Header() ?origin", "label:origin"},
		{"starlette.middleware.trustedhost.TrustedHostMiddleware()", "covers"},
		{"uvicorn.run()", "listens covers"},
		// aiohttp
		{"aiohttp.web.WebSocketResponse()", "endpoint kind:aiohttp/socket"},
		{"aiohttp.web.WebSocketResponse() .prepare", "accept"},
		{"aiohttp.web.WebSocketResponse() loop .data", "label:message"},
		{"aiohttp.web.WebSocketResponse() .receive() .json()", "parse:json label:message"},
		{"aiohttp.web.Request: .headers .Origin", "label:origin"},
		{"aiohttp.web.Request: .match_info", "label:query"},
		{"aiohttp.web.Application: .router .add_get{} 0", "kind:aiohttp/request"},
		{"aiohttp.web.RouteTableDef: .get@ 0 .cookies .get()", "label:cookie"},
		{"aiohttp.ClientSession: .ws_connect() loop .data", "label:push"},
		{"aiohttp.ClientSession: .get", "sink:request"},
		{"aiohttp.web.run_app()", "listens"},
		// Tornado
		{"tornado.websocket.WebSocketHandler!check_origin 0", "label:origin"},
		{"tornado.websocket.WebSocketHandler!check_origin", "handler:origin"},
		{"tornado.websocket.WebSocketHandler!on_message 0", "label:message"},
		{"tornado.websocket.WebSocketHandler!open 3", "label:query"},
		{"terminado.TermSocket!on_message", "handler:message"},
		{"tornado.websocket.WebSocketHandler: .get_secure_cookie()", "auth:load-session fact:identity label:identity"},
		{"tornado.websocket.WebSocketHandler: .get_argument()", "label:query"},
		{"tornado.websocket.WebSocketHandler: .request .headers .Origin", "label:origin"},
		{"tornado.websocket.WebSocketHandler: .current_user", "fact:identity kind:python-web/user"},
		{"tornado.websocket.WebSocketHandler: .write_message", "send"},
		{"tornado.web.authenticated()", "demands:identity"},
		{"tornado.web.Application()", "covers"},
		{"tornado.websocket.websocket_connect() .read_message()", "label:push"},
		{"sockjs.tornado.SockJSConnection!on_message 0", "label:message"},
		{"sockjs.tornado.SockJSConnection: .broadcast", "broadcast:all"},
		// Channels
		{"channels.generic.websocket.AsyncWebsocketConsumer!connect", "handler:connection"},
		{"channels.generic.websocket.WebsocketConsumer!receive %text_data", "label:message"},
		{"channels.generic.websocket.JsonWebsocketConsumer!receive_json 0", "label:message"},
		{"channels.generic.websocket.WebsocketConsumer: .scope .user .is_anonymous", "fact:!identity"},
		{"channels.generic.websocket.WebsocketConsumer: .scope .url_route", "label:query"},
		{"channels.generic.websocket.WebsocketConsumer: .channel_layer .group_add", "join"},
		{"channels.generic.websocket.WebsocketConsumer: .channel_layer .group_discard", "leave"},
		{"channels.generic.websocket.WebsocketConsumer: .channel_layer .group_send", "broadcast:room"},
		{"channels.layers.get_channel_layer() .group_send", "broadcast:room"},
		{"channels.security.websocket.AllowedHostsOriginValidator()", "covers"},
		// Socket.IO
		{"socketio.AsyncServer()", "endpoint kind:python-socketio/server"},
		{"socketio.Server() .on[chat] 1", "label:message"},
		{"socketio.Server() .on[chat]", "handler:message typed"},
		{"socketio.Server() .event[connect] 1 .HTTP_ORIGIN", "label:origin"},
		{"socketio.Server() .event[connect] 1 .get() ?HTTP_COOKIE", "label:cookie"},
		{"socketio.Server() .emit", "broadcast:all"},
		{"socketio.Server() .enter_room", "join"},
		{"socketio.Namespace!on_* 1", "label:message"},
		{"socketio.Client() .on[x] 0", "label:push"},
		{"flask_socketio.SocketIO() .on[x] 0", "label:message"},
		{"flask_socketio.SocketIO() .on[connect]", "handler:connection"},
		{"flask_socketio.emit()", "send"},
		{"flask_socketio.join_room()", "join"},
		{"flask.request .args .get()", "lookup"},
		{"flask.request .headers .get() ?Origin", "label:origin"},
		{"flask.session .get() ?user_id", "by-name"},
		{"flask_login.current_user .is_authenticated", "fact:identity"},
		// others
		{"flask_sock.Sock: .route@ 0 .receive()", "label:message"},
		{"flask_sockets.Sockets: .route@ 0 .handler .server .clients .values() loop .ws .send", "send"},
		{"geventwebsocket.WebSocketApplication!on_message 0", "label:message"},
		{"sanic.Sanic: .websocket@ 1 .recv()", "label:message"},
		{"sanic.Sanic: .websocket@ 0 .headers .origin", "label:origin"},
		{"quart.websocket .receive()", "label:message"},
		{"quart.websocket .headers .Origin", "label:origin"},
		{"quart.Quart: .before_websocket@", "handler:middleware"},
		{"litestar.websocket_listener@ %data", "label:message"},
		{"litestar.handlers.websocket@ %socket .receive_json()", "label:message"},
		{"autobahn.asyncio.websocket.WebSocketServerProtocol!onMessage 0", "label:message"},
		{"autobahn.asyncio.websocket.WebSocketServerProtocol!onConnect 0 .origin", "label:origin"},
		{"ws4py.websocket.WebSocket!received_message 0 .data", "label:message"},
		{"websocket.WebSocketApp() &on_message 1", "label:push"},
		{"websocket.create_connection() .recv()", "label:push"},
		{"websocket_server.WebsocketServer() .set_fn_message_received{} 2", "label:message"},
		{"robyn.Robyn: .websocket@ 0 .receive_text()", "label:message"},
	})
}

func TestLibrariesInPython(t *testing.T) {
	check(t, "python", []usage{
		{"os.system()", "sink:command"},
		{"subprocess.run()", "sink:command argv:shell"},
		{"asyncio.create_subprocess_exec()", "sink:command argv:always"},
		{"sqlite3.connect() .cursor() .execute", "sink:sql act:sql"},
		{"asyncpg.create_pool() .fetchrow()", "label:record"},
		{"cursor: .execute", "sink:sql"},
		{"sqlalchemy.text()", "sink:sql"},
		{"sqlalchemy.orm.Session: .query() .filter() .delete", "act:delete"},
		{"sqlalchemy.delete() .where", "act:delete closes:sql"},
		{"django.db.models.Model.objects .filter() .delete", "act:delete"},
		{"django.db.models.Model.objects .aget() .adelete", "act:delete"},
		{"django.db.models.Model.objects .raw", "sink:sql"},
		{"motor.motor_asyncio.AsyncIOMotorClient: .app .users .find_one", "sink:nosql act:read"},
		{"pymongo.MongoClient: [] [] .delete_many", "sink:nosql act:delete"},
		{"redis.asyncio.from_url() .getdel", "auth:redeem-ticket"},
		{"open()", "sink:path"},
		{"pathlib.Path() .joinpath() .read_text", "sink:path"},
		{"os.path.basename()", "closes:path"},
		{"requests.get()", "sink:request"},
		{"httpx.AsyncClient: .stream", "sink:request"},
		{"pickle.loads()", "sink:deserialize parse:binary"},
		{"yaml.safe_load()", "parse:json"},
		{"json.loads()", "parse:json"},
		{"jinja2.Environment: .from_string", "sink:template"},
		{"re.match()", "sink:regexp match:prefix"},
		{"re.compile() .fullmatch", "match:full"},
		{"re.escape()", "closes:regexp,backtrack"},
		{"urllib.parse.urlparse() .scheme", "fact:scheme"},
		{"pydantic.BaseModel.model_validate_json()", "parse:json validates:throw"},
		{"jsonschema.validate()", "validates:throw"},
		{"marshmallow.Schema: .load", "validates:throw"},
		{"jwt.decode()", "auth:verify-token fact:signature label:identity"},
		{"jwt.get_unverified_header()", "auth:decode-token"},
		{"hmac.compare_digest()", "compares:constant-time"},
		{"html.escape()", "closes:html,template"},
		{"bleach.clean()", "closes:html,template"},
		{"logging.getLogger() .warning", "sink:log"},
		{"logger: .info", "sink:log"},
		{"limits.strategies.FixedWindowRateLimiter: .hit", "fact:rate"},
		{"aiolimiter.AsyncLimiter: .acquire", "demands:rate"},
		{"asyncio.wait_for()", "bounds:idle arg"},
		{"threading.Timer()", "schedule:once"},
		{"sys.exit()", "never"},
		{"traceback.format_exc()", "label:stack"},
		{"os.environ .ORIGINS", "kind:python-builtins/config"},
		{"os.getenv() .split()", "kind:python-builtins/config"},
	})
}

// What holds where the program says nothing decides most of the findings about
// origins and sizes.
func TestDefaults(t *testing.T) {
	tests := []struct {
		pack, origin string
		bytes        int64
	}{
		{"websockets", "none", 1 << 20},
		{"fastapi", "none", 16 << 20},
		{"starlette", "none", 16 << 20},
		{"aiohttp", "none", 4 << 20},
		{"tornado", "same-host", 10 << 20},
		{"channels", "none", 1 << 20},
		{"python-socketio", "same-host", 1_000_000},
		{"flask-socketio", "same-host", 1_000_000},
		{"sanic", "none", 1 << 20},
		{"quart", "none", 16 << 20},
		{"flask-sock", "none", -1},
		{"autobahn", "none", -1},
		{"gorilla", "same-host", -1},
		{"coder-websocket", "same-host", 32 << 10},
		{"gobwas", "none", -1},
		{"xnet-websocket", "present", 32 << 20},
		{"melody", "none", 512},
		{"centrifuge", "same-host", 64 << 10},
		{"gws", "none", 16 << 20},
		{"nbio", "same-host", 4 << 20},
		{"fasthttp", "same-host", -1},
		{"fiber", "none", -1},
		{"go-socket.io", "same-host", -1},
		{"zishang520-socket.io", "none", 1_000_000},
		{"sockjs-go", "same-host", -1},
	}
	set, err := frameworks.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		p := set.Pack(tt.pack)
		if p == nil {
			t.Errorf("there is no pack %q", tt.pack)
			continue
		}
		if p.Defaults.Origin != tt.origin || p.Defaults.MessageBytes != tt.bytes {
			t.Errorf("%s: got origin %q and %d bytes, want %q and %d", tt.pack, p.Defaults.Origin, p.Defaults.MessageBytes, tt.origin, tt.bytes)
		}
	}
}
