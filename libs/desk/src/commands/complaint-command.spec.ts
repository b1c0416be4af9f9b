import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { close } from '#complaint/ending/close';
import { thank } from '#complaint/conversation/thank';
import { STEPS } from '#complaint/next-steps/steps';
import { fulfilPromise } from '#complaint/promises/fulfil-promise';
import type { Complaint } from '#complaint/complaint';
import type { Policy } from '#policy/policy';
import { personalText } from '#fact/personal';
import { CHAPTERS } from './chapters.ts';
import { complaintCommand } from './complaint-command.ts';
import { ThanksBody } from './conversation.ts';
import { ClosureBody } from './ending.ts';
import { FulfilmentBody } from './promises.ts';

const least = { operation: 'Spec.command', summary: 'A command.', roles: ['handler'] } as const;
const thanks = {
  ...least,
  body: ThanksBody,
  rule: thank,
  tell: ({ why }: ThanksBody, { at }: { at: string }) => ({ why: personalText(why), effectiveAt: at }),
} as const;
const refusals = ['already-closed'] as const;
const facts = ['CustomerThanked', 'FirstResponseFoundTimely'] as const;

describe('the description of a command', () => {
  // What these say is checked by the compiler; an expected error that does not come is one.
  it('is complete', () => {
    expect(complaintCommand({ ...thanks, refusals, facts }).description).toMatchObject({ refusals, facts });
    // @ts-expect-error: a refusal is forgotten
    complaintCommand({ ...thanks, refusals: [], facts });
    // @ts-expect-error: a refusal that the rule does not know
    complaintCommand({ ...thanks, refusals: ['already-closed', 'needs-manager'], facts });
    // @ts-expect-error: a fact is forgotten
    complaintCommand({ ...thanks, refusals, facts: ['CustomerThanked'] });
    // @ts-expect-error: a fact that the rule does not record
    complaintCommand({ ...thanks, refusals, facts: [...facts, 'ApologyGiven'] });
  });

  it('tells the rule what it takes', () => {
    // @ts-expect-error: the rule wants to know when
    complaintCommand({ ...thanks, refusals, facts, tell: ({ why }: ThanksBody) => ({ why: personalText(why) }) });
    const closing = {
      ...least,
      body: ClosureBody,
      rule: close,
      refusals: ['already-closed', 'not-ready-to-close'],
      facts: ['ComplaintClosed'],
      tell: () => ({}),
    } as const;
    // @ts-expect-error: the rule wants to see the call, which only `ask` can bring
    complaintCommand(closing);
    complaintCommand({
      ...closing,
      ask: (command, complaint, { policy }) => close(command, complaint, undefined, policy),
    });
  });

  it('says by the step of its rule what it acts upon', () => {
    const fulfilment = {
      ...least,
      body: FulfilmentBody,
      refusals: ['unknown-issue'],
      facts: ['PromiseFulfilled'],
    } as const;
    const { description } = complaintCommand({
      ...fulfilment,
      rule: fulfilPromise,
      tell: (_, { on }) => ({ promise: on }),
    });
    expect(description).toMatchObject({
      path: 'v1/complaints/:complaint/promises/:promise/fulfilments',
      parameters: ['complaint', 'promise'],
    });
    const rule = (command: { readonly promise: string }, complaint: Complaint, policy: Policy) =>
      fulfilPromise(command, complaint, policy);
    complaintCommand({
      ...fulfilment,
      rule: Object.assign(rule, { step: 'thanks' as const }),
      // @ts-expect-error: nothing is acted upon
      tell: (_, { on }) => ({ promise: on }),
    });
    complaintCommand({
      ...fulfilment,
      // @ts-expect-error: complaints hold no such things
      rule: Object.assign(rule, { step: 'follow-up-calls/attempts' as const }),
      tell: () => ({ promise: 'x' }),
    });
  });
});

describe('the commands', () => {
  const all = CHAPTERS.flatMap(({ commands }) => commands.map(({ description }) => description));

  it('have a path and a name of their own each', () => {
    for (const names of [all.map(({ path }) => path), all.map(({ operation }) => operation)])
      expect(new Set(names).size).toBe(names.length);
    for (const { operation } of all) expect(operation).toMatch(/^[A-Z][A-Za-z]+\.[a-z][A-Za-z]+$/);
  });

  it('are the steps that can be told of as next ones, all of them', () => {
    const steps = STEPS.flatMap(({ rules }) => rules.map(({ step }) => step));
    const commanded = all.flatMap(({ rule: { step } }) => step ?? []);
    expect([...commanded].sort()).toEqual([...new Set(steps)].sort());
  });

  it('lie in the chapters of the rules', () => {
    const here = readdirSync(__dirname);
    const rules = readdirSync(join(__dirname, '../../../complaint/src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    // Nobody asks for these: clocks run by themselves, and next steps are read.
    for (const chapter of rules.filter((name) => !['clocks', 'next-steps'].includes(name)))
      expect(here).toContain(`${chapter}.ts`);
  });
});
