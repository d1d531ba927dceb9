import json
import websockets
import sqlite3

db = sqlite3.connect("items.db")


async def handler(ws):
    async for text in ws:
        msg = json.loads(text)
        rows = db.execute(f"SELECT * FROM items WHERE name = '{msg['name']}'")  # want `reaches db.execute`
        await ws.send(str(rows.fetchall()))


async def main():
    async with websockets.serve(handler, "127.0.0.1", 8765):
        pass
