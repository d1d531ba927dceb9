"""Accounts, sessions and tokens: the part of the platform that is not flawed,
but for what sign_out does not reach."""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import time

SESSION_SECONDS = 8 * 60 * 60
TOKEN_SECONDS = 15 * 60


class Session:
    """One sign-in. The cookie is the secret; the id is public."""

    def __init__(self, user):
        self.id = secrets.token_hex(8)
        self.cookie = secrets.token_hex(32)
        self.user = user
        self.expires = int(time.time()) + SESSION_SECONDS


class Accounts:
    def __init__(self, platform, secret):
        self._issuer = platform["issuer"]
        self._audience = platform["audience"]
        self._secret = (secret or platform["demo_secret"]).encode()
        self._accounts = {a["user"]: a for a in platform["accounts"]}
        self._by_cookie = {}
        self._by_id = {}

    def sign_in(self, user, password):
        """Start a session; None when user and password do not match."""
        account = self._accounts.get(user)
        want = account["password"] if account else ""
        right = hmac.compare_digest(_digest(password), _digest(want))
        if not account or not right:
            return None
        for old in list(self._by_id.values()):
            if old.expires <= time.time():
                self._forget(old)
        session = Session(user)
        self._by_cookie[session.cookie] = session
        self._by_id[session.id] = session
        return session

    def sign_out(self, session_id):
        """End the session with this public id.

        FLAW WS206: no open connection hears of it. FLAW WS205: none looks again.
        """
        session = self._by_id.get(session_id)
        if session:
            self._forget(session)

    def _forget(self, session):
        self._by_cookie.pop(session.cookie, None)
        self._by_id.pop(session.id, None)

    def issue_token(self, session):
        """Return a token, valid for 15 minutes and no longer than the session."""
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            **self._claims_of(session),
            "jti": secrets.token_hex(8),
            "iat": now,
            "exp": min(session.expires, now + TOKEN_SECONDS),
        }
        text = f'{_encode({"alg": "HS256", "typ": "JWT"})}.{_encode(claims)}'
        return f"{text}.{_base64(self._mac(text))}"

    def _claims_of(self, session):
        account = self._accounts[session.user]
        return {
            "sub": account["user"],
            "name": account["name"],
            "roles": account["roles"],
            "sid": session.id,
            "exp": session.expires,
        }

    def from_headers(self, headers):
        """Who sends the request, by Authorization or else its cookie, or None."""
        authorization = _first(headers, "Authorization")
        if authorization:
            scheme, _, token = authorization.partition(" ")
            return self.from_token(token) if scheme.lower() == "bearer" else None
        cookies = "; ".join(headers.get_all("Cookie"))
        match = re.search(r"(?:^|;)\s*session=([^;\s]*)", cookies)
        return self._from_cookie(match[1]) if match else None

    def _from_cookie(self, value):
        session = self._by_cookie.get(value)
        if not session or session.expires <= time.time():
            return None
        return self._claims_of(session)

    def from_token(self, token):
        """Verify the token and that its session still lives, or return None."""
        claims = self._verify(token)
        if not claims or claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            return None
        if claims["exp"] <= time.time():
            return None
        session = self._by_id.get(claims["sid"])
        if not session or session.user != claims["sub"]:
            return None
        return {name: claims[name] for name in ("sub", "name", "roles", "sid", "jti", "exp")}

    def _verify(self, token):
        try:
            header, payload, signature = token.encode("ascii").split(b".")
            # The algorithm is ours to choose, not the token's: "none" and all
            # others are refused (RFC 8725, section 3.1).
            if json.loads(_unbase64(header)).get("alg") != "HS256":
                return None
            want = self._mac((header + b"." + payload).decode())
            if not hmac.compare_digest(_unbase64(signature), want):
                return None
            return json.loads(_unbase64(payload))
        except (ValueError, AttributeError, binascii.Error):
            return None

    def _mac(self, text):
        return hmac.new(self._secret, text.encode(), hashlib.sha256).digest()


def _first(headers, name):
    values = headers.get_all(name)
    return values[0] if values else None


def _digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _encode(value):
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(data):
    return base64.b64decode(data + b"=" * (-len(data) % 4), altchars=b"-_", validate=True)
