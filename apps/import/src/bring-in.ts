import { backOff } from '#resilience/backoff';
import { intakeOf, type CfpbRow } from './cfpb-row.ts';

export interface Summary {
  taken: number;
  alreadyThere: number;
  /** Reason → numbers of the rows, the first one after the titles being 1. */
  refused: Map<string, number[]>;
}

export interface Patience {
  /** How long one answer may take, in milliseconds: longer than the service is patient with its ledger. */
  readonly answerMs: number;
  readonly attempts: number;
  /** How long is waited before the next attempt. */
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
}

const AT_ONCE = 16;
const PATIENCE: Patience = { answerMs: 60_000, attempts: 8, backoff: { firstMs: 200, maxMs: 5_000 } };

/**
 * Brings rows in through the public API, reading on as they are taken in. Repeating is safe: each row has an
 * Idempotency-Key of its own.
 */
export const bringIn = async (
  rows: Iterable<CfpbRow> | AsyncIterable<CfpbRow>,
  service: string,
  onRow: () => void,
  patience: Patience = PATIENCE,
): Promise<Summary> => {
  const summary: Summary = { taken: 0, alreadyThere: 0, refused: new Map() };
  const begin = await latestPosition(service, patience);
  const seen = new Set<string>();
  const source = numbered(rows);
  const worker = async (): Promise<void> => {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      const [number, row] = next.value;
      const intake = intakeOf(row);
      const outcome =
        intake.kind === 'unusable'
          ? intake.reason
          : seen.has(intake.key)
            ? 'there'
            : await send({ service, patience, begin, seen }, intake);
      if (outcome === 'taken') summary.taken++;
      else if (outcome === 'there') summary.alreadyThere++;
      else summary.refused.set(outcome, [...(summary.refused.get(outcome) ?? []), number]);
      onRow();
    }
  };
  const workers = Array.from({ length: AT_ONCE }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    await source.return(); // nobody begins another row
    await Promise.allSettled(workers);
    throw error;
  }
  return summary;
};

/** Each is read when a worker is free for it, so that a few rows are in memory, however many there are. */
async function* numbered(rows: Iterable<CfpbRow> | AsyncIterable<CfpbRow>): AsyncGenerator<[number, CfpbRow], void> {
  let number = 0;
  for await (const row of rows) yield [++number, row];
}

interface Sending {
  readonly service: string;
  readonly patience: Patience;
  /** Where the ledger stood at the beginning. */
  readonly begin: string;
  readonly seen: Set<string>;
}

/** Who brings existing records over (docs/api.md, Who acts). */
const AS_ADMINISTRATOR = { 'redress-actor': 'importer; role=administrator' };

/** `taken`, `there`, or the reason of the refusal. A repeated key answers with the position of long ago. */
const send = async (
  { service, patience, begin, seen }: Sending,
  { key, body }: { key: string; body: Record<string, unknown> },
): Promise<string> => {
  seen.add(key);
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(`${service}/v1/complaints`, patience, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...AS_ADMINISTRATOR,
      },
      body: JSON.stringify(body),
    });
    if (!answer && attempt >= patience.attempts)
      throw new Error(`${service} does not answer any more. Run the import again: nothing is taken in twice.`);
    if (answer?.ok) return (answer.body as { position: string }).position > begin ? 'taken' : 'there';
    if (answer && (answer.status < 500 || attempt >= patience.attempts)) {
      const problem = (answer.body ?? {}) as { code?: string; errors?: { pointer: string; code: string }[] };
      return [
        `${answer.status} ${problem.code ?? ''}`.trim(),
        ...(problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
      ].join(', ');
    }
    await backOff(patience.backoff, attempt - 1);
  }
};

const latestPosition = async (service: string, patience: Patience): Promise<string> => {
  const answer = await ask(`${service}/v1/events/latest-position`, patience, { headers: AS_ADMINISTRATOR });
  if (!answer) throw new Error(`Nothing answers at ${service}. Start the service (npm start), or set PORT.`);
  return (answer.body as { position: string | null }).position ?? '';
};

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  /** Undefined: it was no JSON. */
  readonly body: unknown;
}

/** Undefined: no answer, not all of it, or not in time. */
const ask = async (url: string, { answerMs }: Patience, request: RequestInit = {}): Promise<Answer | undefined> => {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(answerMs) });
    const text = await response.text();
    return { ok: response.ok, status: response.status, body: parsed(text) };
  } catch {
    return undefined;
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
