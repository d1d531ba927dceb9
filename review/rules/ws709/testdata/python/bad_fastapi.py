from collections import Counter

from fastapi import FastAPI, WebSocket

app = FastAPI()
open_by_host: Counter[str] = Counter()


@app.websocket("/ask")
async def ask(websocket: WebSocket):
    host = websocket.client.host
    await websocket.accept()
    open_by_host[host] += 1  # want `open_by_host counts the client here` medium
    while True:
        question = await websocket.receive_text()
        if question == "bye":
            break
        await websocket.send_text(answer(question))
    open_by_host[host] -= 1
    await websocket.close()
