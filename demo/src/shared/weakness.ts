// Entries of the catalogue.

export interface Weakness {
  id: string;
  slug: string;
  title: string;
  severity: string;
  cwe: number[];
  text: {
    what_goes_wrong: string;
    attack: string;
    spot: string;
    examples: { language: string; framework: string; note: string; vulnerable: string; fixed: string }[];
    guard: string;
    probe: string;
    questions: { question: string; answer: string }[];
    references: { title: string; url: string; note: string }[];
  };
}

const known = new Map<string, Promise<Weakness>>();

/** Asks for an entry, once. */
export function weakness(id: string): Promise<Weakness> {
  let entry = known.get(id);
  if (!entry) {
    entry = fetch(`/weakness/${encodeURIComponent(id)}`).then(async (answer) => {
      if (!answer.ok) throw new Error(`there is no weakness ${id}`);
      return (await answer.json()) as Weakness;
    });
    known.set(id, entry);
  }
  return entry;
}
