import jwt
from fastapi import Depends, FastAPI, WebSocket, WebSocketException
from tornado import web, websocket

app = FastAPI()


async def current_user(websocket: WebSocket):
    token = websocket.headers.get("authorization", "")
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise WebSocketException(code=1008)


@app.websocket("/ws/run")
async def run(websocket: WebSocket, user=Depends(current_user)):
    await websocket.accept()
    while True:
        job = await websocket.receive_json()
        await database.execute("DELETE FROM jobs WHERE id = :id AND owner = :owner", {"id": job["id"], "owner": user["sub"]})


@app.websocket("/ws/first")
async def first(websocket: WebSocket):
    await websocket.accept()
    user = await verify_token(await websocket.receive_text())
    if user is None:
        await websocket.close(code=1008)
        return
    while True:
        job = await websocket.receive_json()
        await database.execute("DELETE FROM jobs WHERE id = :id AND owner = :owner", {"id": job["id"], "owner": user["sub"]})


class Console(websocket.WebSocketHandler):
    def prepare(self):
        if not self.current_user:
            raise web.HTTPError(403)

    def on_message(self, message):
        run_job(self.current_user, message)
