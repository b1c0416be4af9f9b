import { at } from '#fact/story';
import { missedAt } from '../clocks/missed-at.ts';
import { closed, doing, given, id, received, receivedMigrated } from '../complaint.stories.ts';
import { breakPromise } from './break-promise.ts';
import { promiseBroken, promiseFulfilled, promiseMade } from './events.ts';
import { fulfilPromise } from './fulfil-promise.ts';
import { makePromise } from './make-promise.ts';

const DUE = '2026-03-04T12:00:00.000Z';
const BEFORE = '2026-03-04T11:59:59.999Z';
const AFTER = '2026-03-04T12:00:00.001Z';

const promised = promiseMade({ promise: id(1), what: 'update', due: DUE });
const fulfilled = promiseFulfilled({ promise: id(1) });
const broken = promiseBroken({ promise: id(1), what: 'update', due: DUE });

describe('a promise', () => {
  it('is made with a time', () =>
    given(received)
      .when(doing(makePromise, { promise: id(1), what: 'update', due: DUE }))
      .then(promised));

  it('is of a kind that the policy knows', () =>
    given(received)
      .when(doing(makePromise, { promise: id(1), what: 'the-moon', due: DUE }))
      .thenRefused('unknown-code', { errors: [expect.objectContaining({ pointer: '#/what' })] }));

  it('is made once', () =>
    given(received, promised)
      .when(doing(makePromise, { promise: id(1), what: 'update', due: DUE }))
      .thenNothing());

  it('is kept once, also after the end', () => {
    given(received, promised)
      .when(doing(fulfilPromise, { promise: id(1) }))
      .then(fulfilled);
    given(received, promised, closed)
      .when(doing(fulfilPromise, { promise: id(1) }))
      .then(fulfilled);
    given(received, promised, fulfilled)
      .when(doing(fulfilPromise, { promise: id(1) }))
      .thenNothing();
  });

  it('can be kept late: the breach stands beside it', () =>
    given(received, promised, at(DUE, broken))
      .when(doing(fulfilPromise, { promise: id(1) }))
      .then(fulfilled));

  it('must have been made to be kept or broken', () => {
    given(received)
      .when(doing(fulfilPromise, { promise: id(1) }))
      .thenRefused('unknown-issue');
    given(received)
      .when(doing(breakPromise, { promise: id(1), now: AFTER }))
      .thenRefused('unknown-issue');
  });
});

describe('a broken promise', () => {
  const breaking = doing(breakPromise, { promise: id(1), now: AFTER });

  it('is one whose time has passed', () => {
    given(received, promised).when(breaking).then(broken);
    given(received, promised)
      .when(doing(breakPromise, { promise: id(1), now: DUE }))
      .thenNothing();
  });

  it('is marked also after the end', () => given(received, promised, closed).when(breaking).then(broken));

  it('is marked exactly once', () => given(received, promised, at(DUE, broken)).when(breaking).thenNothing());

  it('is none that was kept in time, to the instant', () => {
    given(received, promised, at(BEFORE, fulfilled)).when(breaking).thenNothing();
    given(received, promised, at(DUE, fulfilled)).when(breaking).thenNothing();
  });

  it('is one that was kept too late', () =>
    given(received, promised, at(AFTER, fulfilled)).when(breaking).then(broken));

  it('is none of a migrated complaint: how it was kept may be brought over later', () => {
    given(receivedMigrated, promised).when(breaking).thenNothing();
    given(receivedMigrated, promised)
      .when(doing(fulfilPromise, { promise: id(1) }))
      .then(fulfilled);
  });

  it('takes effect at its time, but never before the complaint began', () => {
    const { state } = given(received);
    expect(missedAt(state!, DUE)).toBe(DUE);
    expect(missedAt(state!, '2026-01-01T00:00:00.000Z')).toBe('2026-03-02T09:00:00.000Z');
  });
});
