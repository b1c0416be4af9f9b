import { pause } from './pause.ts';

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
