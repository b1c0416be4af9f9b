import { createInterface } from 'node:readline';
import type { Rpc } from './calls.ts';
import type { Fault } from './faults.ts';
import { notReady, tooBusy, tooSlow } from './refusals.ts';
import { startEventStoreServer, type EventStoreServer } from './server.ts';

/**
 * The stand-in as a process of its own, to be killed: `serve.ts [--port N] [--data DIR]`. Its first line of output is
 * `{"url":…,"port":…}`; it ends when its standard input does. Each line of input is a command (below), each answered by
 * a line: `{"do":"arm","rpcs":["append"],"fault":{"kind":"cut","stored":true},"times":3}`, `{"do":"cutConnections"}`.
 */
type Command =
  | { readonly do: 'arm'; readonly rpcs: readonly Rpc[]; readonly fault: PlainFault; readonly times?: number }
  | { readonly do: 'lift' | 'cutConnections' | 'dropSubscriptions' | 'endSubscriptions' | 'counts' };

type PlainFault = Exclude<Fault, { kind: 'refused' }> | { readonly kind: 'not-ready' } | { readonly kind: 'too-busy' };

const faultOf = (plain: PlainFault): Fault => {
  if (plain.kind === 'not-ready') return { kind: 'refused', refusal: notReady };
  return plain.kind === 'too-busy' ? { kind: 'refused', refusal: tooBusy } : plain;
};

const obey = ({ faults, calls }: EventStoreServer, command: Command): object => {
  switch (command.do) {
    case 'arm':
      faults.arm(command.rpcs, faultOf(command.fault), command.times === undefined ? {} : { times: command.times });
      return {};
    case 'lift':
      faults.liftAll();
      return {};
    case 'cutConnections':
      faults.cutConnections();
      return {};
    case 'dropSubscriptions':
      faults.subscriptions.forEach((subscription) => subscription.drop(tooSlow('live')));
      return {};
    case 'endSubscriptions':
      faults.subscriptions.forEach((subscription) => subscription.end());
      return {};
    case 'counts':
      return calls.all();
  }
};

const [, , ...words] = process.argv;
const named = (name: string): string | undefined => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};
const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

const main = async (): Promise<void> => {
  const [port, dataDir] = [named('--port'), named('--data')];
  const server = await startEventStoreServer({ ...(port && { port: Number(port) }), ...(dataDir && { dataDir }) });
  say({ url: server.url, port: server.port });
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => say(obey(server, JSON.parse(line) as Command)));
  commands.on('close', () => void server.stop().then(() => process.exit(0)));
};
void main();
