"""A hub of devices with the guide's flaws, on websockets. A test program, vulnerable on purpose."""

import asyncio
import http
import json
import os
import subprocess
import sys

from websockets.legacy.server import serve

HANDLERS = {}
TOKENS = {"t-1": "thermo-1", "t-2": "thermo-2"}
watchers = {}
state = {}


def command(name):
    def register(handler):
        HANDLERS[name] = handler
        return handler
    return register


@command("report")
async def report(ws, device, msg):
    target = msg.get("deviceId", device)
    state[target] = {"temperature": float(msg["temperature"]), "humidity": msg.get("humidity")}
    for watcher in watchers.get(f"device/{target}", ()):
        await watcher.send(json.dumps({"cmd": "reading", "deviceId": target, "temperature": msg["temperature"], "label": msg.get("label", "")}))


@command("watch")
async def watch(ws, device, msg):
    watchers.setdefault(msg["topic"], set()).add(ws)
    await ws.send(json.dumps({"cmd": "watching", "topic": msg["topic"]}))


@command("ping_host")
async def ping_host(ws, device, msg):
    out = subprocess.run("ping -c 1 " + msg["host"], shell=True, capture_output=True)
    await ws.send(json.dumps({"cmd": "pinged", "ok": out.returncode == 0}))


def device_of(headers):
    return TOKENS.get(headers.get("Authorization", "").removeprefix("Bearer "))


async def whoami(path, headers):
    if path != "/whoami":
        return None
    device = device_of(headers)
    if device is None:
        return http.HTTPStatus.UNAUTHORIZED, [], b"{}"
    answer = {"id": device, "roles": []}
    return http.HTTPStatus.OK, [("Content-Type", "application/json")], json.dumps(answer).encode()


async def connection(ws, path):
    device = device_of(ws.request_headers)
    try:
        async for text in ws:
            msg = json.loads(text)
            handler = HANDLERS.get(msg["cmd"])
            if handler is None:
                await ws.send(json.dumps({"cmd": "error", "reason": "unknown command"}))
                continue
            await handler(ws, device, msg)
    finally:
        for listeners in watchers.values():
            listeners.discard(ws)


async def main():
    port = int(os.environ.get("HUB_PORT", "4500"))
    async with serve(connection, "127.0.0.1", port, process_request=whoami) as server:
        print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        if os.environ.get("EXIT_WITH_STDIN") == "1":
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        else:
            await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
