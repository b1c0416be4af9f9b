import { Chance } from './chance.ts';
import { check } from './check/check.ts';
import type { Evidence, Violation } from './check/evidence.ts';
import { brokerFaults } from './faults/broker.ts';
import { eventStoreFaults } from './faults/event-store.ts';
import type { Fault } from './faults/fault.ts';
import { programFaults } from './faults/programs.ts';
import { storeFaults } from './faults/stores.ts';
import { keepEvidence } from './keep-evidence.ts';
import { isAcknowledged, pause, repeatSome, settle, type Notebook } from './load/clerk.ts';
import { startLoad } from './load/load.ts';
import { hangUp } from './load/sending.ts';
import { checkLists } from './reading/lists.ts';
import { readEventStoreLedger } from './reading/event-store-ledger.ts';
import { readPostgresLedger } from './reading/postgres-ledger.ts';
import { checkSaid } from './reading/said.ts';
import { readPublished } from './reading/published.ts';
import { comeToRest } from './rest.ts';
import { World, type WorldOptions } from './world/world.ts';

export const FAULTS: readonly Fault[] = [...programFaults, ...storeFaults, ...brokerFaults, ...eventStoreFaults];

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Names; default: all that this world can have. */
  readonly faults?: readonly string[];
  readonly replicas: WorldOptions['replicas'];
  readonly ledger: WorldOptions['ledger'];
  readonly kafka: boolean;
  readonly clerks: number;
  /** Faults in a round. */
  readonly faultsPerRound: readonly [number, number];
  /** Broken things stay broken only a moment; for the suite. */
  readonly short: boolean;
  readonly say: (line: string) => void;
  /** Ends it before its time: everything is taken down all the same. */
  readonly signal?: AbortSignal;
}

export interface CampaignResult {
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
  /** The directory with everything, when something was found. */
  readonly evidence: string | undefined;
}

/** Rounds of load and faults on one world; after each, everything comes to rest and is checked as a whole. */
export const runCampaign = async (options: CampaignOptions): Promise<CampaignResult> => {
  const chance = new Chance(`redress ${options.seed}`);
  const possible = FAULTS.filter(({ ledger = options.ledger }) => ledger === options.ledger);
  const wanted = possible.filter(({ name }) => options.faults?.includes(name) ?? true);
  const organisation = `chaos-${options.seed}-${Date.now().toString(36)}`;
  const world = await World.start({
    organisation,
    replicas: options.replicas,
    ledger: options.ledger,
    kafka: options.kafka,
    smallDisk: wanted.some(({ name }) => name === 'full-disk'),
  });
  try {
    const faults = wanted.filter(({ name, needs }) => {
      const lack = needs?.(world);
      if (lack !== undefined) options.say(`LEFT OUT: ${name} needs ${lack}.`);
      return lack === undefined;
    });
    return await orInterrupted(new Campaign(options, world, chance, faults).run(), options.signal);
  } finally {
    hangUp();
    await world.close();
  }
};

const orInterrupted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const interrupted = (): void => reject(new Error('interrupted'));
      if (signal?.aborted) interrupted();
      signal?.addEventListener('abort', interrupted, { once: true });
    }),
  ]);

class Campaign {
  private readonly notebook: Notebook = { commands: [], violations: [] };
  private readonly acted = new Map<string, number>();
  private deck: Fault[] = [];
  private decks = 0;
  private last: Evidence | undefined;

  constructor(
    private readonly options: CampaignOptions,
    private readonly world: World,
    private readonly chance: Chance,
    private readonly faults: readonly Fault[],
  ) {}

  async run(): Promise<CampaignResult> {
    const violations: Violation[] = [];
    for (let round = 1; round <= this.options.rounds && violations.length === 0; round++)
      violations.push(...(await this.round(round)));
    violations.forEach(({ rule, found }) => this.options.say(`VIOLATION: ${rule}: ${found}`));
    const evidence =
      violations.length > 0 ? await keepEvidence(this.world, violations, this.notebook.commands, this.last) : undefined;
    return { violations, counts: this.counts(violations), evidence };
  }

