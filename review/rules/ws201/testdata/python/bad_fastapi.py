import asyncio

from fastapi import Depends, FastAPI, WebSocket
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()


class RequireLogin(BaseHTTPMiddleware):  # never called for WebSockets
    async def dispatch(self, request, call_next):
        if not current_user(request):
            return Response(status_code=401)
        return await call_next(request)


app.add_middleware(RequireLogin)


@app.websocket("/ws/terminal")
async def terminal(websocket: WebSocket):  # want `without authentication` high
    await websocket.accept()
    while True:
        line = await websocket.receive_text()
        proc = await asyncio.create_subprocess_shell(line, stdout=asyncio.subprocess.PIPE)
        out, _ = await proc.communicate()
        await websocket.send_text(out.decode())
