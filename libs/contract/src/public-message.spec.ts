import type { Event } from '#fact/define-event';
import type { JsonObject } from '#fact/json';
import { UnknownFact } from '#ledger/stream/codec';
import type { Position, RecordedEvent } from '#ledger/stream/port';
import { nouns } from '#nouns/nouns';
import { kafkaForm } from './cloud-event.ts';
import { markerType, publicType } from './names.ts';
import { told, type Contract } from './public-form.ts';
import { publicMessageOf } from './public-message.ts';
import { Type } from '@sinclair/typebox';
import { code } from './vocabulary.ts';

const COMPLAINT = '01890a5d-ac96-774b-bcce-b302099a8057';
const SUBJECT = '01890a5d-ac96-774b-bcce-b302099a8060';
const PREDECESSOR = '01890a5d-ac96-774b-bcce-b302099a8062';
const envelope = { $enc: 1, key: COMPLAINT, iv: 'iv', ct: 'ciphertext' };

const stored = (overrides: Partial<RecordedEvent> = {}, metadata: object = {}): RecordedEvent => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8058',
  type: 'ApologyGiven',
  stream: `complaint-${COMPLAINT}`,
  revision: 4n,
  position: 'k3f.00000000000000000042' as Position,
  data: { level: 'manager', form: 'written', words: envelope },
  ...overrides,
  metadata: {
    schemaVersion: 1,
    commandId: '01890a5d-ac96-774b-bcce-b302099a8059',
    requestDigest: 'digest-of-the-request',
    actor: { id: 'anna', role: 'manager', assurance: 'claimed' },
    correlationId: '01890a5d-ac96-774b-bcce-b302099a8061',
    recordedAt: '2026-03-01T09:00:00.000Z',
    effectiveAt: '2026-03-01T08:55:00.000Z',
    policyVersion: 2,
    previousDigest: null,
    digest: 'sha256:0',
    ...metadata,
  },
});

const received = (confidentiality: string): RecordedEvent =>
  stored({
    type: 'ComplaintReceived',
    revision: 0n,
    data: {
      reference: 'R7K4M29',
      channel: 'phone',
      words: envelope,
      tone: 'angry',
      needs: ['hearing'],
      desiredOutcomes: ['never-again'],
      confidentiality,
      customer: { id: SUBJECT, reference: envelope, since: '2019-04-01', type: 'claimant' },
      purchase: { order: envelope, product: 'sofa', value: { amount: 4990000, currency: 'RUB' } },
      issues: [
        {
          id: SUBJECT,
          category: 'delivery-late',
          presumed: 'minor',
          waited: 'P3D',
          repeat: true,
          process: { department: 'logistics' },
        },
      ],
      follows: PREDECESSOR,
      origin: { system: 'cfpb', id: envelope, migrated: true },
      dues: [],
    },
  });

describe('the message of a fact', () => {
  it('is, on Kafka, its public data with every attribute as a header', () => {
    const message = publicMessageOf(
      stored({}, { causationId: SUBJECT, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
      'acme',
    )!;
    expect(message.topic).toBe('redress.complaints.v1');
    expect(kafkaForm(message.event)).toEqual({
      key: COMPLAINT,
      value: '{"level":"manager","form":"written"}',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: '01890a5d-ac96-774b-bcce-b302099a8058',
        ce_source: '/redress/acme',
        ce_type: 'redress.complaint.apology-given.v1',
        ce_subject: COMPLAINT,
        ce_time: '2026-03-01T08:55:00.000Z',
        ce_dataschema: 'urn:redress:schema:redress.complaint.apology-given.v1',
        ce_partitionkey: COMPLAINT,
        ce_sequence: '0000000004',
        ce_position: 'k3f.00000000000000000042',
        ce_recordedtime: '2026-03-01T09:00:00.000Z',
        ce_correlationid: '01890a5d-ac96-774b-bcce-b302099a8061',
        ce_causationid: SUBJECT,
        ce_traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
  });

  it('is, in the feed, a CloudEvent whose extension values are strings', () =>
    expect(publicMessageOf(stored(), 'acme')!.event).toEqual({
      specversion: '1.0',
      id: '01890a5d-ac96-774b-bcce-b302099a8058',
      source: '/redress/acme',
      type: 'redress.complaint.apology-given.v1',
      subject: COMPLAINT,
      time: '2026-03-01T08:55:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:redress:schema:redress.complaint.apology-given.v1',
      partitionkey: COMPLAINT,
      sequence: '0000000004',
      position: 'k3f.00000000000000000042',
      recordedtime: '2026-03-01T09:00:00.000Z',
      correlationid: '01890a5d-ac96-774b-bcce-b302099a8061',
      data: { level: 'manager', form: 'written' },
    }));

  it('names a cause and a trace only where there is one', () => {
    const { headers } = kafkaForm(publicMessageOf(stored(), 'acme')!.event);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/causation|traceparent/)]));
  });

  it('leaves out a correlation or trace that is no id, for it could be a text', () => {
    const { event } = publicMessageOf(
      stored({}, { correlationId: 'Mrs Miller called', traceparent: 'Mrs Miller' }),
      'acme',
    )!;
    expect(JSON.stringify(event)).not.toContain('Miller');
  });

  it('of an open complaint names the customer by the subject only', () =>
    expect(publicMessageOf(received('open'), 'acme')!.event.data).toEqual({
      reference: 'R7K4M29',
      channel: 'phone',
      desiredOutcomes: ['never-again'],
      confidentiality: 'open',
      customer: { id: SUBJECT },
      product: 'sofa',
      issues: [
        {
          id: SUBJECT,
          category: 'delivery-late',
          presumed: 'minor',
          waited: 'P3D',
          repeat: true,
          process: { department: 'logistics' },
        },
      ],
      origin: { system: 'cfpb', migrated: true },
      dues: [],
    }));

  it.each(['open', 'confidential', 'anonymous'])(
    'never joins a complaint to the one that it follows: either may be confidential (%s)',
    (confidentiality) =>
      expect(JSON.stringify(publicMessageOf(received(confidentiality), 'acme')!.event.data)).not.toContain(PREDECESSOR),
  );

  it.each(['confidential', 'anonymous'])(
    'of a complaint that is %s does not name the customer at all',
    (confidentiality) =>
      expect(JSON.stringify(publicMessageOf(received(confidentiality), 'acme')!.event.data)).not.toContain(
        `"customer"`,
      ),
  );

  it('keeps a sequence of ten digits', () =>
    expect(publicMessageOf(stored({ revision: 1234567890n }), 'acme')!.event.sequence).toBe('1234567890'));

  it('is the same every time', () =>
    expect(publicMessageOf(stored(), 'acme')).toEqual(publicMessageOf(stored(), 'acme')));
});

