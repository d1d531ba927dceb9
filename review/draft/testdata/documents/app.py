"""A shared editor with the guide's five flaws. A test program, vulnerable on purpose."""

import sqlite3
from typing import Literal, Optional

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

app = FastAPI()
db = sqlite3.connect("documents.db")
sessions = {}
members = {}
everyone = set()


class Edit(BaseModel):
    kind: Literal["edit"]
    doc_id: int
    editor_id: Optional[str] = None
    text: str


class Cursor(BaseModel):
    kind: Literal["cursor"]
    doc_id: int
    line: int
    column: int


def user_of(token, cookies):
    return sessions.get(token or cookies.get("editor_session"))


@app.get("/session")
async def session(request: Request):
    return {"sub": user_of(None, request.cookies)}


@app.websocket("/edit")
async def edit(ws: WebSocket, token: str = ""):
    user = user_of(token, ws.cookies)
    await ws.accept()
    everyone.add(ws)
    try:
        while True:
            msg = await ws.receive_json()
            kind = msg.get("kind")
            if kind == "edit":
                change = Edit(**msg)
                db.execute("UPDATE documents SET text = ?, editor = ? WHERE id = ?", (change.text, change.editor_id or user, change.doc_id))
                await tell(f"doc:{change.doc_id}", {"kind": "edited", "doc_id": change.doc_id, "editor": change.editor_id or user, "text": change.text})
            elif kind == "cursor":
                at = Cursor(**msg)
                await tell(f"doc:{at.doc_id}", {"kind": "cursor", "doc_id": at.doc_id, "line": at.line, "column": at.column})
            elif kind == "join":
                members.setdefault(msg["room"], set()).add(ws)
                await ws.send_json({"kind": "joined", "room": msg["room"]})
            elif kind == "search":
                rows = db.execute("SELECT id, title FROM documents WHERE title LIKE '%" + msg["query"] + "%'").fetchall()
                await ws.send_json({"kind": "found", "rows": rows})
            elif kind == "export":
                with open("/srv/exports/" + msg["name"]) as f:
                    await ws.send_json({"kind": "exported", "text": f.read()})
            elif kind == "shout":
                for other in everyone:
                    await other.send_json({"kind": "shout", "display_name": msg.get("display_name", user), "message": msg["message"]})
            else:
                await ws.send_json({"kind": "error", "reason": "unknown kind"})
    except WebSocketDisconnect:
        everyone.discard(ws)


async def tell(room, message):
    for ws in members.get(room, ()):
        await ws.send_json(message)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=4300)
