// A plot over time: uPlot draws it, the legend below it is made of buttons.
import uPlot from 'uplot';
import { h, reconcile, setText } from './dom.ts';
import { clock, count } from './format.ts';
import { colour, onTheme } from './theme.ts';

export interface Series {
  key: string;
  name: string;
  colour: string; // a custom property of the page
}

export interface PlotOptions {
  title: string;
  unit: string;
  /** What is said in place of a plot in which nothing happens. */
  empty: string;
  bars: boolean;
  whole: boolean; // there is no half of it
  height: number; // px
  /** Writes a value of the legend. */
  value: (n: number) => string;
  /** Returns what to draw of the values of the series; hidden ones must not show. */
  draw: (rows: number[][], shown: boolean[]) => (number | null)[][];
}

/** A time, or several, in seconds since 1970. */
export interface Window { from: number; to: number }

/** The formats of the time axis: 24 hours, and a date only where it changes. */
const times: uPlot.Axis.Values = [
  [3600, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];

export class Plot {
  readonly element: HTMLElement;
  readonly #options: PlotOptions;
  readonly #box = h('div', { className: 'canvas' });
  readonly #frame = h('div', { className: 'frame' });
  readonly #legend = h('div', { className: 'legend', aria: { role: 'group' } });
  readonly #empty: HTMLElement;
  readonly #at = h('p', { className: 'at', aria: { hidden: 'true' } });
  readonly #hidden = new Set<string>();
  #plot: uPlot | undefined;
  #series: Series[] = [];
  #times: number[] = [];
  #window: Window = { from: 0, to: 1 };
  #rows: number[][] = [];
  #cursor: number | null = null;

  constructor(options: PlotOptions) {
    this.#options = options;
    this.#empty = h('p', { className: 'empty' }, options.empty);
    this.#frame.append(this.#box, this.#empty);
    this.#frame.style.minHeight = `${options.height}px`;
    if (options.bars) this.#legend.classList.add('list');
    this.#legend.setAttribute('aria-label', `Series of ${options.title}`);
    // What is drawn is in the table below, for who does not see it.
    this.#box.setAttribute('role', 'img');
    this.#box.setAttribute('aria-label', `Plot: ${options.title}, ${options.unit}. The table below has its figures.`);
    this.element = h('div', { className: 'plot' },
      h('h3', {}, options.title, ' ', h('span', { className: 'quiet' }, options.unit)), this.#frame, h('div', { className: 'under' }, this.#legend, this.#at));
    new ResizeObserver(() => this.#resize()).observe(this.#box);
    onTheme(() => this.#rebuild());
  }

  /** Draws rows, one for each series, over times in seconds. */
  render(window: Window, series: Series[], times: number[], rows: number[][]): void {
    this.#window = window;
    const same = series.length === this.#series.length && series.every((s, i) => s.key === this.#series[i]!.key && s.colour === this.#series[i]!.colour);
    [this.#series, this.#times, this.#rows] = [series, times, rows];
    this.#empty.hidden = rows.some((row) => row.some((n) => n > 0));
    if (!same || !this.#plot) this.#rebuild();
    else this.#draw();
    this.#label();
  }

  #shown(): boolean[] {
    return this.#series.map((s) => !this.#hidden.has(s.key));
  }

  #data(): uPlot.AlignedData {
    return [this.#times, ...this.#options.draw(this.#rows, this.#shown())];
  }

  #draw(): void {
    this.#plot?.setData(this.#data());
  }

  #resize(): void {
    const width = this.#box.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#options.height });
    else if (!this.#plot) this.#rebuild();
  }

  #rebuild(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    const width = this.#box.clientWidth;
    if (width === 0 || this.#series.length === 0) return;
    this.#plot = new uPlot(this.#uplot(width), this.#data(), this.#box);
    // The legend and the table say it in words.
    for (const canvas of this.#box.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true');
  }

  #uplot(width: number): uPlot.Options {
    const line = { stroke: colour('--grid'), width: 1 };
    const font = `12px ${colour('--font')}`;
    const axis = { stroke: colour('--quiet'), grid: line, ticks: { ...line, size: 4 }, font };
    const { bars, whole, height } = this.#options;
    return {
      width, height,
      legend: { show: false },
      padding: [8, 26, 0, 0],
      // One time under all cursors.
      cursor: { sync: { key: 'time', scales: ['x', null] }, drag: { x: false, y: false }, points: { show: !bars, size: 7 }, y: false },
      scales: {
        x: { time: true, range: () => [this.#window.from, this.#window.to] },
        y: { range: (_, __, max) => [0, Math.max(whole ? 4 : 1, (max ?? 0) * 1.1)] },
      },
      axes: [
        { ...axis, values: times, space: 70, size: 30 },
        { ...axis, size: 48, space: 26, values: (_, splits) => splits.map((n) => (whole && !Number.isInteger(n) ? '' : count(n))) },
      ],
      series: [{}, ...this.#series.map((s): uPlot.Series => {
        const ink = colour(s.colour);
        return bars
          ? { label: s.name, fill: ink, stroke: ink, width: 0, points: { show: false }, paths: uPlot.paths.bars!({ size: [0.86, 40, 2], radius: 0 }) }
          : { label: s.name, stroke: ink, width: 1.75, points: { show: false }, fill: `color-mix(in srgb, ${ink} 8%, transparent)` };
      })],
      hooks: { setCursor: [(u) => { this.#cursor = u.cursor.idx ?? null; this.#label(); }] },
    };
  }

  /** Writes the values under the cursor, else the last ones. */
  #label(): void {
    const at = this.#cursor ?? this.#times.length - 1;
    const time = this.#times[at];
    setText(this.#at, time === undefined ? '' : this.#cursor === null ? 'now' : clock(time * 1000));
    reconcile(this.#legend, this.#series.map((s, i) => ({ ...s, i })), (s) => s.key, (s) => this.#item(s), (button, s) => {
      button.setAttribute('aria-pressed', String(!this.#hidden.has(s.key)));
      button.querySelector<HTMLElement>('.swatch')!.style.background = `var(${s.colour})`;
      setText(button.querySelector('.figure')!, this.#options.value(this.#rows[s.i]?.[at] ?? 0));
    });
  }

  #item(s: Series): HTMLButtonElement {
    const button = h('button', { type: 'button', title: 'Show or hide' }, h('span', { className: 'swatch' }), h('span', { className: 'figure' }), h('span', { className: 'name' }, s.name));
    button.addEventListener('click', () => {
      if (!this.#hidden.delete(s.key)) this.#hidden.add(s.key);
      this.#draw();
      this.#label();
    });
    return button;
  }
}
