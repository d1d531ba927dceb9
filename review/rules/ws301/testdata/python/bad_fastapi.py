import json
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        data = json.loads(await ws.receive_text())  # want `json.loads throws`
        await ws.send_text(data["text"])
