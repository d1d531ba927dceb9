import random
import string

import redis.asyncio
from fastapi import FastAPI, WebSocket

app = FastAPI()
store = redis.asyncio.Redis()


async def mint_ticket(user_id):
    ticket = "".join(random.choices(string.ascii_letters, k=32))  # want `random.choices`
    await store.setex(f"ticket:{ticket}", 3600, user_id)  # want `lives for 3600 seconds`
    return ticket


async def redeem_ticket(ticket):
    return await store.get(f"ticket:{ticket}")  # want `reads the ticket and leaves it`


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    user = await redeem_ticket(websocket.query_params.get("ticket"))
    if user is None:
        await websocket.close(code=1008)
        return
    await websocket.accept()
    await serve(websocket, user)
