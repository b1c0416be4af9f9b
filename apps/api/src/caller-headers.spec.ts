import { actorIn, correlationIdIn, idempotencyKeyIn, ifMatchIn, traceparentIn } from './caller-headers.ts';

describe('Redress-Actor', () => {
  it('is the handler at this machine when it is absent', () => {
    expect(actorIn([])).toEqual({ id: 'local', role: 'handler', assurance: 'claimed' });
  });

  it.each([
    ['anna; role=manager', 'anna', 'manager'],
    ['anna;role=lead', 'anna', 'lead'],
    ['"anna.b-1_c"; role="privacy-officer"', 'anna.b-1_c', 'privacy-officer'],
    ['anna', 'anna', 'handler'],
    ['anna; role=director; extra=1', 'anna', 'director'],
    ['"7"; role=customer', '7', 'customer'],
  ])('%s', (value, id, role) => {
    expect(actorIn([value])).toEqual({ id, role, assurance: 'claimed' });
  });

  it.each([
    '',
    'anna; role=boss',
    'anna; role',
    'anna; role=1',
    'Анна; role=lead',
    'anna, bert',
    '"anna@example.org"; role=lead',
    '"anna smith"',
    '7',
    '?1',
    ':YQ==:',
    '(anna)',
    `${'a'.repeat(65)}; role=lead`,
    'anna; role=Manager',
    '"; role=lead',
    'anna role=lead',
    '@1',
    '%"anna"',
  ])('refuses %j', (value) => {
    expect(() => actorIn([value])).toThrow(expect.objectContaining({ code: 'invalid-actor' }));
  });

  it('is given once', () => {
    expect(() => actorIn(['anna', 'anna'])).toThrow(expect.objectContaining({ code: 'invalid-actor' }));
  });

  it.each(['process-manager; role=system', 'x; role="system"'])('lets nobody act as the system: %s', (value) => {
    expect(() => actorIn([value])).toThrow(expect.objectContaining({ code: 'role-not-allowed' }));
  });
});

describe('Idempotency-Key', () => {
  it.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['cfpb:1:received', 'cfpb:1:received'],
    ['~'.repeat(255), '~'.repeat(255)],
    [`"${'~'.repeat(255)}"`, '~'.repeat(255)],
  ])('%s', (value, key) => {
    expect(idempotencyKeyIn([value])).toBe(key);
  });
  it('may be absent', () => expect(idempotencyKeyIn([])).toBeUndefined());
  it.each([[['']], [['""']], [['a b']], [['a"b']], [['"a']], [['é']], [['~'.repeat(256)]], [['a', 'a']], [['a\tb']]])(
    'refuses %j',
    (values) => {
      expect(() => idempotencyKeyIn(values)).toThrow(expect.objectContaining({ code: 'invalid-idempotency-key' }));
    },
  );
});

describe('If-Match', () => {
  it.each([
    [['"3"'], [3]],
    [['W/"3"'], [3]],
    [['"3", W/"0" ,"12"'], [3, 0, 12]],
    [
      ['"3"', '"4"'],
      [3, 4],
    ],
    [['*'], '*'],
    [[' * '], '*'],
    [['"3","3"'], [3]],
  ])('%j', (values, expected) => {
    expect(ifMatchIn(values)).toEqual(expected);
  });
  it('may be absent', () => expect(ifMatchIn([])).toBeUndefined());
  it.each([
    [['3']],
    [['"-1"']],
    [['"03"']],
    [['"abc"']],
    [['']],
    [[',']],
    [['*, "3"']],
    [['"3" "4"']],
    [['"99999999999999999"']],
    [['w/"3"']],
    [[Array(200).fill('"1"').join()]],
  ])('refuses %j', (values) => {
    expect(() => ifMatchIn(values)).toThrow(expect.objectContaining({ code: 'invalid-precondition' }));
  });
});

describe('Correlation-Id and traceparent', () => {
  it('are kept when they are what they should be', () => {
    expect(correlationIdIn(['6F1D2C3B-0000-4000-8000-000000000001'])).toBe('6f1d2c3b-0000-4000-8000-000000000001');
    expect(traceparentIn(['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'])).toBe(
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    );
  });
  it.each(['', 'Mr Smith', '6f1d2c3b'])('are ignored when they are not: %j', (value) => {
    expect(correlationIdIn([value])).toBeUndefined();
    expect(traceparentIn([value])).toBeUndefined();
  });
  it.each([
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ])('%s is no trace', (value) => {
    expect(traceparentIn([value])).toBeUndefined();
  });
  it('are ignored when they are repeated', () => {
    const id = '6f1d2c3b-0000-4000-8000-000000000001';
    expect(correlationIdIn([id, id])).toBeUndefined();
  });
});
