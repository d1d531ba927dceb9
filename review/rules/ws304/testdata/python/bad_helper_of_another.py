import json
import subprocess

from fastapi import FastAPI, WebSocket

app = FastAPI()


def number(value):
    if not isinstance(value, int):
        raise ValueError("no number")


def check(message):
    if message["all"]:
        number(message["from"])
        return
    number(message["to"])


@app.websocket("/ws")
async def serve(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = json.loads(await websocket.receive_text())
        check(message)
        subprocess.run("show " + str(message["from"]), shell=True)  # want `"from" of the message of the client`
