import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import type generated from '@eventstore/db-client/generated/streams_pb.js';
import { append, MAX_APPEND_BYTES, type Expected } from './append.ts';
import { mayNot, misbehaving, pause, turn, type Answer, type Node } from './node.ts';
import { missingMetadata, notPrepared, notReady, streamDeleted, thrown, tooLarge, type Refusal } from './refusals.ts';
import { AppendResp, Empty, nameOf, proposedOf, sizeOf } from './wire.ts';

/** A real server's patience with what it writes. */
const PREPARE_MS = 2_000;

type Request = generated.AppendReq;
type Response = generated.AppendResp;

/** The plain append: the options, then one message an event. */
export const appendCall =
  (node: Node) =>
  (call: ServerReadableStream<Request, Response>, callback: sendUnaryData<Response>): void => {
    const over = node.calls.begin('append');
    const messages: Request[] = [];
    call.on('data', (message: Request) => void messages.push(message));
    call.on('error', over);
    call.on('cancelled', over);
    call.on('close', () => call.cancelled && over());
    const whole = (): void => {
      if (call.cancelled) return over();
      const stream = nameOf(messages[0]?.getOptions()?.getStreamIdentifier());
      const refusal = mayNot(node, 'append', call.metadata, stream);
      const fault = refusal ? undefined : node.faults.meet('append', stream);
      const act = (): Promise<Answer<Response>> => answerTo(node, messages);
      void (refusal ? Promise.resolve({ refusal }) : misbehaving(node, fault, call.getPeer(), act)).then((answer) => {
        if (!answer) return; // open until the caller gives up
        over();
        if ('refusal' in answer) callback(answer.refusal);
        else callback(null, answer.answer);
      });
    };
    // A call that was broken off half-way ends, too: it is known a turn later, and nothing of it may be stored.
    call.on('end', () => void turn().then(whole));
  };

const answerTo = async (node: Node, [first, ...rest]: readonly Request[]): Promise<Answer<Response>> => {
  const options = first!.getOptions()!;
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedBy(options);
  const messages = rest.map((request) => request.getProposedMessage()!);
  const refusal = refusalOf(messages);
  if (refusal) return { refusal };
  const appended = append(
    node.view.log,
    stream,
    expected,
    messages.map((message) => proposedOf(message)!),
  );
  switch (appended.kind) {
    case 'deleted':
      return { refusal: streamDeleted(stream) };
    case 'conflict':
      return { answer: conflictMessage(expected, appended.actual) };
    case 'forgotten':
      return pause(PREPARE_MS).then(() => ({ refusal: notPrepared }));
    case 'stored':
      return appended.durable.then(
        () => ({ answer: storedMessage(appended.revision, appended.position) }),
        () => ({ refusal: notReady }),
      );
  }
};

const expectedBy = (options: generated.AppendReq.Options): Expected => {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

const refusalOf = (messages: readonly generated.AppendReq.ProposedMessage[]): Refusal | undefined => {
  let size = 0;
  for (const message of messages) {
    for (const name of ['type', 'content-type']) if (!message.getMetadataMap().has(name)) return missingMetadata(name);
    const proposed = proposedOf(message);
    if (!proposed) return thrown;
    size += sizeOf(proposed);
    if (size > MAX_APPEND_BYTES) return tooLarge(MAX_APPEND_BYTES);
  }
  return undefined;
};

const storedMessage = (revision: number, at: number): Response => {
  const success = new AppendResp.Success();
  if (revision < 0) success.setNoStream(new Empty());
  else success.setCurrentRevision(String(revision));
  const position = new AppendResp.Position();
  position.setCommitPosition(String(at));
  position.setPreparePosition(String(at));
  success.setPosition(position);
  const response = new AppendResp();
  response.setSuccess(success);
  return response;
};

const conflictMessage = (expected: Expected, actual: number): Response => {
  const conflict = new AppendResp.WrongExpectedVersion();
  if (actual < 0) conflict.setCurrentNoStream(new Empty());
  else conflict.setCurrentRevision(String(actual));
  if (expected === 'no_stream') conflict.setExpectedNoStream(new Empty());
  else if (expected === 'stream_exists') conflict.setExpectedStreamExists(new Empty());
  else if (expected === 'any') conflict.setExpectedAny(new Empty());
  else conflict.setExpectedRevision(String(expected));
  const response = new AppendResp();
  response.setWrongExpectedVersion(conflict);
  return response;
};
