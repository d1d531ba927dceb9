from fastapi import FastAPI, WebSocket
import sqlite3

db = sqlite3.connect("notes.db")

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        db.execute("DELETE FROM notes WHERE id = ? AND owner = ?", (msg["note_id"], ws.state.user_id))
        db.execute("INSERT INTO notes (id, text) VALUES (?, ?)", (msg["note_id"], msg["text"]))
