import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
members: set[WebSocket] = set()


@app.websocket("/room")
async def room(websocket: WebSocket):
    await websocket.accept()
    members.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            for member in members:
                asyncio.create_task(member.send_text(text[:500]))  # want `queues what a slow reader doesn't take` medium
    finally:
        members.discard(websocket)
