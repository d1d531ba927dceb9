from collections import Counter

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
open_by_host: Counter[str] = Counter()
MAX_PER_HOST = 10


@app.websocket("/ticker")
async def ticker(websocket: WebSocket):
    host = websocket.client.host
    if open_by_host[host] >= MAX_PER_HOST:
        await websocket.close(1013)
        return
    open_by_host[host] += 1
    try:
        await websocket.accept()
        while True:
            symbol = await websocket.receive_text()
            await websocket.send_json(price(symbol))
    except WebSocketDisconnect:
        pass
    finally:
        open_by_host[host] -= 1
