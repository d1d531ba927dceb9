from fastapi import FastAPI, WebSocket

from store import Store

app = FastAPI()


@app.websocket("/ws")
async def handler(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive_json()
        store = Store(message["tab"])
        store.save(store.load())
