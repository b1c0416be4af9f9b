import { createHash } from 'node:crypto';
import { codeOf, intakeOf } from './cfpb-row.ts';

const row = {
  'Complaint ID': '21494',
  'Date received': '2012-02-07',
  Product: 'Mortgage',
  Issue: 'Loan servicing, payments, escrow account',
  Company: 'JPMORGAN CHASE & CO.',
  'Submitted via': 'Referral',
  Tags: 'Older American, Servicemember',
};
const bodyOf = (changes: Record<string, string>) => {
  const intake = intakeOf({ ...row, ...changes });
  if (intake.kind !== 'intake') throw new Error(intake.reason);
  return intake.body;
};

describe('a row of the CFPB’s database', () => {
  it('is received at its own date, marked as brought over, under a key of its own', () =>
    expect(intakeOf(row)).toEqual({
      kind: 'intake',
      key: 'cfpb:21494:received',
      body: {
        channel: 'regulator',
        words: 'Loan servicing, payments, escrow account',
        language: 'en',
        needs: ['older-american', 'servicemember'],
        purchase: { product: 'mortgage' },
        issues: [{ category: 'loan-servicing-payments-escrow-account', process: { department: 'jpmorgan-chase-co' } }],
        origin: { system: 'cfpb', id: '21494', migrated: true },
        effectiveAt: '2012-02-07T00:00:00.000Z',
      },
    }));

  it('keeps the narrative to the letter, and then issue and sub-issue are the summary', () => {
    const body = bodyOf({ 'Consumer complaint narrative': ' They said "no".\nTwice. ', 'Sub-issue': 'Fees' });
    expect(body).toMatchObject({
      words: ' They said "no".\nTwice. ',
      summary: 'Loan servicing, payments, escrow account: Fees',
    });
  });

  it('takes empty, N/A and missing alike', () => {
    expect(bodyOf({ Tags: 'N/A', Product: '' })).not.toHaveProperty('needs');
    expect(bodyOf({ Tags: '', Product: '' })).not.toHaveProperty('purchase');
  });

  it.each([
    [{ 'Complaint ID': '' }, 'no usable complaint id'],
    [{ 'Date received': '2026-02-30' }, 'no usable date received'],
    [{ Issue: '', Product: '' }, 'neither a narrative nor an issue'],
  ])('says why it cannot be taken: %j', (changes, reason) =>
    expect(intakeOf({ ...row, ...changes })).toEqual({ kind: 'unusable', reason }),
  );

  it('reads American dates, too', () =>
    expect(bodyOf({ 'Date received': '2/7/2012' }).effectiveAt).toBe('2012-02-07T00:00:00.000Z'));
});

describe('a label as a code', () => {
  it('is cut to 55 characters and told apart by its digest when it is too long', () => {
    const label = 'Credit reporting, credit repair services, or other personal consumer reports';
    const hash = createHash('sha256').update(label).digest('hex').slice(0, 8);
    expect(codeOf(label)).toBe(`credit-reporting-credit-repair-services-or-other-person-${hash}`);
  });

  it('is always a code', () => {
    for (const label of ['Été & co', '日本', '-- x --', 'a'.repeat(54) + ' b' + 'c'.repeat(40)])
      expect(codeOf(label)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});
