from fastapi import FastAPI, WebSocket
import sqlite3

db = sqlite3.connect("notes.db")

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        msg = await ws.receive_json()
        row = db.execute("SELECT * FROM notes WHERE id = ?", (msg["note_id"],)).fetchone()  # want `chooses what db.execute reads`
        await ws.send_json(row)
        db.execute("DELETE FROM notes WHERE id = ?", (msg["note_id"],))  # want `chooses what db.execute deletes`
