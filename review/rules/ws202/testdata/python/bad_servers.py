from urllib.parse import parse_qs, urlsplit

import websockets
from fastapi import FastAPI, Query, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = verify_jwt(websocket.query_params.get("token"))  # want `"token"`
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    await serve(websocket, user)


@app.websocket("/rooms/{room}")
async def room(websocket: WebSocket, room: str, api_key: str = Query(...)):  # want `"api_key"`
    await check_key(api_key)
    await websocket.accept()
    await serve(websocket, room)


async def handler(ws):
    query = parse_qs(urlsplit(ws.request.path).query)
    user = verify_jwt(query["access_token"][0])  # want `"access_token"`
    async for message in ws:
        await handle(user, message)


async def main():
    async with websockets.serve(handler, "localhost", 8765):
        await forever()
