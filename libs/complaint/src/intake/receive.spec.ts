import { given, id, ISSUE, policy, received, SUBJECT, words } from '../complaint.stories.ts';
import { complaintReceived } from './events.ts';
import { receive, type Receive } from './receive.ts';

const MONDAY_AT_TEN = '2026-03-02T10:00:00.000Z';

const told: Receive = {
  reference: 'R7K4M29',
  channel: 'phone',
  words,
  desiredOutcomes: [],
  confidentiality: 'open',
  customer: { id: SUBJECT },
  issues: [{ id: ISSUE, category: 'delivery-late', severity: 'costly' }],
  receivedAt: MONDAY_AT_TEN,
  issueIdIfNone: id(1),
};

const firstResponse = (due: string) => ({
  clock: 'first-response',
  from: MONDAY_AT_TEN,
  due,
  workingDays: 1,
  calendar: 'default',
  calendarVersion: 0,
});

const receiving = (command: Receive) => given().when(() => receive(command, undefined, policy));

describe('receiving a complaint', () => {
  const { receivedAt: _at, issueIdIfNone: _id, ...said } = told;

  it('takes what was told, and says by when the customer hears from us', () =>
    receiving(told).then(
      complaintReceived({
        ...said,
        issues: [{ id: ISSUE, category: 'delivery-late', severity: 'costly', presumed: 'minor' }],
        dues: [firstResponse('2026-03-03T10:00:00.000Z')],
      }),
    ));

  it('makes an issue of its own when none was told', () =>
    receiving({ ...told, issues: [] }).then(
      complaintReceived({
        ...said,
        issues: [{ id: id(1), category: 'unspecified', presumed: 'minor' }],
        dues: [firstResponse('2026-03-03T10:00:00.000Z')],
      }),
    ));

  it('lets an issue weigh what the policy presumes while nobody said how grave it is', () =>
    given()
      .when(() => receive({ ...told, issues: [] }, undefined, { ...policy, defaultSeverity: 'costly' }))
      .then(
        complaintReceived({
          ...said,
          issues: [{ id: id(1), category: 'unspecified', presumed: 'costly' }],
          dues: [firstResponse('2026-03-03T10:00:00.000Z')],
        }),
      ));

  it('sets no clock for an existing record that is brought over', () => {
    const origin = { system: 'cfpb', migrated: true };
    receiving({ ...told, origin }).then(
      complaintReceived({
        ...said,
        origin,
        issues: [{ id: ISSUE, category: 'delivery-late', severity: 'costly', presumed: 'minor' }],
        dues: [],
      }),
    );
  });

  it('takes a complaint that is years late', () => {
    const { decision } = receiving({ ...told, receivedAt: '2011-12-30T23:00:00.000Z' });
    expect(decision.kind).toBe('recorded');
  });

  it('names every code that the policy does not know, and where', () =>
    receiving({
      ...told,
      channel: 'pigeon',
      desiredOutcomes: ['refund', 'revenge'],
    }).thenRefused('unknown-code', {
      errors: [
        expect.objectContaining({ pointer: '#/channel', code: 'unknown-code' }),
        expect.objectContaining({ pointer: '#/desiredOutcomes/1', code: 'unknown-code' }),
      ],
    }));

  it('does not take the name of a member that every object has for a channel', () =>
    receiving({ ...told, channel: 'constructor' }).thenRefused('unknown-code'));

  it('knows only the categories that the policy lists, when it lists any, and the unspecified one', () => {
    const listing = { ...policy, categories: ['billing'] };
    given()
      .when(() => receive(told, undefined, listing))
      .thenRefused('unknown-code', { errors: [expect.objectContaining({ pointer: '#/issues/0/category' })] });
    const { decision } = given().when(() => receive({ ...told, issues: [] }, undefined, listing));
    expect(decision.kind).toBe('recorded');
  });

  it('says nothing the second time', () =>
    given(received)
      .when((complaint) => receive(told, complaint, policy))
      .thenNothing());
});
