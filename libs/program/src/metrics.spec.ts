import { Registry } from 'prom-client';
import { watchLive } from './metrics.ts';

it('the ends of a live subscription are counted by why, anew at each scrape; a ledger without one has no such figure', async () => {
  const registry = new Registry();
  let droppedAsSlow = 1;
  watchLive(registry, () => ({ droppedAsSlow, broken: 3 }));
  droppedAsSlow = 2;
  expect(await registry.metrics()).toMatch(/ends\{why="slow"\} 2\n.*ends\{why="broken"\} 3/);
  const other = new Registry();
  watchLive(other, undefined);
  expect(await other.metrics()).not.toContain('redress_ledger_live_ends');
});
