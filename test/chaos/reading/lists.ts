import { idIn, nounOf, byStream, type LedgerFact, type Violation } from '../check/evidence.ts';
import { look } from '../load/sending.ts';
import type { World } from '../world/world.ts';

/** The work lists, as anybody gets them over HTTP, against what the ledger's facts say; and against a rebuild. */
export const checkLists = async (world: World, facts: readonly LedgerFact[]): Promise<Violation[]> => {
  const streams = [...byStream(facts)];
  const complaints = streams.filter(([stream]) => nounOf(stream) === 'complaint').map(([stream]) => idIn(stream));
  const openCalls = streams
    .filter(([stream, own]) => nounOf(stream) === 'follow-up' && !own.some(({ type }) => ENDS.includes(type)))
    .map(([stream]) => idIn(stream));
  return [
    ...(await sameIds(world, '/v1/complaints', complaints)),
    ...(await sameIds(world, '/v1/follow-up-calls', openCalls)),
    ...(await sameAsRebuilt(world)),
  ];
};

const ENDS = ['CustomerReached', 'CustomerNotReached', 'FollowUpSuperseded'];

const sameIds = async (world: World, path: string, expected: readonly string[]): Promise<Violation[]> => {
  const { at } = world.doors()[0]!;
  const listed: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await look(at, `${path}?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    if (page?.status !== 200)
      return [{ rule: 'lists answer at rest', found: `${path}: ${page?.status ?? 'no answer'}` }];
    const { items, next } = page.body as { items: { id: string }[]; next: string | null };
    listed.push(...items.map(({ id }) => id));
    cursor = next;
  }
  const missing = expected.filter((id) => !listed.includes(id));
  const foreign = listed.filter((id) => !expected.includes(id));
  const doubled = listed.length - new Set(listed).size;
  return missing.length + foreign.length + doubled === 0
    ? []
    : [
        {
          rule: 'lists hold what the facts say',
          found: `${path}: missing ${missing.join() || 'none'}, too many ${foreign.join() || 'none'}, doubled ${doubled}`,
        },
      ];
};

/** The service's own comparison: tables built anew beside the live ones, by checksum. */
const sameAsRebuilt = async (world: World): Promise<Violation[]> => {
  const { code, said } = await world.runOnce('projector/src/rebuild.js', ['rebuild', 'all']);
  const compared = said.match(/compared at .*: equal$/gm)?.length ?? 0;
  return code === 0 && compared > 0 && !/: different$/m.test(said)
    ? []
    : [{ rule: 'read models equal a rebuild', found: said.trim() || `exit ${code}` }];
};
