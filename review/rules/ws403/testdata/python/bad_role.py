import socketio

sio = socketio.AsyncServer()


@sio.event
async def set_role(sid, data):
    await db.users.update_one({"_id": data["user"]}, {"$set": {"role": data["role"]}})  # want `privileged action`


@sio.event
async def kick(sid, data):
    kick_user(data["user"])  # want `privileged action "kick"`
