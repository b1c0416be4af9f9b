import type { Fact } from '#fact/fact';

/** What holding a fact costs besides its data, its metadata included, in characters of JSON. */
const FACT_CHARACTERS = 1_000;

/**
 * A stream's facts, decoded, oldest first, and what they fold into; personal texts are sealed in both. It grows with the
 * stream: a command on a long one looks up what it needs and copies nothing.
 */
export class History<State> {
  private readonly known: Fact[] = [];
  /** Where the facts of a command begin; they were appended together and lie together. */
  private readonly commands = new Map<string, number>();
  private weight = 0;
  private weighed = 0;
  private folded: State | undefined;

  constructor(
    /** How often the store had lost its server when this was read. */
    readonly since: number | undefined,
    facts: readonly Fact[],
    state: State | undefined,
  ) {
    this.add(facts);
    this.folded = state;
  }

  /** In place: who keeps them longer than one decision takes copies them. */
  get facts(): readonly Fact[] {
    return this.known;
  }

  get last(): Fact | undefined {
    return this.known.at(-1);
  }

  get state(): State | undefined {
    return this.folded;
  }

  /** The facts that a command recorded; none when it is new. */
  recordedBy(commandId: string): readonly Fact[] {
    const first = this.commands.get(commandId);
    if (first === undefined) return [];
    let end = first;
    while (this.known[end]?.commandId === commandId) end++;
    return this.known.slice(first, end);
  }

  /** Those with greater revisions. */
  behind(revision: number): readonly Fact[] {
    return this.known.slice(Math.max(0, revision + 1 - (this.known[0]?.revision ?? 0)));
  }

  /** Goes on with what was appended. False, and nothing happens, when that does not follow: somebody else went on. */
  grow(facts: readonly Fact[], state: State): boolean {
    if (this.last && facts[0]?.revision !== this.last.revision + 1) return false;
    this.add(facts);
    this.folded = state;
    return true;
  }

  /** What it takes to hold it; each fact is weighed once. */
  get characters(): number {
    for (; this.weighed < this.known.length; this.weighed++)
      this.weight += FACT_CHARACTERS + JSON.stringify(this.known[this.weighed]!.data).length;
    return this.weight;
  }

  private add(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (!this.commands.has(fact.commandId)) this.commands.set(fact.commandId, this.known.length);
      this.known.push(fact);
    }
  }
}
