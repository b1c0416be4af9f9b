import type { ServerDuplexStream } from '@grpc/grpc-js';
import type generated from '@eventstore/db-client/generated/streams_pb.js';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import anyMessages from 'google-protobuf/google/protobuf/any_pb.js';
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Message } from 'google-protobuf';
import { append, MAX_APPEND_BYTES, type Expected } from './append.ts';
import { mayNot, misbehaving, type Answer, type Node } from './node.ts';
import { notReady } from './refusals.ts';
import { BatchAppendResp, identifierOf, nameOf, proposedOf, sizeOf } from './wire.ts';

type Request = generated.BatchAppendReq;
type Response = generated.BatchAppendResp;

interface Pending {
  readonly options: generated.BatchAppendReq.Options;
  readonly messages: generated.BatchAppendReq.ProposedMessage[];
  readonly timer: NodeJS.Timeout;
}

/**
 * Many appends over one call: what the client uses when no credentials are given. We never want to (the client mixes up
 * answers of different connections, and waits for ever for some), but a guard that says so needs something to find.
 */
export const batchAppendCall =
  (node: Node) =>
  (call: ServerDuplexStream<Request, Response>): void => {
    const over = node.calls.begin('batchAppend');
    const pending = new Map<string, Pending>();
    const end = (): void => {
      over();
      for (const { timer } of pending.values()) clearTimeout(timer);
    };
    call.on('cancelled', end);
    call.on('error', end);
    call.on('end', () => {
      end();
      call.end();
    });
    const respond = (correlation: Request, stream: string, fill: (response: Response) => void): void => {
      const response = new BatchAppendResp();
      response.setCorrelationId(correlation.getCorrelationId());
      response.setStreamIdentifier(identifierOf(stream));
      fill(response);
      if (!call.cancelled) call.write(response);
    };
    call.on('data', (request: Request) => {
      const id = request.getCorrelationId()!.getString();
      const options = request.getOptions();
      if (options) {
        const left = (options.getDeadline()?.toDate().getTime() ?? Infinity) - Date.now();
        const stream = nameOf(options.getStreamIdentifier());
        const late = (): void => {
          if (pending.delete(id)) respond(request, stream, (response) => response.setError(timeOut()));
        };
        if (left <= 0) return respond(request, stream, (response) => response.setError(timeOut()));
        pending.set(id, { options, messages: [], timer: setTimeout(late, Math.min(left, 2_000_000)).unref() });
      }
      const write = pending.get(id);
      if (!write) return;
      write.messages.push(...request.getProposedMessagesList());
      const stream = nameOf(write.options.getStreamIdentifier());
      const proposed = write.messages.map(proposedOf);
      // As seen: refused, and not forgotten, so that it is refused once more when its deadline comes.
      if (proposed.includes(undefined))
        return respond(request, stream, (response) => response.setError(badRequest('no UUID, or no type')));
      const finished = (): void => {
        clearTimeout(write.timer);
        pending.delete(id);
      };
      if (proposed.reduce((sum, event) => sum + sizeOf(event!), 0) > MAX_APPEND_BYTES) {
        finished();
        return respond(request, stream, (response) => response.setError(tooLarge()));
      }
      if (!request.getIsFinal()) return;
      finished();
      const refusal = mayNot(node, 'batchAppend', call.metadata, stream);
      const act = (): Promise<Answer<(response: Response) => void>> => answerTo(node, stream, write);
      const fault = node.faults.meet('batchAppend', stream);
      void (refusal ? Promise.resolve({ refusal }) : misbehaving(node, fault, call.getPeer(), act)).then((answer) => {
        if (!answer) return;
        if ('answer' in answer) return respond(request, stream, answer.answer);
        if (answer.refusal.metadata.get('exception')[0] !== 'not-leader')
          return respond(request, stream, (response) => response.setError(notHandled(answer.refusal.details)));
        end();
        call.emit('error', answer.refusal);
      });
    });
  };

const answerTo = async (
  node: Node,
  stream: string,
  { options, messages }: Pending,
): Promise<Answer<(response: Response) => void>> => {
  const expected = expectedBy(options);
  const appended = append(
    node.view.log,
    stream,
    expected,
    messages.map((message) => proposedOf(message)!),
  );
  switch (appended.kind) {
    case 'deleted':
      return { answer: (response) => response.setError(deleted(stream)) };
    case 'forgotten':
      return undefined;
    case 'conflict':
      return { answer: (response) => response.setError(conflict(expected, appended.actual)) };
    case 'stored':
      if (
        !(await appended.durable.then(
          () => true,
          () => false,
        ))
      )
        return { refusal: notReady };
      return {
        answer: (response) => {
          const success = new BatchAppendResp.Success();
          if (appended.revision < 0) success.setNoStream(new emptyMessages.Empty());
          else success.setCurrentRevision(String(appended.revision));
          const position = new sharedMessages.AllStreamPosition();
          position.setCommitPosition(String(appended.position));
          position.setPreparePosition(String(appended.position));
          success.setPosition(position);
          response.setSuccess(success);
        },
      };
  }
};

const expectedBy = (options: generated.BatchAppendReq.Options): Expected => {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

const problem = (code: number, words: string, name: string, details: Message): statuses.Status => {
  const any = new anyMessages.Any();
  any.pack(details.serializeBinary(), name);
  const status = new statuses.Status();
  status.setCode(code);
  status.setMessage(words);
  status.setDetails(any);
  return status;
};

const timeOut = (): statuses.Status =>
  problem(4, 'Timeout', 'event_store.client.Timeout', new sharedMessages.Timeout());

const notHandled = (words: string): statuses.Status =>
  problem(
    0,
    words === 'Server Is Too Busy' ? 'Server Is Busy' : words,
    'google.protobuf.Empty',
    new emptyMessages.Empty(),
  );

const badRequest = (words: string): statuses.Status => {
  const details = new sharedMessages.BadRequest();
  details.setMessage(words);
  return problem(3, 'BadRequest', 'event_store.client.BadRequest', details);
};

const tooLarge = (): statuses.Status => {
  const details = new sharedMessages.MaximumAppendSizeExceeded();
  details.setMaxappendsize(MAX_APPEND_BYTES);
  return problem(3, 'MaximumAppendSizeExceeded', 'event_store.client.MaximumAppendSizeExceeded', details);
};

const deleted = (stream: string): statuses.Status => {
  const details = new sharedMessages.StreamDeleted();
  details.setStreamIdentifier(identifierOf(stream));
  return problem(9, 'StreamDeleted', 'event_store.client.StreamDeleted', details);
};

const conflict = (expected: Expected, actual: number): statuses.Status => {
  const empty = new emptyMessages.Empty();
  const details = new sharedMessages.WrongExpectedVersion();
  if (actual < 0) details.setCurrentNoStream(empty);
  else details.setCurrentStreamRevision(String(actual));
  if (expected === 'no_stream') details.setExpectedNoStream(empty);
  else if (expected === 'stream_exists') details.setExpectedStreamExists(empty);
  else if (expected === 'any') details.setExpectedAny(empty);
  else details.setExpectedStreamPosition(String(expected));
  return problem(9, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', details);
};
