import { hash } from 'node:crypto';
import type { FactMetadata } from '#fact/fact';
import type { JsonObject } from '#fact/json';
import { canonicalJson } from '#fact/canonical-json';

/**
 * The digest of one fact, chained to the previous one by `metadata.previousDigest`.
 * NOTE: stored for ever (docs/formats.md, The stored fact); `v` is the form's version.
 * `stream` is the name without the deployment's prefix; `data` is as stored, personal texts as envelopes.
 */
export const digestOf = (fact: {
  stream: string;
  revision: bigint;
  id: string;
  type: string;
  data: JsonObject;
  metadata: Omit<FactMetadata, 'digest'>;
}): string => {
  const { digest: _digest, ...metadata } = fact.metadata as FactMetadata;
  const form = canonicalJson({
    v: 1,
    stream: fact.stream,
    revision: fact.revision.toString(),
    id: fact.id,
    type: fact.type,
    data: fact.data,
    metadata,
  });
  return `sha256:${hash('sha256', form)}`;
};