  private async round(round: number): Promise<Violation[]> {
    const { world, notebook, options } = this;
    const chance = this.chance.fork(`round ${round}`);
    const before = notebook.commands.length;
    const faults = this.deal(chance.whole(...options.faultsPerRound));
    options.say(`round ${round}: ${faults.map(({ name }) => name).join(', ') || 'no fault'}`);
    const load = startLoad({
      clerks: options.clerks,
      chance: chance.fork('load'),
      doors: () => world.doors(),
      notebook,
    });
    await pause(options.short ? 1_000 : 3_000);
    for (const [index, fault] of faults.entries()) {
      await this.act(fault, chance.fork(`fault ${index}`));
      await pause(options.short ? 300 : 2_000);
    }
    await load.stop();
    const resting = await comeToRest(world);
    if ('rule' in resting) return this.restless(resting);
    await settle(notebook, world.doors());
    await repeatSome(notebook.commands.slice(before), chance.fork('repeats'), world.doors());
    const rested = await comeToRest(world);
    if ('rule' in rested) return this.restless(rested);
    const evidence = (this.last = await this.gather(rested.restedAt));
    const violations = this.withNotebook([
      ...check(evidence),
      ...(await checkLists(world, evidence.facts)),
      ...checkSaid(world),
    ]);
    const round_ = notebook.commands.slice(before);
    options.say(
      `  ${round_.length} requests, ${round_.filter(({ attempts }) => attempts.some(({ lost }) => lost)).length} with a lost answer; ${evidence.facts.length} facts; ${evidence.messages?.length ?? 'no'} messages; ${violations.length} violations`,
    );
    return violations;
  }

  private async act(fault: Fault, chance: Chance): Promise<void> {
    const { world, notebook, options } = this;
    const before = acknowledged(notebook);
    try {
      await fault.act({
        world,
        chance,
        notebook,
        whileMs: (shortest, longest) => (options.short ? shortest : chance.whole(shortest, longest)),
        longerThanLeasesMs: options.short ? 1_000 : 18_000,
      });
    } catch (error) {
      notebook.violations.push({ rule: `${fault.name} can be carried out`, found: (error as Error).message });
    }
    this.acted.set(fault.name, (this.acted.get(fault.name) ?? 0) + 1);
    options.say(`  ${fault.name}: ${acknowledged(notebook) - before} requests were acknowledged meanwhile`);
  }

  /** From a shuffled deck, so that all come up before one comes again. */
  private deal(count: number): Fault[] {
    const dealt: Fault[] = [];
    while (dealt.length < count && this.faults.length > 0) {
      if (this.deck.length === 0) this.deck = this.chance.fork(`deck ${this.decks++}`).shuffled(this.faults);
      dealt.push(this.deck.shift()!);
    }
    return dealt;
  }

  private async gather(restedAt: number): Promise<Evidence> {
    const { world, notebook } = this;
    return {
      ledger: this.options.ledger,
      source: `/redress/${world.options.organisation}`,
      facts: world.eventStore
        ? await readEventStoreLedger(world.eventStore.url, world.settings['LEDGER_PREFIX']!)
        : await readPostgresLedger(world.cluster),
      commands: notebook.commands,
      messages: world.kafka && (await readPublished(world.kafka.brokers)),
      restedAt,
    };
  }

  /** What does not come to rest is not checked, but kept as far as it can be read. */
  private async restless(violation: Violation): Promise<Violation[]> {
    this.last = await this.gather(Date.now()).catch(() => undefined);
    return this.withNotebook([violation]);
  }

  private withNotebook(violations: readonly Violation[]): Violation[] {
    return [...this.notebook.violations, ...violations];
  }

  private counts(violations: readonly Violation[]): Record<string, number> {
    const { commands } = this.notebook;
    const attempts = commands.flatMap((command) => command.attempts);
    return {
      requests: commands.length,
      acknowledged: acknowledged(this.notebook),
      refused: commands.filter((command) => command.meant !== 'recorded').length,
      lostAnswers: attempts.filter(({ lost }) => lost !== undefined).length,
      unavailable: attempts.filter(({ status }) => status === 503).length,
      faults: [...this.acted.values()].reduce((sum, times) => sum + times, 0),
      facts: this.last?.facts.length ?? 0,
      messages: this.last?.messages?.length ?? 0,
      violations: violations.length,
    };
  }
}

const acknowledged = ({ commands }: Notebook): number => commands.filter(isAcknowledged).length;
