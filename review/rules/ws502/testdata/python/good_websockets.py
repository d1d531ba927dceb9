import json

import jwt
from websockets.asyncio.server import broadcast, serve

members = {}


async def handler(ws):
    token = await ws.recv()
    user = jwt.decode(token, SECRET, algorithms=["HS256"])
    if not user:
        await ws.close(1008, "sign in")
        return
    room = members.setdefault(user["team"], set())
    room.add(ws)
    async for text in ws:
        message = json.loads(text)
        broadcast(members[user["team"]], json.dumps({"note": message["note"]}))


async def main():
    async with serve(handler, "localhost", 8765) as server:
        await server.serve_forever()
