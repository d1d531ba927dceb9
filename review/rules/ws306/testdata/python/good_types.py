import json
import websockets
from pymongo import MongoClient

db = MongoClient().app


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        user = db.users.find_one({"name": str(msg["name"])})
        if not isinstance(msg["email"], str):
            continue
        other = db.users.find_one({"email": msg["email"]})
        await ws.send("ok" if user and other else "no")


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
