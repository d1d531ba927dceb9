export function Chat({ lines }) {
  return <ul className="chat">{lines.map((l) => <li key={l.id} dangerouslySetInnerHTML={{ __html: l.text }} />)}</ul>;
}
