import pg from 'pg';
import {
  AppendRejected,
  ConcurrencyConflict,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  type ExpectedRevision,
} from '../../stream/port.ts';
import { cutOff } from '#postgres/cut-off';
import { onDisk } from '#postgres/on-disk';
import { printPosition } from '../../stream/position.ts';
import { BatchFailed, type Member, type MemberOutcome } from './group-commit.ts';

/** An append with what is needed to say what became of it. */
export interface AppendMember extends Member {
  readonly expected: ExpectedRevision;
  /** How many it holds. */
  readonly facts: number;
  /** The losses when it was proved that its stream ends where it is expected to; undefined: whoever answers is right. */
  readonly since?: number;
}

interface Row {
  readonly outcome: 'appended' | 'deduplicated' | 'conflict' | 'key-erased';
  readonly last_revision: string;
  readonly last_position: string | null;
  readonly ledger_epoch: string;
}

/** The head's lock is waited for this long, and a batch may take that long, before the server gives it up. */
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 5_000;

const ANOTHER_SERVER = 'the connection to the ledger was lost meanwhile';

const STATEMENT = {
  name: 'append',
  text: 'select outcome, last_revision, last_position, ledger_epoch from es.append_many($1, $2) order by n',
};

/** The one connection that appends: never inside a longer transaction, which would hold the head's lock. */
export class AppendConnection {
  private client: pg.Client | undefined;
  /** How often the connection was lost. */
  losses = 0;

  constructor(private readonly config: pg.ClientConfig) {}

  /** Throws BatchFailed, StoreUnavailable or OutcomeUnknown for all members alike. */
  async send(members: readonly AppendMember[]): Promise<readonly MemberOutcome[]> {
    const client = await this.connected();
    // Those that waited while the connection was lost were decided on what another server may not have.
    const { losses } = this;
    const fit = ({ since }: AppendMember): boolean => since === undefined || since === losses;
    const sent = members.filter(fit);
    const answered = sent.length > 0 ? await this.query(client, sent) : [];
    let next = 0;
    return members.map((member) => (fit(member) ? answered[next++]! : new StoreUnavailable(ANOTHER_SERVER)));
  }

  private async query(client: pg.Client, members: readonly AppendMember[]): Promise<readonly MemberOutcome[]> {
    const payload = `[${members.map((member) => member.body).join(',')}]`;
    try {
      const { rows } = await client.query<Row>({
        ...STATEMENT,
        values: [payload, members.reduce((total, member) => total + member.facts, 0)],
      });
      return members.map((member, index) => outcomeOf(member, rows[index]!));
    } catch (error) {
      const judged = judge(error);
      if (judged instanceof OutcomeUnknown || ANOTHER_CONNECTION.test(codeOf(error) ?? '')) this.forget();
      throw judged;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = new pg.Client({
      ...this.config,
      application_name: 'redress-append',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      // For a server that fell silent; it has given up itself long before.
      query_timeout: STATEMENT_TIMEOUT_MS + 3_000,
    });
    client.on('error', () => this.forget(client));
    client.on('end', () => this.forget(client));
    try {
      await client.connect();
      // An answer means: on disk. A server that is set to answer earlier is told so; a stricter one stays strict.
      // Plans are kept for the connection's life, and the first are made while the tables are empty: by index all the same.
      await client.query(
        `select set_config('default_transaction_isolation', 'read committed', false),
                set_config('enable_seqscan', 'off', false),
                ${onDisk('session')}`,
      );
    } catch (cause) {
      cutOff(client);
      throw new StoreUnavailable('the ledger cannot be reached', { cause });
    }
    return (this.client = client);
  }

  private forget(client = this.client): void {
    if (!client || this.client !== client) return;
    this.client = undefined;
    this.losses++;
    cutOff(client);
  }
}

const outcomeOf = (member: AppendMember, row: Row): MemberOutcome => {
  const revision = BigInt(row.last_revision);
  switch (row.outcome) {
    case 'appended':
    case 'deduplicated':
      return {
        revision,
        position: printPosition(row.ledger_epoch, BigInt(row.last_position!)),
        deduplicated: row.outcome === 'deduplicated',
      };
    case 'conflict':
      return new ConcurrencyConflict(member.stream, member.expected, revision < 0n ? 'no_stream' : revision);
    case 'key-erased':
      return new KeyErased('a data key was erased, or minted by somebody else, meanwhile');
  }
};

/**
 * What another connection does not meet. A server that only reads is a standby now: the next one may find the new
 * primary. And a prepared statement that is lost, taken, or made for what the tables were (a pooler gave us somebody
 * else's session; the function was changed): the next one prepares it anew.
 */
const ANOTHER_CONNECTION = /^(25006|26000|42P05|0A000)$/;
/**
 * What PostgreSQL says about the values it was given: cardinality, data, constraints, limits (too long for an index, too
 * deep). Narrower than what a follower takes for its fact's fault (follow/failure.ts): the function that appends raises
 * nothing about a fact, so class P0 is a ledger without its head, or somebody's trigger.
 */
const ABOUT_VALUES = /^(21|22|23|54)/;
/** What `es.refuse_append` raises. */
const AT_REST = '55000';
/** The server's last words, or trouble inside it: what became of the statement is not known. */
const FATAL = /^(08|57P|58|XX)/;

const judge = (cause: unknown): Error => {
  const code = codeOf(cause);
  if (code === undefined || FATAL.test(code))
    return new OutcomeUnknown('the connection to the ledger broke', { cause });
  // The live key's index: two appends that the function could not see in time. Sealing anew finds the other's key.
  if (code === '23505' && (cause as pg.DatabaseError).constraint?.startsWith('keys_'))
    return new BatchFailed(new KeyErased('a data key was minted by somebody else meanwhile'));
  if (ABOUT_VALUES.test(code))
    return new BatchFailed(new AppendRejected('refused-by-store', `PostgreSQL refuses it (${code})`));
  // Certainly rolled back, and no fact's fault: locks, resources, a grant, a table that is not there yet, a ledger that
  // was moved away. Whoever sends the same again when that is mended may succeed.
  if (code === AT_REST) return new StoreUnavailable((cause as pg.DatabaseError).message, { cause });
  return new StoreUnavailable(`the ledger could not take it now (${code})`, { cause });
};

/** The server's word; undefined when the socket failed instead. */
const codeOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);
