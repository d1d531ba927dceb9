import socketio

sio = socketio.AsyncServer()


@sio.event
async def set_role(sid, data):
    session = await sio.get_session(sid)
    if session["role"] != "admin":
        return
    await db.users.update_one({"_id": data["user"]}, {"$set": {"role": data["role"]}})
