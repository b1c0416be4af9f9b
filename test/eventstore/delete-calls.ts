import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type generated from '@eventstore/db-client/generated/streams_pb.js';
import { remove, type Expected } from './append.ts';
import { mayNot, misbehaving, type Answer, type Node } from './node.ts';
import { deleteConflict, notReady, streamDeleted } from './refusals.ts';
import { DeleteResp, nameOf, TombstoneResp } from './wire.ts';

export const deleteCall =
  (node: Node) =>
  (
    call: ServerUnaryCall<generated.DeleteReq, generated.DeleteResp>,
    callback: sendUnaryData<generated.DeleteResp>,
  ): void =>
    removing(node, 'delete', call, callback, (at) => {
      const position = new DeleteResp.Position();
      position.setCommitPosition(at);
      position.setPreparePosition(at);
      const response = new DeleteResp();
      response.setPosition(position);
      return response;
    });

export const tombstoneCall =
  (node: Node) =>
  (
    call: ServerUnaryCall<generated.TombstoneReq, generated.TombstoneResp>,
    callback: sendUnaryData<generated.TombstoneResp>,
  ): void =>
    removing(node, 'tombstone', call, callback, (at) => {
      const position = new TombstoneResp.Position();
      position.setCommitPosition(at);
      position.setPreparePosition(at);
      const response = new TombstoneResp();
      response.setPosition(position);
      return response;
    });

type Options = generated.DeleteReq.Options | generated.TombstoneReq.Options;

const removing = <Response>(
  node: Node,
  rpc: 'delete' | 'tombstone',
  call: ServerUnaryCall<{ getOptions(): Options | undefined }, Response>,
  callback: sendUnaryData<Response>,
  respond: (position: string) => Response,
): void => {
  const over = node.calls.begin(rpc);
  call.on('cancelled', over);
  const options = call.request.getOptions()!;
  const stream = nameOf(options.getStreamIdentifier());
  const refusal = mayNot(node, rpc, call.metadata, stream);
  const act = async (): Promise<Answer<Response>> => {
    const removed = remove(node.view.log, stream, expectedBy(options), rpc === 'delete' ? 'soft' : 'hard');
    switch (removed.kind) {
      case 'deleted':
        return { refusal: streamDeleted(stream) };
      case 'conflict':
        return { refusal: deleteConflict(stream, versionOf(expectedBy(options)), removed.actual) };
      case 'gone':
        return removed.durable.then(
          () => ({ answer: respond(String(removed.position)) }),
          () => ({ refusal: notReady }),
        );
    }
  };
  const fault = refusal ? undefined : node.faults.meet(rpc, stream);
  void (refusal ? Promise.resolve({ refusal }) : misbehaving(node, fault, call.getPeer(), act)).then((answer) => {
    if (!answer) return;
    over();
    if ('refusal' in answer) callback(answer.refusal);
    else callback(null, answer.answer);
  });
};

const expectedBy = (options: Options): Expected => {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

/** As numbers, the way the server's own code counts them. */
const versionOf = (expected: Expected): string =>
  String(expected === 'no_stream' ? -1 : expected === 'any' ? -2 : expected === 'stream_exists' ? -4 : expected);
