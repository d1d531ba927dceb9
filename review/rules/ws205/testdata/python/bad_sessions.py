import json

import websockets
from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):  # want `asked once`
    user = await verify_token(websocket.headers.get("authorization"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    while True:
        await handle(user, await websocket.receive_json())


async def handler(ws):
    user = verify_jwt(await ws.recv())
    if not user:
        await ws.close(4001, "unauthorized")
        return
    async for message in ws:
        await handle(user, json.loads(message))


async def main():
    async with websockets.serve(handler, "localhost", 8765):  # want `asked once` high
        await forever()
