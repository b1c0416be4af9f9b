import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '#fact/json';
import { digestOf } from '#ledger/stream/digest';
import type { FactMetadata } from '#fact/fact';
import type { NewEvent } from '#ledger/stream/port';

export interface SampleFact {
  readonly id?: string;
  readonly type?: string;
  readonly data?: JsonObject;
  readonly stream?: string;
  readonly revision?: bigint;
  readonly previousDigest?: string | null;
}

/** A fact as `transact` would hand it to a store, with a true digest. For specs of the ledger, where the rules don't matter. */
export const sampleFact = (sample: SampleFact = {}): NewEvent => {
  const {
    id = uuidv7(),
    type = 'NoteTaken',
    data = { note: 'sample' },
    stream = 'complaint-sample',
    revision = 0n,
    previousDigest = null,
  } = sample;
  const metadata: Omit<FactMetadata, 'digest'> = {
    schemaVersion: 1,
    commandId: randomUUID(),
    requestDigest: 'hmac-sha256:0',
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: randomUUID(),
    recordedAt: '2026-03-01T09:00:00.000Z',
    effectiveAt: '2026-03-01T08:59:00.000Z',
    policyVersion: 0,
    previousDigest,
  };
  return {
    id,
    type,
    data,
    metadata: { ...metadata, digest: digestOf({ stream, revision, id, type, data, metadata }) },
  };
};

export const sampleStream = (noun = 'complaint'): string => `${noun}-${randomUUID()}`;
