import { useEffect, useState } from "react";
import DOMPurify from "dompurify";

const notice = "<b>Be kind.</b>";

export function Chat() {
  const [messages, setMessages] = useState([]);
  const [html, setHTML] = useState("");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const socket = new WebSocket("wss://chat.example.com/ws");
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      setMessages((before) => [...before, message]);
      setHTML(DOMPurify.sanitize(message.html));
      setOpen(true);
    };
    return () => socket.close();
  }, []);
  return (
    <ul>
      {open && <p dangerouslySetInnerHTML={{ __html: notice }} />}
      <p dangerouslySetInnerHTML={{ __html: html }} />
      {messages.map((m) => (
        <li key={m.id}>{m.text}</li>
      ))}
    </ul>
  );
}
