import { pause, untilNextMoment } from './pause.ts';

it('a pause lasts its time, unless its signal ends it: without an error', async () => {
  const begun = performance.now();
  await pause(30);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(25);
  const end = new AbortController();
  const long = pause(60_000, end.signal);
  end.abort();
  expect(await long).toBeUndefined();
  expect(await pause(60_000, AbortSignal.abort())).toBeUndefined();
});

it('who looks as often looks at the same moments, whenever he began', async () => {
  const woken: number[] = [];
  const looking = async (laterMs: number): Promise<void> => {
    await pause(laterMs);
    await untilNextMoment(400);
    woken.push(Math.round(performance.now() / 400));
  };
  const begun = performance.now();
  await untilNextMoment(400);
  await Promise.all([looking(10), looking(50), looking(100)]);
  expect(new Set(woken).size).toBe(1);
  expect(performance.now() - begun).toBeLessThan(4_000);
});
