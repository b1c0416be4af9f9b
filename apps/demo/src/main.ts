import { randomUUID } from 'node:crypto';
import { intake, life, type Known, type Step } from './life.ts';

/** Plays a complaint's whole life through the API of the running service and shows the lists that it moved. */

const service = `http://127.0.0.1:${process.env.PORT || '3000'}`;
const run = randomUUID();

interface Written {
  readonly id: string;
  readonly revision: number;
  readonly position: string;
  readonly facts: readonly { readonly type: string }[];
  readonly reference?: string;
  readonly issues?: readonly { readonly id: string }[];
  readonly followUp?: string;
}

const ask = async (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  role = 'handler',
  key?: string,
): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(service + path, {
    method,
    headers: {
      'redress-actor': `anna; role=${role}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(`Nothing answers at ${service}. Start the service (npm start), or set PORT.`);
  });
  return { status: answer.status, body: await answer.json() };
};

const write = async (step: Step, number: number): Promise<Written> => {
  const answer = await ask('POST', step.path, step.body, step.role, `demo:${run}:${number}`);
  if (answer.status >= 300)
    throw new Error(`${step.path} answered ${answer.status}: ${JSON.stringify(answer.body, null, 2)}`);
  const written = answer.body as Written;
  console.log(
    `${String(number).padStart(3)}  ${step.tells.padEnd(52)} ${written.facts.map((fact) => fact.type).join(', ')}`,
  );
  return written;
};

const show = async (title: string, path: string): Promise<void> => {
  const { body } = await ask('GET', path);
  console.log(`\n${title}\n  GET ${path}\n${JSON.stringify(body, null, 2).replace(/^/gm, '  ')}`);
};

const main = async (): Promise<void> => {
  console.log(`A complaint's life at ${service}\n`);
  const first = await write({ tells: 'A customer complains', path: '/v1/complaints', body: intake }, 0);
  await write(
    {
      tells: '… two others tell us the same',
      path: '/v1/complaints',
      body: { ...intake, customer: { reference: 'C-2201' } },
    },
    1,
  );
  await write({ tells: '…', path: '/v1/complaints', body: { ...intake, customer: { reference: 'C-3377' } } }, 2);
  let known: Known = { complaint: first.id, issue: first.issues![0]!.id };
  let last = first;
  for (const [index, tell] of life.entries()) {
    const step = tell(known);
    last = await write(step, index + 3);
    if (step.path.endsWith('/compensations')) known = { ...known, compensation: last.id };
    if (step.path.endsWith('/promises')) known = { ...known, promise: last.id };
    if (last.followUp !== undefined) known = { ...known, followUp: last.followUp };
  }
  const fresh = `minPosition=${encodeURIComponent(last.position)}`;
  await show('What keeps recurring', `/v1/recurring-complaints?window=P90D&limit=5&${fresh}`);
  await show('Whom to call', `/v1/follow-up-calls?limit=5&${fresh}`);
  await show('What was published', `/v1/events?afterFact=${encodeURIComponent(`complaint/${first.id}/0`)}&limit=3`);
  console.log(`\nThe whole history:  curl -s ${service}/v1/complaints/${first.reference ?? first.id}/history`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
