import json

import jwt
from websockets.asyncio.server import broadcast, serve

connected = set()


async def handler(ws):
    connected.add(ws)
    user = None
    async for text in ws:
        message = json.loads(text)
        if message["type"] == "auth":
            user = jwt.decode(message["token"], SECRET, algorithms=["HS256"])
        elif message["type"] == "note":
            broadcast(connected, json.dumps({"note": message["note"]}))  # want `goes to every open connection` medium-confidence


async def main():
    async with serve(handler, "localhost", 8765) as server:
        await server.serve_forever()
