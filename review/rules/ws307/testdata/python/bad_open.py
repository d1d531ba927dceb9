from fastapi import FastAPI, WebSocket
import os

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        with open(os.path.join("uploads", msg["name"])) as f:  # want `reaches open`
            await ws.send_text(f.read())
