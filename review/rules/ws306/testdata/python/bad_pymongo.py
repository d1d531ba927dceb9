import json
import websockets
from pymongo import MongoClient

db = MongoClient().app


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        user = db.users.find_one({"name": msg["name"]})  # want `is an operator`
        await ws.send("ok" if user else "no")


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
