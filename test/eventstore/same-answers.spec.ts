import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithStandIn } from '../support/eventstore.ts';
import { tooSlow } from './refusals.ts';

const SAMPLE = join(process.cwd(), 'test/eventstore/sample');
/** All but the batch appends: we never use those, and the client itself stumbles over their answers now and then. */
const PARTS = ['append-plain', 'positions', 'delete', 'filter', 'order', 'deadline', 'metadata'];

/** The lines of each part. */
const partsOf = (text: string): Record<string, string[]> =>
  Object.fromEntries(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => {
        const [name, ...lines] = part.split('\n').filter((line) => line !== '');
        return [name!, lines];
      }),
  );

/** Whether and why a slow follower was dropped is a race, on a real server too: which of the two ordinary reasons. */
const DROPS = [tooSlow('live'), tooSlow('transitioning to live')].map(
  ({ details }) => `TimeoutError type=timeout code=10 {} msg=10 ABORTED: ${details}`,
);
const withoutRaces = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => !line.startsWith('process events |')) // left over from the batch appends
    .map((line) =>
      line.replace(/(dropped because \| )(.*)$/, (whole, begin: string, reasons: string) =>
        reasons === 'never' || reasons.split(/; (?=TimeoutError)/).every((reason) => DROPS.includes(reason))
          ? `${begin}an ordinary reason`
          : whole,
      ),
    );

describeWithStandIn('the stand-in, asked as a real EventStoreDB 23.10.6 was', (server) => {
  it('gives the same answers, line by line', async () => {
    const real = partsOf(await readFile(join(SAMPLE, 'answers.txt'), 'utf8'));
    // The question is what a caller with a deadline of 1 ms hears: it must not be answered faster than that.
    server().faults.arm('append', { kind: 'late', ms: 200 }, { stream: (name) => name.endsWith('-dl') });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(SAMPLE, 'questions.mjs'), server().url, ...PARTS],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const ours = partsOf(stdout);
    for (const part of PARTS)
      expect([part, ...withoutRaces(ours[part]!)]).toEqual([part, ...withoutRaces(real[part]!)]);
  }, 120_000);
});
