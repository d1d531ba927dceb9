import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
queues: dict[WebSocket, asyncio.Queue[str]] = {}


async def write(websocket: WebSocket, queue: asyncio.Queue[str]):
    while True:
        await websocket.send_text(await queue.get())


@app.websocket("/room")
async def room(websocket: WebSocket):
    await websocket.accept()
    queues[websocket] = asyncio.Queue(maxsize=64)
    writer = asyncio.create_task(write(websocket, queues[websocket]))
    try:
        while True:
            text = await websocket.receive_text()
            for queue in queues.values():
                if not queue.full():
                    queue.put_nowait(text[:500])
    finally:
        writer.cancel()
        del queues[websocket]
