import { causeConfirmed, causeSuspected } from '../causes/events.ts';
import { stateCause } from '../causes/state-cause.ts';
import { doing, given, id, ISSUE, policy, received, words } from '../complaint.stories.ts';
import { addIssue } from './add-issue.ts';
import { assess } from './assess.ts';
import { issueAdded, issueAssessed, issueReclassified } from './events.ts';
import { reclassify } from './reclassify.ts';

const listing = { ...policy, categories: ['delivery-late'] };
const courier = { department: 'logistics', process: 'delivery', step: 'call-ahead' };

describe('an issue', () => {
  const added = issueAdded({ issue: { id: id(1), category: 'damaged', presumed: 'minor' } });

  it('may come to light later, and weighs what the policy presumes while nobody knows', () =>
    given(received)
      .when(doing(addIssue, { id: id(1), category: 'damaged' }))
      .then(added));

  it('comes to light once', () =>
    given(received, added)
      .when(doing(addIssue, { id: id(1), category: 'damaged' }))
      .thenNothing());

  it('has a category that the policy knows, when it lists any', () =>
    given(received)
      .when(doing(addIssue, { id: id(1), category: 'damaged' }, listing))
      .thenRefused('unknown-code'));
});

describe('classifying an issue anew', () => {
  it('records what changes, and why', () =>
    given(received)
      .when(
        doing(reclassify, {
          issue: ISSUE,
          category: 'delivery-late',
          severity: 'grave',
          process: courier,
          reason: words,
        }),
      )
      .then(issueReclassified({ issue: ISSUE, severity: 'grave', process: courier, reason: words })));

  it('that changes nothing is nothing', () => {
    given(received)
      .when(doing(reclassify, { issue: ISSUE, severity: 'costly', reason: words }))
      .thenNothing();
    given(received, issueReclassified({ issue: ISSUE, process: courier, reason: words }))
      .when(doing(reclassify, { issue: ISSUE, process: { ...courier }, reason: words }))
      .thenNothing();
  });

  it('sees that only a step of the process changed', () =>
    given(received, issueReclassified({ issue: ISSUE, process: courier, reason: words }))
      .when(doing(reclassify, { issue: ISSUE, process: { ...courier, step: 'loading' }, reason: words }))
      .then(issueReclassified({ issue: ISSUE, process: { ...courier, step: 'loading' }, reason: words })));

  it('keeps what it does not name', () => {
    const { state } = given(received, issueReclassified({ issue: ISSUE, product: 'sofa', reason: words }));
    expect(state!.issues.at(0)).toMatchObject({ category: 'delivery-late', severity: 'costly', product: 'sofa' });
  });

  it('needs an issue of this complaint, and a category that the policy knows', () => {
    given(received)
      .when(doing(reclassify, { issue: id(7), severity: 'grave', reason: words }))
      .thenRefused('unknown-issue', { errors: [expect.objectContaining({ pointer: '#/issue' })] });
    given(received)
      .when(doing(reclassify, { issue: ISSUE, category: 'damaged', reason: words }, listing))
      .thenRefused('unknown-code');
  });
});

describe('assessing an issue', () => {
  const repairable = issueAssessed({ issue: ISSUE, repairable: true });

  it('decides whether it can be repaired', () =>
    given(received)
      .when(doing(assess, { issue: ISSUE, repairable: true }))
      .then(repairable));

  it('may come out differently later; the same again is nothing', () => {
    given(received, repairable)
      .when(doing(assess, { issue: ISSUE, repairable: false }))
      .then(issueAssessed({ issue: ISSUE, repairable: false }));
    given(received, repairable)
      .when(doing(assess, { issue: ISSUE, repairable: true }))
      .thenNothing();
  });

  it('needs an issue of this complaint', () =>
    given(received)
      .when(doing(assess, { issue: id(7), repairable: true }))
      .thenRefused('unknown-issue'));
});

describe('the cause of an issue', () => {
  const process = courier;
  const suspected = causeSuspected({ cause: id(1), issue: ISSUE, process });
  const other = issueAdded({ issue: { id: id(5), category: 'damaged', presumed: 'minor' } });

  it('is suspected first', () =>
    given(received)
      .when(doing(stateCause, { cause: id(1), issue: ISSUE, state: 'hypothesis', process }))
      .then(suspected));

  it('is confirmed later, naming the suspicion', () =>
    given(received, suspected)
      .when(
        doing(stateCause, { cause: id(2), issue: ISSUE, state: 'confirmed', confirms: id(1), process, text: words }),
      )
      .then(causeConfirmed({ cause: id(2), issue: ISSUE, confirms: id(1), process, text: words })));

  it('may be confirmed without a suspicion before', () =>
    given(received)
      .when(doing(stateCause, { cause: id(2), issue: ISSUE, state: 'confirmed', process }))
      .then(causeConfirmed({ cause: id(2), issue: ISSUE, process })));

  it('confirms only what was suspected of the same issue', () => {
    given(received)
      .when(doing(stateCause, { cause: id(2), issue: ISSUE, state: 'confirmed', confirms: id(1), process }))
      .thenRefused('unknown-issue', { errors: [expect.objectContaining({ pointer: '#/confirms' })] });
    given(received, suspected, other)
      .when(doing(stateCause, { cause: id(2), issue: id(5), state: 'confirmed', confirms: id(1), process }))
      .thenRefused('unknown-issue');
  });

  it('is of one issue among several', () =>
    given(received, other)
      .when(doing(stateCause, { cause: id(1), issue: id(5), state: 'hypothesis', process }))
      .then(causeSuspected({ cause: id(1), issue: id(5), process })));

  it('confirms nothing while it is a hypothesis', () =>
    given(received, suspected)
      .when(doing(stateCause, { cause: id(2), issue: ISSUE, state: 'hypothesis', confirms: id(1), process }))
      .thenRefused('invalid-body', { errors: [expect.objectContaining({ pointer: '#/confirms' })] }));

  it('is of an issue of this complaint, and is stated once', () => {
    given(received)
      .when(doing(stateCause, { cause: id(1), issue: id(7), state: 'hypothesis', process }))
      .thenRefused('unknown-issue');
    given(received, suspected)
      .when(doing(stateCause, { cause: id(1), issue: ISSUE, state: 'hypothesis', process }))
      .thenNothing();
  });
});
