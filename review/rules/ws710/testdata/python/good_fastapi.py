from collections import defaultdict

from fastapi import FastAPI, WebSocket

app = FastAPI()
topics = defaultdict(set)


@app.websocket("/ws")
async def feed(ws: WebSocket):
    await ws.accept()
    # The first message says what the connection is about; it can't be said again.
    hello = await ws.receive_json()
    topics[hello["topic"]].add(ws)
    while True:
        if await ws.receive_text() == "bye":
            break
    topics[hello["topic"]].discard(ws)
