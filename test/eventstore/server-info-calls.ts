import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { misbehaving, type Node } from './node.ts';
import { UUID } from './wire.ts';

const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
const STATES = { leader: LEADER, follower: FOLLOWER, unknown: UNKNOWN };

/** Who is in the cluster. Anybody may ask. */
export const gossipCall =
  (node: Node) =>
  (call: ServerUnaryCall<shared.Empty, gossip.ClusterInfo>, callback: sendUnaryData<gossip.ClusterInfo>): void => {
    const over = node.calls.begin('gossip');
    call.on('cancelled', over);
    const info = new gossip.ClusterInfo();
    for (const { host, port, state, alive } of node.members()) {
      const member = new gossip.MemberInfo();
      const id = new UUID();
      id.setString(`00000000-0000-4000-8000-${String(port).padStart(12, '0')}`);
      member.setInstanceId(id);
      member.setTimeStamp(String(BigInt(Date.now()) * 10_000n));
      member.setState(STATES[state]);
      member.setIsAlive(alive);
      const endPoint = new gossip.EndPoint();
      endPoint.setAddress(host);
      endPoint.setPort(port);
      member.setHttpEndPoint(endPoint);
      info.addMembers(member);
    }
    const fault = node.faults.meet('gossip', '');
    void misbehaving(node, fault, call.getPeer(), () => Promise.resolve({ answer: info })).then((answer) => {
      if (!answer) return;
      over();
      if ('refusal' in answer) callback(answer.refusal);
      else callback(null, answer.answer);
    });
  };

const SUPPORTED: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'batchappend', 'deadline_duration'],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'read', 'position', 'events'],
  ['event_store.client.streams.streams', 'tombstone'],
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

export const featuresCall =
  (node: Node) =>
  (
    call: ServerUnaryCall<shared.Empty, features.SupportedMethods>,
    callback: sendUnaryData<features.SupportedMethods>,
  ): void => {
    const over = node.calls.begin('features');
    call.on('cancelled', over);
    const supported = new features.SupportedMethods();
    supported.setEventStoreServerVersion('23.10.6.0');
    for (const [service, name, ...featuresOf] of SUPPORTED) {
      const method = new features.SupportedMethod();
      method.setServiceName(service);
      method.setMethodName(name);
      method.setFeaturesList(featuresOf);
      supported.addMethods(method);
    }
    const fault = node.faults.meet('features', '');
    void misbehaving(node, fault, call.getPeer(), () => Promise.resolve({ answer: supported })).then((answer) => {
      if (!answer) return;
      over();
      if ('refusal' in answer) callback(answer.refusal);
      else callback(null, answer.answer);
    });
  };
