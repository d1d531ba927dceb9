# The headers are those of an answer, not of the handshake.
import requests
from fastapi import FastAPI, WebSocket
from tornado.httputil import HTTPHeaders

app = FastAPI()


class Answer:
    def __init__(self, response_headers: HTTPHeaders):
        self.next = response_headers.get("location", None)


def follow(answer: Answer):
    return requests.get(answer.next)


@app.websocket("/ws")
async def handler(websocket: WebSocket):
    await websocket.accept()
    while True:
        await websocket.receive_text()
        follow(Answer(HTTPHeaders()))
