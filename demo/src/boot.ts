// The page under the address that is printed: it leads to the demo, whose parts have
// host names of their own, or says why this browser can't open it.
import { byID } from './shared/dom.ts';
import { loadSite } from './shared/site.ts';

async function start(): Promise<void> {
  const { page } = await loadSite();
  byID<HTMLAnchorElement>('link').href = page;
  try {
    await fetch(`${page}/alive`);
    location.replace(`${page}/`);
  } catch {
    byID('opening').hidden = true;
    byID('failed').hidden = false;
  }
}

void start();
