from fastapi import FastAPI, WebSocket
import os
import uuid

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        with open(os.path.join("uploads", os.path.basename(msg["name"]))) as f:
            await ws.send_text(f.read())
        with open(os.path.join("uploads", str(uuid.UUID(msg["id"])))) as f:
            await ws.send_text(f.read())
