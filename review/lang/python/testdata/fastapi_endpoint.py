"""A chat over FastAPI with its dependencies in both spellings."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Optional

from fastapi import Depends, FastAPI, Query, WebSocket, WebSocketDisconnect

from . import settings
from .auth import current_user as get_user

if TYPE_CHECKING:
    from .models import User

app = FastAPI()
UserDep = Annotated["User", Depends(get_user)]


class Manager:
    limit: int = 100
    rooms: dict[str, list[WebSocket]] = {}

    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)

    @property
    def size(self) -> int:
        return len(self.active)

    @size.setter
    def size(self, n):
        self.limit = n

    @staticmethod
    def shout(text):
        return text.upper()

    @classmethod
    def make(cls, *args, **kwargs):
        return cls()


manager = Manager()


@app.websocket("/ws/{room}")
async def chat(
    ws: WebSocket,
    room: str,
    user: UserDep,
    token: Annotated[str | None, Query()] = None,
    *,
    session: Annotated[Optional[str], Depends(settings.session)],
):
    if ws.headers.get("origin") not in settings.ORIGINS:
        await ws.close(code=1008)
        return
    await manager.connect(ws)
    try:
        while True:
            data = json.loads(await ws.receive_text())
            if (kind := data.get("type")) == "say":
                for peer in manager.active:
                    await peer.send_text(f"{user.name}: {data['text']!s}")
            elif kind == "sql":
                db.execute("SELECT * FROM t WHERE id = %s" % data["id"])
            else:
                raise ValueError(f"unknown {kind}") from None
    except (WebSocketDisconnect, RuntimeError) as e:
        manager.active.remove(ws)
    finally:
        del data
