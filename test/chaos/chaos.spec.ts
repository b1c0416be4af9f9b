import { runCampaign, type CampaignResult } from './campaign.ts';
import { missingForKafka } from './world/kafka.ts';

jest.setTimeout(180_000);

/** The short form of `npm run chaos`: a world of its own, two rounds, the faults that matter most. */
describe('under faults', () => {
  let result: CampaignResult;
  const said: string[] = [];

  beforeAll(async () => {
    const missing = missingForKafka();
    if (missing.length > 0)
      process.stderr.write(`\n  LEFT OUT: faults of the broker: ${missing.join(' and ')} not found here.\n\n`);
    result = await runCampaign({
      seed: 1,
      rounds: 2,
      faults: ['kill-api', 'kill-postgres', 'kill-follower', 'lose-answers'],
      replicas: { api: 1, projector: 2, publisher: missing.length === 0 ? 2 : 1, 'process-manager': 1 },
      ledger: 'postgres',
      kafka: missing.length === 0,
      clerks: 6,
      faultsPerRound: [2, 2],
      short: true,
      say: (line) => said.push(line),
    });
  });

  it('nothing is lost, nothing doubled, nothing invented', () => {
    expect(result.violations).toEqual([]);
    expect(result.evidence).toBeUndefined();
  });

  it('and there was something to lose', () => {
    expect(result.counts).toMatchObject({ faults: 4, violations: 0 });
    expect(result.counts['acknowledged']).toBeGreaterThan(50);
    expect(result.counts['lostAnswers']).toBeGreaterThan(5);
    expect(result.counts['facts']).toBeGreaterThan(50);
    if (missingForKafka().length === 0) expect(result.counts['messages']).toBeGreaterThan(50);
    expect(said.filter((line) => line.startsWith('round'))).toHaveLength(2);
  });
});
