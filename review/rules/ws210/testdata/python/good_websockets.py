import hmac
import json
import os

import websockets

TOKEN = os.environ["AGENT_TOKEN"]


async def handler(ws):
    message = json.loads(await ws.recv())
    if not hmac.compare_digest(message["token"].encode(), TOKEN.encode()):
        await ws.close(4001, "unauthorized")
        return
    async for text in ws:
        if json.loads(text)["type"] == "token":
            run(text)


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
