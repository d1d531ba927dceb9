import secrets

import redis.asyncio
from fastapi import FastAPI, WebSocket

app = FastAPI()
store = redis.asyncio.Redis()


async def mint_ticket(user_id):
    ticket = secrets.token_urlsafe(32)
    await store.set(f"ticket:{ticket}", user_id, ex=30)
    return ticket


async def redeem_ticket(ticket):
    return await store.getdel(f"ticket:{ticket}")


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = await redeem_ticket(websocket.query_params.get("ticket"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    await serve(websocket, user)
