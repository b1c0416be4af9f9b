import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { parse } from 'csv-parse';
import { bringIn, type Summary } from './bring-in.ts';
import type { CfpbRow } from './cfpb-row.ts';

const USAGE = 'npm run import -- <file.csv>    (the service listens at PORT, 3000 by default)';

const main = async (): Promise<void> => {
  const file = process.argv[2];
  if (file === undefined) throw new Error(`Which file? ${USAGE}`);
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  const bytes = createReadStream(path);
  const rows = parse({ columns: true, bom: true, relax_column_count: true, skip_empty_lines: true });
  bytes.on('error', (error) => rows.destroy(error));
  const bar = new SingleBar(
    { format: '{bar} {percentage}% of the file, {rows} rows, {eta_formatted} to go', hideCursor: true },
    Presets.shades_classic,
  );
  if (process.stderr.isTTY) bar.start((await stat(path)).size, 0, { rows: 0 });
  let done = 0;
  const summary = await bringIn(
    bytes.pipe(rows) as AsyncIterable<CfpbRow>,
    `http://127.0.0.1:${process.env.PORT || '3000'}`,
    () => bar.update(bytes.bytesRead, { rows: ++done }),
  );
  bar.stop();
  report(summary);
  if (summary.refused.size > 0) process.exitCode = 1;
};

const report = ({ taken, alreadyThere, refused }: Summary): void => {
  const refusals = [...refused.values()].reduce((sum, rows) => sum + rows.length, 0);
  console.log(`${taken} taken, ${alreadyThere} already there, ${refusals} refused`);
  for (const [reason, rows] of refused)
    console.log(`  ${rows.length} × ${reason} (row ${rows.slice(0, 5).join(', ')}${rows.length > 5 ? ', …' : ''})`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
