"""A session of the trading platform through the gateway, as client.mjs holds it.

    python3 client.py PLATFORM GUARD
"""

import asyncio
import json
import sys
import urllib.request

import websockets

platform, guard = sys.argv[1:3]


def post(url, body, headers):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer), answer.headers


async def main():
    _, headers = post(f"{platform}/login", {"user": "alice", "password": "alice-demo"}, {})
    cookie = headers["Set-Cookie"].split(";")[0]
    minted, _ = post(
        f"{guard}/ws/ticket", {}, {"Cookie": cookie, "Origin": platform, "X-CSRF-Token": "1"}
    )
    seen = {"kind": "python", "types": []}
    text = "grüße 🦊 " + "x" * 30000
    send = {
        "welcome": {"type": "subscribe", "channel": "prices:AAPL"},
        "price": {"type": "place_order", "symbol": "AAPL", "quantity": 1, "price": 190},
        "order": {"type": "echo", "text": text},
    }
    async with websockets.connect(
        minted["url"], origin=platform, subprotocols=["wswarden.v1", minted["protocol"]]
    ) as socket:
        seen["protocol"] = socket.subprotocol
        async for raw in socket:
            message = json.loads(raw)
            kind = message["type"]
            if kind in seen["types"]:
                continue
            seen["types"].append(kind)
            if kind == "welcome":
                seen["user"] = message["user"]
            if kind == "order":
                seen["orderOf"] = message["userId"]
            if kind == "echo":
                seen["echoIntact"] = message["text"] == text
                await socket.close(4321, "enough")
                break
            elif kind in send:
                await socket.send(json.dumps(send[kind]))
    seen["close"] = socket.close_code
    seen["clean"] = True
    print(json.dumps(seen))


asyncio.run(asyncio.wait_for(main(), 20))
