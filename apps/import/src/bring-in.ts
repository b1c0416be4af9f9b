import { intakeOf, type CfpbRow } from './cfpb-row.ts';

export interface Summary {
  taken: number;
  alreadyThere: number;
  /** Reason → numbers of the rows, the first one after the titles being 1. */
  refused: Map<string, number[]>;
}

const AT_ONCE = 16;
const ATTEMPTS = 8;

/** Brings rows in through the public API. Repeating is safe: each row has an Idempotency-Key of its own. */
export const bringIn = async (rows: readonly CfpbRow[], service: string, onRow: () => void): Promise<Summary> => {
  const summary: Summary = { taken: 0, alreadyThere: 0, refused: new Map() };
  const begin = await latestPosition(service);
  const seen = new Set<string>();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < rows.length; index = next++) {
      const intake = intakeOf(rows[index]!);
      const outcome =
        intake.kind === 'unusable'
          ? intake.reason
          : seen.has(intake.key)
            ? 'there'
            : await send(service, intake, begin, seen);
      if (outcome === 'taken') summary.taken++;
      else if (outcome === 'there') summary.alreadyThere++;
      else summary.refused.set(outcome, [...(summary.refused.get(outcome) ?? []), index + 1]);
      onRow();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return summary;
};

/** `taken`, `there`, or the reason of the refusal. A repeated key answers with the position of long ago. */
const send = async (
  service: string,
  { key, body }: { key: string; body: Record<string, unknown> },
  begin: string,
  seen: Set<string>,
): Promise<string> => {
  seen.add(key);
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${service}/v1/complaints`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        'redress-actor': 'importer; role=administrator',
      },
      body: JSON.stringify(body),
    }).catch(() => {
      if (attempt < ATTEMPTS) return undefined;
      throw new Error(`${service} does not answer any more. Run the import again: nothing is taken in twice.`);
    });
    if (answer?.ok) return ((await answer.json()) as { position: string }).position > begin ? 'taken' : 'there';
    if (answer && (answer.status < 500 || attempt >= ATTEMPTS)) {
      const problem = (await answer.json().catch(() => ({}))) as {
        code?: string;
        errors?: { pointer: string; code: string }[];
      };
      return [
        `${answer.status} ${problem.code ?? ''}`.trim(),
        ...(problem.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
      ].join(', ');
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** attempt)));
  }
};

const latestPosition = async (service: string): Promise<string> => {
  const answer = await fetch(`${service}/v1/events/latest-position`).catch(() => {
    throw new Error(`Nothing answers at ${service}. Start the service (npm start), or set PORT.`);
  });
  return ((await answer.json()) as { position: string | null }).position ?? '';
};
