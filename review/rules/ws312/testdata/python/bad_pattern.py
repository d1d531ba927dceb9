import json
import websockets
import re

from names import names


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        found = [n for n in names if re.search(msg["pattern"], n)]  # want `reaches re.search`
        await ws.send(str(found))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
