// How the totals of a class are spread: one bar for each ten percent.
import { wholePercent } from './class.ts';
import { html, type Html } from './html.ts';

const WIDTH = 640;
const HEIGHT = 150;
const FLOOR = 120;
const CEILING = 22;

/** @param percents 0 to 100; who has none is not in it */
export function histogram(percents: readonly (number | undefined)[]): Html {
  const bins = binsOf(percents);
  const most = Math.max(...bins, 1);
  const step = WIDTH / bins.length;
  const bars = bins.map((count, index) => {
    const height = (count / most) * (FLOOR - CEILING);
    const x = index * step;
    return html`<rect
        class="h${index === 9 ? 10 : index}"
        x="${x + 3}"
        y="${(FLOOR - height).toFixed(1)}"
        width="${step - 6}"
        height="${height.toFixed(1)}"
      />
      <text x="${x + step / 2}" y="${(FLOOR - height - 6).toFixed(1)}">${count}</text
      ><text class="axis" x="${x + step / 2}" y="${HEIGHT - 12}"
        >${index * 10}<tspan class="to">–${lastOf(index)}</tspan></text
      > `;
  });
  const words = bins.map((count, index) => `${labelOf(index)} percent: ${count}`).join('; ');
  return html`<svg
    class="histogram"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="Students by total. ${words}"
  >
    ${bars}
    <line x1="0" x2="${WIDTH}" y1="${FLOOR}" y2="${FLOOR}" />
  </svg>`;
}

/** 0–9, 10–19, … 90–100. */
function binsOf(percents: readonly (number | undefined)[]): number[] {
  const bins = Array.from({ length: 10 }, () => 0);
  for (const percent of percents) {
    if (percent === undefined) continue;
    const bin = Math.min(Math.floor(wholePercent(percent) / 10), 9);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

function labelOf(bin: number): string {
  return `${bin * 10}–${lastOf(bin)}`;
}

function lastOf(bin: number): number {
  return bin === 9 ? 100 : bin * 10 + 9;
}
