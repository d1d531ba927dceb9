// The colours of the plots, from the style sheet: a canvas does not see it.

/** Returns the value of a custom property of the page. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Calls change when light becomes dark or dark light. */
export function onTheme(change: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', change);
}
