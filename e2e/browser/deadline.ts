/** How long a test waits for anything, in milliseconds: more than a busy machine needs. */
export const patience = 20_000;

/** Returns what promise brings, or fails when it takes longer than patience. */
export async function deadline<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${patience} ms for ${what}`)), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
