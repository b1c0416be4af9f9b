import { closed, doing, given, id, received, withdrawn, words } from '../complaint.stories.ts';
import { assign } from '../intake/assign.ts';
import { contactGiven, handlerAssigned } from '../intake/events.ts';
import { giveContact } from '../intake/give-contact.ts';
import { informationGiven, informationRequested, messageRecorded } from './events.ts';
import { giveInformation } from './give-information.ts';
import { recordMessage } from './record-message.ts';
import { requestInformation } from './request-information.ts';

const asked = (n: number, topic: string | undefined, time: number) =>
  informationRequested({ request: id(n), ask: words, ...(topic && { topic }), time });

describe('asking the customer for help', () => {
  it('is counted: the first time', () =>
    given(received)
      .when(doing(requestInformation, { request: id(1), ask: words, topic: 'photo' }))
      .then(asked(1, 'photo', 1)));

  it('is possible twice about the same topic, and counted', () =>
    given(received, asked(1, 'photo', 1))
      .when(doing(requestInformation, { request: id(2), ask: words, topic: 'photo' }))
      .then(asked(2, 'photo', 2)));

  it('counts each topic by itself', () =>
    given(received, asked(1, 'photo', 1), asked(2, undefined, 1))
      .when(doing(requestInformation, { request: id(3), ask: words, topic: 'receipt' }))
      .then(asked(3, 'receipt', 1)));

  it('says nothing the second time about one request', () =>
    given(received, asked(1, 'photo', 1))
      .when(doing(requestInformation, { request: id(1), ask: words, topic: 'photo' }))
      .thenNothing());
});

describe('what the customer adds', () => {
  it('answers a request that was made', () =>
    given(received, asked(1, 'photo', 1))
      .when(doing(giveInformation, { request: id(1), text: words }))
      .then(informationGiven({ request: id(1), text: words })));

  it('answers that request and no other, and the first answer is remembered', () => {
    const answer = informationGiven({ request: id(1), text: words });
    const { state } = given(received, asked(1, 'photo', 1), asked(2, 'photo', 2), answer, answer);
    expect(state!.requests.map((request) => request.given?.revision)).toEqual([3, undefined]);
    expect(state!.information).toHaveLength(2);
  });

  it('cannot answer a request that nobody made', () =>
    given(received)
      .when(doing(giveInformation, { request: id(1), text: words }))
      .thenRefused('unknown-issue'));

  it('may come unasked, and each time is a new fact', () =>
    given(received, informationGiven({ text: words }))
      .when(doing(giveInformation, { text: words }))
      .then(informationGiven({ text: words })));
});

describe('the conversation', () => {
  const message = { message: id(1), direction: 'in', channel: 'email', text: words } as const;
  const said = { ...message, effectiveAt: '2026-03-02T09:30:00.000Z' };

  it('goes on after the end', () => {
    given(received, closed).when(doing(recordMessage, said)).then(messageRecorded(message));
    given(received, withdrawn).when(doing(recordMessage, said)).then(messageRecorded(message));
  });

  it('records each message as a new fact, and the same one once', () => {
    given(received, messageRecorded(message))
      .when(doing(recordMessage, { ...said, message: id(2) }))
      .then(messageRecorded({ ...message, message: id(2) }));
    given(received, messageRecorded(message)).when(doing(recordMessage, said)).thenNothing();
  });

  it('goes by channels that the policy knows', () =>
    given(received)
      .when(doing(recordMessage, { ...said, channel: 'pigeon' }))
      .thenRefused('unknown-code'));
});

describe('a contact', () => {
  it('may come later, also after the end', () =>
    given(received, closed)
      .when(doing(giveContact, { phone: words }))
      .then(contactGiven({ phone: words })));

  it('holds what was given, and nothing else', () => {
    const all = { name: words, phone: words, email: words };
    given(received).when(doing(giveContact, all)).then(contactGiven(all));
    expect(given(received, contactGiven({ name: words }), contactGiven({ email: words })).state!.contact).toEqual({
      name: words,
      email: words,
    });
  });

  it('that says nothing is nothing', () => given(received).when(doing(giveContact, {})).thenNothing());
});

describe('the handler', () => {
  it('takes charge', () =>
    given(received)
      .when(doing(assign, { handler: 'anna' }))
      .then(handlerAssigned({ handler: 'anna' })));

  it('takes charge once, until somebody else does', () => {
    const anna = handlerAssigned({ handler: 'anna' });
    given(received, anna)
      .when(doing(assign, { handler: 'anna' }))
      .thenNothing();
    given(received, anna)
      .when(doing(assign, { handler: 'boris' }))
      .then(handlerAssigned({ handler: 'boris' }));
  });
});
