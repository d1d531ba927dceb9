#!/usr/bin/env python3
"""The guide's trading platform with its flaws, on Python and websockets.

Vulnerable on purpose, therefore on loopback only. Each flaw has a comment FLAW
with its weakness id; ../PROTOCOL.md says what is spoken.

    python3 server.py [--port N] [--trust-guard]
"""

import argparse
import asyncio
import functools
import json
import os
import signal
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

try:
    from websockets.exceptions import ConnectionClosed
    from websockets.legacy.protocol import broadcast
    from websockets.legacy.server import serve
except ImportError:
    sys.exit("trading: websockets is missing: apt-get install -y python3-websockets")

from accounts import Accounts
from market import Market
from web import Request


class Platform:
    def __init__(self, secret, trust_guard):
        text = (Path(__file__).resolve().parent.parent / "platform.json").read_text()
        platform = json.loads(text)
        self.accounts = Accounts(platform, secret)
        self.market = Market(platform)
        self.trust_guard = trust_guard
        self.clients = set()
        self.channels = {}  # name -> the connections that listen

    def user_of(self, ws):
        """Who opens the connection; None is anonymous."""
        named = ws.request_headers.get_all("Wswarden-User")
        if self.trust_guard and named and named[0]:
            return named[0]
        # FLAW WS202: a token that lives for minutes travels in the URL, and
        # stays in the logs of every proxy on the way.
        token = parse_qs(urlsplit(ws.path).query).get("token")
        who = self.accounts.from_token(token[0]) if token else self.accounts.from_headers(ws.request_headers)
        return who["sub"] if who else None

    async def connection(self, ws):
        # FLAW WS201: who is nobody is served all the same.
        # FLAW WS703, WS209: nothing counts connections, none ends by age.
        user = self.user_of(ws)
        self.clients.add(ws)
        try:
            await send(ws, {"type": "welcome", "user": user})
            # FLAW WS702: as many messages a second as the client can send.
            async for data in ws:
                await self.receive(ws, user, data)
        except ConnectionClosed:
            pass
        finally:
            self.clients.discard(ws)
            for channel in list(self.channels):
                self.leave(ws, channel)

    async def receive(self, ws, user, data):
        try:
            msg = json.loads(data, parse_constant=no_constant)
            if not isinstance(msg, dict) or not isinstance(msg.get("type"), str):
                raise ValueError("not an object with a type")
            await self.handle(ws, user, msg, data)
        except (ValueError, RecursionError):  # no JSON, or nothing that JSON can say again
            await refuse(ws, "invalid message")

    async def handle(self, ws, user, msg, data):
        if msg["type"] in ("subscribe", "unsubscribe"):
            channel = msg.get("channel")
            if not isinstance(channel, str) or channel == "":
                await refuse(ws, "invalid channel")
            elif msg["type"] == "subscribe":
                # FLAW WS404: any channel, also "orders:" of somebody else.
                await self.subscribe(ws, channel)
            else:
                self.leave(ws, channel)
                await send(ws, {"type": "unsubscribed", "channel": channel})

        elif msg["type"] == "place_order":
            order = self.market.execute(
                user=first(msg.get("userId"), user),  # FLAW WS401: the message says who buys and pays.
                symbol=msg.get("symbol"),
                quantity=msg.get("quantity"),
                price=msg.get("price"),
            )
            if order is None:
                await refuse(ws, "invalid order")
            else:
                publish(self.channels.get(f'orders:{order["userId"]}', set()) | {ws}, order)

        elif msg["type"] == "chat":
            # FLAW WS502: everybody is also who never signed in.
            publish(self.clients, {
                "type": "chat",
                "message": msg.get("text"),  # FLAW WS501: as it came, markup included.
                "user": first(msg.get("username"), user),  # FLAW WS401: the message says who speaks.
            })

        elif msg["type"] == "get_profile":
            profile = self.market.profile(first(msg.get("userId"), user))  # FLAW WS402: any account by its id.
            await (send(ws, profile) if profile else refuse(ws, "no such account"))

        elif msg["type"] == "get_orders":
            orders = self.market.orders(user)
            await (send(ws, orders) if orders else refuse(ws, "no such account"))

        elif msg["type"] == "echo":
            await ws.send(data)

        else:
            await refuse(ws, "unknown type")

    async def subscribe(self, ws, channel):
        self.channels.setdefault(channel, set()).add(ws)
        await send(ws, {"type": "subscribed", "channel": channel})
        price = self.market.price(channel[len("prices:"):]) if channel.startswith("prices:") else None
        if price:
            await send(ws, price)

    def leave(self, ws, channel):
        listeners = self.channels.get(channel, set())
        listeners.discard(ws)
        if not listeners:
            self.channels.pop(channel, None)

    async def tick(self, seconds):
        while True:
            await asyncio.sleep(seconds)
            for message in self.market.move():
                publish(self.channels.get(f'prices:{message["symbol"]}', set()), message)


def first(given, otherwise):
    return otherwise if given is None else given


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def encode(message):
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


async def send(ws, message):
    await ws.send(encode(message))


async def refuse(ws, reason):
    await send(ws, {"type": "error", "message": reason})


def publish(listeners, message):
    # FLAW WS706: broadcast queues without limit for who reads slowly.
    broadcast(listeners, encode(message))


async def run(port, trust_guard, tick_ms):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    if os.environ.get("TRADING_EXIT_WITH_STDIN") == "1":
        loop.add_reader(0, lambda: os.read(0, 4096) or stop.set())

    platform = Platform(os.environ.get("TRADING_JWT_SECRET"), trust_guard)
    ticking = asyncio.create_task(platform.tick(tick_ms / 1000))
    # FLAW WS101: origins is not set, so every Origin is accepted although a
    # cookie signs the browser in: any page can open a socket as its visitor.
    # max_size stays at 1 MiB, the bound of the library by default.
    server = serve(
        platform.connection,
        "127.0.0.1",
        port,
        create_protocol=functools.partial(Request, accounts=platform.accounts),
        subprotocols=["trading.v1"],
    )
    async with server as listening:
        address = listening.sockets[0].getsockname()
        print(f"listening on http://127.0.0.1:{address[1]}", flush=True)
        await stop.wait()
        # A peer that does not answer the close must not hold up the end.
        loop.call_later(1, os._exit, 0)
    ticking.cancel()


def main():
    parser = argparse.ArgumentParser(description="The vulnerable trading platform, on loopback.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 3000))
    parser.add_argument("--trust-guard", action="store_true", default=os.environ.get("TRADING_TRUST_GUARD") == "1",
                        help="take the user from the header Wswarden-User")
    flags = parser.parse_args()
    tick_ms = int(os.environ.get("TRADING_TICK_MS") or 1000)
    if tick_ms < 1:
        parser.error("TRADING_TICK_MS is at least 1")
    try:
        asyncio.run(run(flags.port, flags.trust_guard, tick_ms))
    except OSError as err:
        sys.exit(f"trading: listen: {err.strerror}")


if __name__ == "__main__":
    main()
