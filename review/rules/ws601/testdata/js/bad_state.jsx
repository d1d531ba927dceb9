import { useEffect, useReducer, useState } from "react";

export function Chat() {
  const [messages, setMessages] = useState([]);
  useEffect(() => {
    const socket = new WebSocket("wss://chat.example.com/ws");
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      setMessages((before) => [...before, message]);
    };
    return () => socket.close();
  }, []);
  return (
    <ul>
      {messages.map((m) => (
        <li key={m.id} dangerouslySetInnerHTML={{ __html: m.text }} /> // want `.`
      ))}
    </ul>
  );
}

function reduce(state, action) {
  switch (action.type) {
    case "line":
      return { ...state, log: [...state.log, action.line] };
    default:
      return state;
  }
}

export function Log() {
  const [state, dispatch] = useReducer(reduce, { log: [] });
  useEffect(() => {
    const socket = new WebSocket("wss://chat.example.com/log");
    socket.onmessage = (event) => dispatch({ type: "line", line: JSON.parse(event.data) });
    return () => socket.close();
  }, []);
  return state.log.map((l) => <p dangerouslySetInnerHTML={{ __html: l.body }} />); // want `.`
}
