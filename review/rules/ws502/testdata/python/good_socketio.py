import socketio

sio = socketio.AsyncServer(async_mode="asgi")


@sio.event
async def get_profile(sid, data):
    user = await User.objects.aget(pk=data["id"])
    await sio.emit("profile", {"name": user.name, "email": user.email}, to=sid)


@sio.event
async def chat(sid, data):
    session = await sio.get_session(sid)
    await sio.emit("chat", {"text": data["text"][:500]}, room=session["room"])


app = socketio.ASGIApp(sio)