describe('no message', () => {
  it.each(['policy', `customer-${COMPLAINT}`])('is published of the stream %s, whatever it holds', (stream) =>
    expect(publicMessageOf(stored({ stream, type: 'NeverHeardOf' }), 'acme')).toBeUndefined(),
  );

  it('is made of the ledger’s own stream', () =>
    expect(publicMessageOf(stored({ stream: 'ledger', type: 'LedgerMinted' }), 'acme')).toBeUndefined());

  it.each([
    ['an unknown type', stored({ type: 'NeverHeardOf' })],
    ['a shape of tomorrow', stored({}, { schemaVersion: 2 })],
    [
      'a noun of tomorrow whose topic is known',
      stored({ stream: `improvement-${COMPLAINT}`, type: 'ImprovementRequested' }),
    ],
    ['a noun of tomorrow', stored({ stream: `survey-${COMPLAINT}`, type: 'SurveySent' })],
    ['another noun’s fact', stored({ stream: `follow-up-${COMPLAINT}` })],
  ])('is guessed of %s: it stops', (_title, event) =>
    expect(() => publicMessageOf(event, 'acme')).toThrow(UnknownFact),
  );
});

describe('public names', () => {
  it.each([
    ['complaint', 'ComplaintReceived', 'redress.complaint.received.v1'],
    ['complaint', 'ApologyGiven', 'redress.complaint.apology-given.v1'],
    ['complaint', 'CustomerThanked', 'redress.complaint.customer-thanked.v1'],
    ['follow-up', 'FollowUpOpened', 'redress.follow-up.opened.v1'],
    ['follow-up', 'CallAttempted', 'redress.follow-up.call-attempted.v1'],
    ['recurrence', 'RecurrenceNoticed', 'redress.recurrence.noticed.v1'],
  ] as const)('%s: %s is %s', (noun, fact, type) => expect(publicType(noun, fact)).toBe(type));

  it('gives markers the noun’s name', () => expect(markerType('follow-up')).toBe('redress.follow-up.recorded.v1'));

  it('puts each noun on its topic', () =>
    expect(nouns.map(({ noun, topic }) => [noun, topic])).toEqual([
      ['complaint', 'redress.complaints.v1'],
      ['follow-up', 'redress.follow-ups.v1'],
      ['recurrence', 'redress.improvements.v1'],
      ['policy', null],
    ]));
});

type Sample = Event<'Said', { words: { secret: true }; topic: string }> | Event<'Heard', { topic: string }>;
const topic = Type.Object({ topic: code('What about') });

describe('a contract', () => {
  it('does not compile without every fact', () => {
    // @ts-expect-error Heard is missing
    const contract: Contract<Sample> = { Said: 'private' };
    expect(contract).toBeDefined();
  });

  it('does not compile with a field that the fact does not have', () => {
    const colour = Type.Object({ colour: code('Which') });
    // @ts-expect-error Heard has no such field
    const contract: Contract<Sample> = { Said: 'private', Heard: told('Heard.', colour) };
    expect(contract).toBeDefined();
  });

  it('lets nothing pass that its schema does not name', () => {
    const contract: Contract<Sample> = {
      Said: told('Said.', topic),
      Heard: told('Heard.', topic, (data) => ({ ...data, more: 1 })),
    };
    const said = contract.Said as Exclude<typeof contract.Said, 'private'>;
    const heard = contract.Heard as Exclude<typeof contract.Heard, 'private'>;
    const data: JsonObject = said.tell({ words: { secret: true }, topic: 'photo' });
    expect([data, heard.tell({ topic: 'photo' })]).toEqual([{ topic: 'photo' }, { topic: 'photo' }]);
  });
});
