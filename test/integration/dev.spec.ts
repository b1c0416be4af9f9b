import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#test/support/eventually';
import { restarting } from '../../deploy/dev/restarting.mjs';

/** `npm run dev`, with a compiler and a program that take no time. */
describe('developing', () => {
  const place = mkdtempSync(join(tmpdir(), 'redress-dev-'));
  const [compiler, program, lines, log] = ['compiler.mjs', 'program.mjs', 'lines', 'log'].map((name) =>
    join(place, name),
  );
  const said = (): string[] => readFileSync(log!, 'utf8').split('\n').filter(Boolean);
  const compiled = (errors: number) =>
    appendFileSync(lines!, `10:00:00 - Found ${errors} error${errors === 1 ? '' : 's'}. Watching for file changes.\n`);
  let dev: ReturnType<typeof restarting>;

  beforeAll(() => {
    writeFileSync(lines!, '');
    writeFileSync(log!, '');
    writeFileSync(
      compiler!,
      `import { readFileSync } from 'node:fs';
       let told = 0;
       setInterval(() => {
         const text = readFileSync(${JSON.stringify(lines)}, 'utf8');
         process.stdout.write(text.slice(told));
         told = text.length;
       }, 10);`,
    );
    writeFileSync(
      program!,
      `import { appendFileSync } from 'node:fs';
       const say = (what) => appendFileSync(${JSON.stringify(log)}, what + '\\n');
       say('starts');
       setInterval(() => undefined, 1000);
       process.on('SIGTERM', () => setTimeout(() => { say('has finished'); process.exit(0); }, 50));`,
    );
    dev = restarting({ compiler: [compiler!], program: [program!], report: () => undefined });
  });
  afterAll(async () => {
    await dev.stop();
    rmSync(place, { recursive: true, force: true });
  });

  it('starts the program when it is compiled', async () => {
    compiled(0);
    await eventually(() => said().length > 0, 'the program starts');
    expect(said()).toEqual(['starts']);
  });

  it('starts it anew after a change, when the one before has finished', async () => {
    compiled(0);
    await eventually(() => said().length >= 3, 'the program starts again');
    expect(said()).toEqual(['starts', 'has finished', 'starts']);
  });

  it('leaves the last good one alone while there are errors', async () => {
    compiled(1);
    compiled(2);
    compiled(0);
    await eventually(() => said().length >= 5, 'the program starts once more');
    expect(said()).toEqual(['starts', 'has finished', 'starts', 'has finished', 'starts']);
  });

  it('ends both, and lets the program finish', async () => {
    await dev.stop();
    expect(said().at(-1)).toBe('has finished');
    await dev.ended;
  });
});
