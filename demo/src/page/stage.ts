// The frames of the page: what the victim has open, the attacker's page, and mallory's
// windows.
import { Frame } from '../shared/bridge.ts';
import { byID } from '../shared/dom.ts';
import type { PaneEvent } from '../shared/pane_event.ts';
import type { SideName, Site } from '../shared/site.ts';

export class Stage {
  readonly panes: Record<SideName, Frame<PaneEvent>>;
  readonly insiders: Record<SideName, Frame>;
  /** The attacker's page on the platforms' site, and on another one. */
  readonly sibling: Frame;
  readonly foreign: Frame;

  constructor(readonly site: Site) {
    this.panes = { unguarded: frame('pane-unguarded', site.unguarded.page, '/pane.html'), guarded: frame('pane-guarded', site.guarded.page, '/pane.html') };
    this.insiders = { unguarded: frame('insider-unguarded', site.unguarded.page, '/insider.html'), guarded: frame('insider-guarded', site.guarded.page, '/insider.html') };
    this.sibling = frame('attacker', site.attacker, '/');
    this.foreign = frame('attacker-foreign', site.foreign, '/');
  }

  /** The attacker's page from which attacks are made. */
  attacker(): Frame {
    return this.sibling;
  }

  /** Waits for an event of the victim's page; null where it doesn't come. */
  paneEvent(side: SideName, fits: (event: PaneEvent) => boolean, within: number): Promise<PaneEvent | null> {
    return new Promise((resolve) => {
      const done = (event: PaneEvent | null): void => {
        clearTimeout(timer);
        leave();
        resolve(event);
      };
      const timer = setTimeout(() => done(null), within);
      const leave = this.panes[side].listen((event) => { if (fits(event)) done(event); });
    });
  }
}

function frame<E>(id: string, origin: string, path: string): Frame<E> {
  const element = byID<HTMLIFrameElement>(id);
  const made = new Frame<E>(element, origin); // listens before the page is there
  element.src = origin + path;
  return made;
}
