# Whether authentication is on is no question of who it is.
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def feed(websocket: WebSocket):
    if is_auth_enabled():
        await websocket.close(4003)
        return
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())
