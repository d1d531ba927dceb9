import json
import subprocess

from fastapi import FastAPI, WebSocket

app = FastAPI()


def number(value):
    if not isinstance(value, int):
        raise ValueError("no number")


@app.websocket("/ws")
async def serve(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = json.loads(await websocket.receive_text())
        number(message["from"])
        number(message["to"])
        subprocess.run("copy " + str(message["from"]) + " " + str(message["to"]), shell=True)
