import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
MAX_AGE = 8 * 60 * 60


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = await verify_token(websocket.headers.get("authorization"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    async with asyncio.timeout(MAX_AGE):
        while True:
            await handle(user, await websocket.receive_json())


@app.websocket("/prices")
async def prices(websocket: WebSocket):
    await websocket.accept()
    async for price in watch_prices():
        await websocket.send_json(price)
