// Attacks that the demo process carries out, because no browser does.

export interface Row {
  name: string;
  weakness: string;
  holds: boolean;
  unguarded: { worked: boolean; seen: string };
  guarded: { worked: boolean; seen: string };
  rule?: string;
  error?: string;
}

/** Runs the attacks of one weakness, or all, and calls show with each row as it comes. */
export async function runProcess(weakness: string | null, show: (row: Row) => void): Promise<Row[]> {
  const answer = await fetch(`/attacks${weakness ? `?weakness=${weakness}` : ''}`, { method: 'POST' });
  if (!answer.ok || !answer.body) throw new Error((await answer.text()).trim());
  const rows: Row[] = [];
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return rows;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const row = JSON.parse(line) as Row;
      rows.push(row);
      show(row);
    }
  }
}
