from flask import Flask
from flask_socketio import SocketIO, emit, join_room

app = Flask(__name__)
socketio = SocketIO(app)


@socketio.on("subscribe")
def subscribe(data):
    room = data.get("room", "all")
    join_room(room)
    emit("subscribed", {"room": room})  # to the sender: "room" is data here
