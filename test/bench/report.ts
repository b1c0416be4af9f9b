import { short, type Spread, type Table } from './frame.ts';
import type { Machine } from './machine.ts';

export interface Report {
  readonly takenAt: string;
  readonly machine: Machine;
  readonly quick: boolean;
  readonly benches: readonly { readonly name: string; readonly means: string; readonly tables: readonly Table[] }[];
}

const spread = ({ min, max }: Spread): string => `${short(min)}–${short(max)}`;

/** A table in Markdown, as docs/performance.md shows it. */
export const markdownOf = (table: Table): string =>
  [
    `**${table.title}** (${table.unit}, ${table.better} is better; medians of ${table.rounds} rounds, in brackets the least and the most)`,
    '',
    '| | figure | ratio | goal |',
    '|---|---:|---:|---:|',
    ...table.rows.map((row) => {
      const isBaseline = row.name === table.baseline;
      const goal =
        row.goal === undefined ? '' : `${table.better === 'higher' ? '≥' : '≤'} ${row.goal} ${row.goalMet ? '✓' : '✗'}`;
      const ratio = isBaseline
        ? '1'
        : `${row.ratio.median.toFixed(2)} (${row.ratio.min.toFixed(2)}–${row.ratio.max.toFixed(2)})`;
      return `| ${row.name} | ${short(row.median)} (${spread(row)}) | ${ratio} | ${goal} |`;
    }),
    ...(table.notes ?? []).flatMap((note) => ['', note]),
    '',
  ].join('\n');

export const markdownOfReport = ({ machine, benches, takenAt, quick }: Report): string =>
  [
    ...(quick ? ['A quick run: it shows that everything runs, and its figures mean nothing.', ''] : []),
    `${takenAt.slice(0, 10)}: ${placeOf(machine)}`,
    '',
    ...benches.flatMap(({ tables }) => tables.map(markdownOf)),
  ].join('\n');

/** One line a figure, for docs/performance.md. */
export const summaryOf = ({ machine, benches, takenAt }: Report): string =>
  [
    `Taken on ${takenAt.slice(0, 10)}: ${placeOf(machine)}.`,
    '',
    '| | ratio (least–most) | wanted | figure | against |',
    '|---|---:|---:|---:|---:|',
    ...benches.flatMap(({ tables }) => tables.flatMap(linesOf)),
  ].join('\n');

const linesOf = ({ title, unit, better, baseline, rows }: Table): string[] => {
  const base = rows.find(({ name }) => name === baseline)!;
  return rows
    .filter(({ name }) => name !== baseline)
    .map(({ name, median, ratio, goal, goalMet }) => {
      const wanted =
        goal === undefined
          ? ''
          : `${better === 'higher' ? '≥' : '≤'} ${Number(goal.toFixed(2))} ${goalMet ? '✓' : '✗'}`;
      const ratios = `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`;
      return `| ${title}: ${name} | ${ratios} | ${wanted} | ${short(median)} ${unit} | ${base.name}: ${short(base.median)} |`;
    });
};

const placeOf = ({ cpu, cores, memoryGiB, loadBefore, system, versions, postgres }: Machine): string =>
  [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB`,
    `load ${loadBefore.map((load) => load.toFixed(2)).join(' ')} before`,
    system,
    ...[...Object.entries(versions), ...Object.entries(postgres)].map(([name, value]) => `${name} ${value}`),
  ].join(', ');
