import { REFUSALS } from '#nouns/refusals';
import { problemDocument, Problem } from './problem.ts';
import { isProblemCode, PROBLEMS, type ProblemCode } from './problem-table.ts';

/** What clients are written against (docs/api.md): codes and their statuses. */
const PUBLISHED: Readonly<Record<number, readonly string[]>> = {
  400: [
    'malformed-json',
    'invalid-parameter',
    'invalid-cursor',
    'invalid-position',
    'invalid-actor',
    'invalid-precondition',
    'invalid-idempotency-key',
    'malformed-request',
  ],
  403: ['foreign-origin', 'role-not-allowed'],
  404: ['not-found'],
  405: ['not-allowed-here'],
  408: ['request-timeout'],
  409: [
    'apology-before-thanks',
    'not-ready-to-close',
    'already-closed',
    'reopening-window-passed',
    'needs-manager',
    'attempts-not-exhausted',
  ],
  410: ['other-ledger'],
  412: ['revision-mismatch'],
  413: ['body-too-large'],
  414: ['url-too-long'],
  415: ['unsupported-media-type'],
  417: ['expectation-failed'],
  421: ['wrong-host'],
  422: [
    'invalid-body',
    'unknown-code',
    'unknown-issue',
    'override-needs-reason',
    'idempotency-key-reused',
    'mistyped-reference',
  ],
  428: ['precondition-required'],
  429: ['too-many-requests'],
  431: ['headers-too-large'],
  500: ['internal-error'],
  503: ['read-model-behind', 'ledger-unavailable', 'not-ready'],
};

describe('the table of problems', () => {
  it('has every code that the rules can refuse with', () => {
    expect(Object.keys(REFUSALS).filter((code) => !isProblemCode(code))).toEqual([]);
  });

  it('has exactly the published codes, each with its published status', () => {
    const published = Object.entries(PUBLISHED).flatMap(([status, codes]) =>
      codes.map((code) => [code, Number(status)] as const),
    );
    expect(Object.fromEntries(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]))).toEqual(
      Object.fromEntries(published),
    );
  });

  it('explains every code', () => {
    for (const [code, { title, means }] of Object.entries(PROBLEMS)) {
      expect({ code, title, means }).toEqual({
        code,
        title: expect.stringMatching(/^[A-Z].{5,}[^.]$/),
        means: expect.stringMatching(/^[A-Z].{10,}\.$/),
      });
    }
  });

  it('knows no names that every object has', () => {
    expect(isProblemCode('constructor')).toBe(false);
  });

  it('makes documents of RFC 9457 in which members cannot hide the standard ones', () => {
    const problem = new Problem('not-found' satisfies ProblemCode, { members: { status: 200, errors: [] } });
    expect(problemDocument(problem, { publicUrl: 'https://x.org', correlationId: 'c' })).toEqual({
      type: 'https://x.org/problems/not-found',
      title: 'Not found',
      status: 404,
      detail: 'There is no such thing.',
      instance: 'urn:uuid:c',
      code: 'not-found',
      errors: [],
    });
    expect(problemDocument(problem, { correlationId: 'c' })).toMatchObject({ type: '/problems/not-found' });
  });
});
