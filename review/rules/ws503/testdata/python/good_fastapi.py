import logging

from fastapi import FastAPI, WebSocket

app = FastAPI()
log = logging.getLogger(__name__)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive_json()
        try:
            await handle(message)
        except ValueError:
            log.exception("message")
            await ws.send_json({"error": "the message is not valid"})
