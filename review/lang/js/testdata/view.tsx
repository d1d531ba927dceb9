const App: React.FC<Props> = ({ items, ...rest }) => {
  const [html, setHtml] = useState<string>('');
  useEffect(() => { ws.onmessage = (e) => setHtml(e.data); }, []);
  return (
    <>
      {/* a comment */}
      <div className="a&amp;b" dangerouslySetInnerHTML={{ __html: html }} {...rest} hidden />
      <Foo.Bar x={<b>1</b>} on:click={() => go()}>text &amp; more {items.map(i => <li key={i.id}>{i.text}</li>)}</Foo.Bar>
      <a href={`/x/${id}`}>link</a>
    </>
  );
};
