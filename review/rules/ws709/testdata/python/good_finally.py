from collections import Counter

from fastapi import FastAPI, WebSocket

app = FastAPI()
open_by_host: Counter[str] = Counter()


@app.websocket("/ask")
async def ask(websocket: WebSocket):
    host = websocket.client.host
    await websocket.accept()
    open_by_host[host] += 1
    try:
        while True:
            question = await websocket.receive_text()
            await websocket.send_text(answer(question))
    finally:
        open_by_host[host] -= 1
