"""The HTTP side of the platform: sign-in and the page, on the port of the
WebSocket server. websockets 10.4 reads GET requests only, so Request reads
them instead, with the library's own header parser."""

import json
from http import HTTPStatus
from pathlib import Path

from websockets.exceptions import InvalidMessage
from websockets.legacy.http import read_headers, read_line
from websockets.legacy.server import WebSocketServerProtocol

PAGE = Path(__file__).resolve().parent.parent / "page"
BODY_BYTES = 4096  # bound of the body of POST /login
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}

# SameSite=Lax keeps the cookie from the sockets of foreign sites, but not from
# those of other ports and sibling hosts, which are the same site.
SESSION_COOKIE = "session={}; Path=/; HttpOnly; SameSite=Lax"


class Request(WebSocketServerProtocol):
    """A connection whose first request may be plain HTTP of any method."""

    method = "GET"
    body = b""

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.accounts = accounts

    async def read_http_request(self):
        try:
            line = (await read_line(self.reader)).decode("ascii")
            self.method, self.path, version = line.split(" ", 2)
            self.request_headers = await read_headers(self.reader)
            if version != "HTTP/1.1":
                raise ValueError("unsupported HTTP version")
            length = int(self.request_headers.get("Content-Length", "0"))
            # A longer body is left unread; login answers 413 and the
            # connection closes.
            self.body = await self.reader.readexactly(length) if 0 <= length <= BODY_BYTES else None
        except Exception as exc:
            raise InvalidMessage("did not receive a valid HTTP request") from exc
        return self.path, self.request_headers

    async def process_request(self, path, request_headers):
        """Answer plain HTTP; None lets the library go on with the upgrade."""
        route = ROUTES.get(path.split("?")[0])
        if route is None:
            return refuse(HTTPStatus.NOT_FOUND, "not found")
        method, handler = route
        if self.method != method:
            return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "method not allowed")
        return handler(self)


def answer(status, body, *headers):
    kind = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return status, kind + list(headers), json.dumps(body).encode()


def refuse(status, reason, *headers):
    return answer(status, {"error": reason}, *headers)


def login(request):
    # A form of a foreign page can't send this type, so it can't sign its
    # visitor in as somebody else.
    kind = request.request_headers.get("Content-Type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        return refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    if request.body is None:
        return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request too large")
    try:
        form = json.loads(request.body)
        user, password = form["user"], form["password"]
    except (ValueError, KeyError, TypeError, RecursionError):
        user = password = None
    if not isinstance(user, str) or not isinstance(password, str):
        return refuse(HTTPStatus.BAD_REQUEST, "send user and password")
    session = request.accounts.sign_in(user, password)
    if session is None:
        return refuse(HTTPStatus.UNAUTHORIZED, "wrong user or password")
    body = {"user": session.user, "token": request.accounts.issue_token(session)}
    return answer(HTTPStatus.OK, body, ("Set-Cookie", SESSION_COOKIE.format(session.cookie)))


def logout(request):
    who = request.accounts.from_headers(request.request_headers)
    if who:
        request.accounts.sign_out(who["sid"])
    removed = ("Set-Cookie", SESSION_COOKIE.format("") + "; Max-Age=0")
    return HTTPStatus.NO_CONTENT, [removed], b""


def whoami(request):
    """What the guard asks as forward_auth."""
    who = request.accounts.from_headers(request.request_headers)
    if who is None:
        return refuse(HTTPStatus.UNAUTHORIZED, "not signed in")
    return answer(HTTPStatus.OK, who)


def healthz(request):
    return answer(HTTPStatus.OK, {"status": "ok"})


def socket(request):
    if "websocket" in request.request_headers.get("Upgrade", "").lower():
        return None
    return refuse(HTTPStatus.UPGRADE_REQUIRED, "this is a WebSocket endpoint", ("Upgrade", "websocket"))


def file(name, kind):
    content = (PAGE / name).read_bytes()
    headers = [("Content-Type", kind), ("Cache-Control", "no-store")]
    return lambda request: (HTTPStatus.OK, headers, content)


ROUTES = {
    "/login": ("POST", login),
    "/logout": ("POST", logout),
    "/whoami": ("GET", whoami),
    "/healthz": ("GET", healthz),
    "/ws": ("GET", socket),
    **{path: ("GET", file(*served)) for path, served in FILES.items()},
}
