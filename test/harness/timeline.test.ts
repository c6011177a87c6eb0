// Proves the drawing of lives, stroke by stroke: forks, zombies, reaps, orphans, signals, at several widths.
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Life } from './lives.ts';
import { drawTimeline } from './timeline.ts';

const program = { pid: 811, name: 'server', born: 0, spells: [] };

function child(pid: number, rest: Partial<Life> = {}): Life {
  return { pid, parent: 811, name: '', born: 52, spells: [], ...rest };
}

test('a program without children is not drawn', () => {
  expect(drawTimeline([program])).toEqual([]);
});

test('a fork goes down, the end is a mark, the zombie lies until the parent waits', () => {
  const lives: Life[] = [
    { ...program, ended: 90, reaped: 90, how: 'exit 0' },
    child(812, { ended: 61, reaped: 70, how: 'exit 3' }),
  ];
  expect(drawTimeline(lives, { width: 62 })).toEqual([
    '           0 ms     52    61     70      90 ms',
    'server 811 ●━━━━━━━━┯━━━━━━━━━━━━▲━━━━━━━■ exit 0',
    '  812               ┕━━━━━■ZZZZZZ┘         exit 3, zombie 9 ms',
    '  ┯ fork   Z zombie   ■ exit   ▲ reaped',
  ]);
});

test('who is blocked in wait, who is stopped, and who is killed', () => {
  const lives: Life[] = [
    { ...program, spells: [{ what: 'waits', from: 60 }] },
    child(812, {
      spells: [{ what: 'stopped', from: 80, to: 95 }],
      ended: 100,
      reaped: 100.8,
      how: 'SIGKILL',
    }),
    child(813, { born: 55 }),
  ];
  expect(drawTimeline(lives, { width: 62 })).toEqual([
    '           0 ms     52  55    60     80     95    100 ms',
    'server 811 ●━━━━━━━━┯━━━┯━━━━━────────────────────▲──► runs on',
    '  812               ┕━━━┿━━━━━━━━━━━━TTTTTTT━━━━━━✗    SIGKILL',
    '  813                   ┕━━━━━━━━━━━━━━━━━━━━━━━━━━━━► runs on',
    '  ┯ fork   ─ blocked in wait   T stopped   ✗ killed   ▲ reaped',
  ]);
});

test('two children that are forked in one moment have their beginnings in one column', () => {
  const lives: Life[] = [program, child(812), child(813)];
  expect(drawTimeline(lives, { width: 62 })).toEqual([
    '           0 ms                                   52 ms',
    'server 811 ●━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┯━━► runs on',
    '  812                                             ┝━━► runs on',
    '  813                                             ┕━━► runs on',
    '  ┯ fork',
  ]);
});

test('an orphan gets a new parent, and nobody of the drawing reaps it', () => {
  const lives: Life[] = [
    { ...program, ended: 60, reaped: 60, how: 'exit 0' },
    child(812, { name: 'sleep', adopted: { at: 60, by: 1 }, ended: 80, reaped: 99, how: 'exit 0' }),
  ];
  expect(drawTimeline(lives, { width: 62 })).toEqual([
    '            0 ms    52    60     80     99 ms',
    'server 811  ●━━━━━━━┯━━━━━■               exit 0',
    '  sleep 812         ┕━━━━━◇━━━━━━■ZZZZZZZ exit 0, new parent 1',
    '  ┯ fork   Z zombie   ■ exit   ◇ new parent',
  ]);
});

test('a signal of the check stands above the row of the program that got it', () => {
  const lives: Life[] = [{ ...program, ended: 90, reaped: 90, how: 'SIGTERM' }, child(812)];
  const entries = [{ at: 80, kind: 'signal', from: 'server', note: 'SIGTERM' } as const];
  expect(drawTimeline(lives, { width: 62, entries })).toEqual([
    '           0 ms           52           80         90 ms',
    '                                       ▼SIGTERM',
    'server 811 ●━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━✗    SIGTERM',
    '  812                     ┕━━━━━━━━━━━━━━━━━━━━━━━━━━► runs on',
    '  ┯ fork   ✗ killed',
  ]);
});

test('an end that nobody saw is no exit, and a signal to a child stands above its row', () => {
  const lives: Life[] = [
    { ...program, ended: 90, reaped: 90, how: 'exit 0' },
    child(812, { ended: 89.99, reaped: 89.99 }),
  ];
  const entries = [
    { at: 70, kind: 'note', from: 'check', sent: [{ pid: 812, signal: 'SIGCONT' }] } as const,
  ];
  expect(drawTimeline(lives, { width: 70, entries })).toEqual([
    '           0 ms               52            70                90 ms',
    'server 811 ●━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━▲━━■ exit 0',
    '                                            ▼SIGCONT',
    '  812                         ┕━━━━━━━━━━━━━━━━━━━━━━━━━━━━?    ended',
    '  ┯ fork   ■ exit   ? ended, not seen how   ▲ reaped',
  ]);
});

test('no line is wider than the screen, and a narrow one gets words', () => {
  const lives: Life[] = [
    { ...program, name: '一个名字很长的服务器程序', ended: 1e6, reaped: 1e6, how: 'exit 0' },
    ...Array.from({ length: 30 }, (_, i) =>
      child(900_000 + i, { name: 'sleep', born: 50 + i, ended: 100 + i, how: 'SIGKILL' }),
    ),
  ];
  for (let width = 20; width < 140; width += 1) {
    const lines = drawTimeline(lives, { width });
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toContain('15 more');
  }
  expect(drawTimeline(lives, { width: 40 })[1]).toBe('  sleep 900000  SIGKILL, never reaped');
});

test('in ASCII no other sign is left', () => {
  const lives: Life[] = [
    { ...program, spells: [{ what: 'waits', from: 60, to: 70 }] },
    child(812, { ended: 61, reaped: 70, how: 'SIGKILL' }),
    child(813, { adopted: { at: 80, by: 1 } }),
  ];
  const entries = [{ at: 80, kind: 'signal', from: 'server', note: 'SIGTERM' } as const];
  expect(drawTimeline(lives, { ascii: true, entries }).join('')).toMatch(/^[ -~]+$/);
});
