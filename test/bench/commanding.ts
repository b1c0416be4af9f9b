import { randomUUID } from 'node:crypto';
import { complaintStreams } from '#complaint/complaint-streams';
import { messageRecorded } from '#complaint/conversation/events';
import { recorded } from '#fact/decision';
import { personalText } from '#fact/personal';
import type { NewEvent } from '#ledger/stream/port';
import { StreamMemory } from '#ledger/stream/stream-memory';
import { transact } from '#ledger/stream/transact';
import { conversation } from './facts.ts';
import { compare, throughput, type Table } from './frame.ts';
import { MASTER, type Opened } from './ledger.ts';
import type { Effort } from './bench.ts';

/** One message after the other to complaints of some lengths: what a long story costs the commands to it. */

const [SHORT, LONG] = [50, 2_500];
/** So many facts go in one append: 1 MiB is the most. */
const APPENDED = 400;

export const commanding = async (
  ledger: Opened,
  { rounds, seconds, quick }: Effort,
  say: (line: string) => void,
): Promise<Table[]> => {
  const lengths = quick ? [5, 20] : [SHORT, LONG];
  const command = async (stream: string, memory?: StreamMemory): Promise<void> => {
    const commandId = randomUUID();
    const outcome = await transact({
      ...ledger,
      kind: complaintStreams,
      stream,
      ...(memory && { memory }),
      now: () => new Date(),
      request: {
        commandId,
        requestDigest: 'd',
        correlationId: commandId,
        actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
      },
      decide: () => ({
        policyVersion: 0,
        decision: recorded(
          messageRecorded({ message: commandId, direction: 'in', channel: 'email', text: personalText('And now?') }),
        ),
      }),
    });
    if (outcome.kind !== 'recorded') throw new Error(`not recorded: ${outcome.kind}`);
  };
  const tables: Table[] = [];
  for (const [how, goal] of [
    ['remembered', 0.33],
    ['read first', 0.067],
  ] as const) {
    const contestants = await Promise.all(
      lengths.map(async (length) => {
        const streams = await Promise.all(Array.from({ length: length > SHORT ? 2 : 40 }, () => story(ledger, length)));
        const memory = how === 'remembered' ? new StreamMemory(ledger.store) : undefined;
        for (const stream of streams) await command(stream, memory);
        let turn = 0;
        const step = () => command(streams[turn++ % streams.length]!, memory);
        return { name: `a stream of ${length}`, measure: () => throughput(1, seconds, step) };
      }),
    );
    const [short, long] = contestants.map(({ name }) => name) as [string, string];
    const title = `A command on a long story, ${how}`;
    const goals = { [long]: goal };
    tables.push(
      await compare({ title, unit: 'commands/s', better: 'higher', baseline: short, goals, contestants }, rounds, say),
    );
  }
  return tables;
};

const story = async ({ store }: Pick<Opened, 'store'>, length: number): Promise<string> => {
  const { stream, events, key } = conversation(length, MASTER);
  for (let from = 0; from < events.length; from += APPENDED) {
    const part = events.slice(from, from + APPENDED) as [NewEvent, ...NewEvent[]];
    await store.append(stream, from === 0 ? 'no_stream' : BigInt(from - 1), part, from === 0 ? { newKeys: [key] } : {});
  }
  return stream;
};
