import { parseItem, Token } from 'structured-headers';
import { ActorId } from '#fact/vocabulary';
import { ROLES, type Actor, type Role } from '#fact/fact';
import { Problem } from './problem.ts';

/** The headers of docs/api.md, Manners, each from its raw values (several: the header was repeated). All throw Problem. */

const ACTOR_ID = new RegExp(ActorId.pattern!);

/** `Redress-Actor: anna; role=manager`, an item of RFC 9651; absent: the handler at this machine. */
export const actorIn = (values: readonly string[]): Actor => {
  if (values.length === 0) return { id: 'local', role: 'handler', assurance: 'claimed' };
  if (values.length > 1) throw invalidActor('Redress-Actor is given once.');
  const [id, parameters] = itemIn(values[0]!);
  const name = id instanceof Token ? id.toString() : id;
  if (typeof name !== 'string' || !ACTOR_ID.test(name))
    throw invalidActor('The actor’s id is a code of at most 64 letters, digits, dots, hyphens and underscores.');
  const given = parameters.get('role');
  const role = given === undefined ? 'handler' : given instanceof Token ? given.toString() : given;
  if (role === 'system') throw new Problem('role-not-allowed', { detail: 'The role system acts only from inside.' });
  if (!ROLES.includes(role as Role)) throw invalidActor(`The role is one of ${OUTSIDE_ROLES.join(', ')}.`);
  return { id: name, role: role as Role, assurance: 'claimed' };
};

const OUTSIDE_ROLES = ROLES.filter((role) => role !== 'system');

const itemIn = (value: string): readonly [unknown, ReadonlyMap<string, unknown>] => {
  try {
    return parseItem(value);
  } catch {
    throw invalidActor('Redress-Actor looks like: anna; role=manager');
  }
};

const invalidActor = (detail: string): Problem => new Problem('invalid-actor', { detail });

/** 1–255 visible ASCII characters, bare or in double quotes; both name the same key. */
export const idempotencyKeyIn = (values: readonly string[]): string | undefined => {
  if (values.length === 0) return undefined;
  const key = /^"(.*)"$/.exec(values[0]!)?.[1] ?? values[0]!;
  if (values.length > 1 || !/^[\x21-\x7e]{1,255}$/.test(key) || key.includes('"'))
    throw new Problem('invalid-idempotency-key');
  return key;
};

const ENTITY_TAG = /^(?:W\/)?"(0|[1-9]\d{0,14})"$/;

/** `"3"`, `W/"3"`, comma-separated (or in several headers, which is the same), or `*`. */
export const ifMatchIn = (values: readonly string[]): readonly number[] | '*' | undefined => {
  if (values.length === 0) return undefined;
  const tags = values
    .join(',')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length === 1 && tags[0] === '*') return '*';
  if (tags.length === 0 || tags.length > 100) throw new Problem('invalid-precondition');
  const revisions = tags.map((tag) => {
    const match = ENTITY_TAG.exec(tag);
    if (!match) throw new Problem('invalid-precondition');
    return Number(match[1]);
  });
  return [...new Set(revisions)];
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The caller's Correlation-Id when it is one UUID; anything else is not ours to refuse, and is not kept. */
export const correlationIdIn = (values: readonly string[]): string | undefined =>
  values.length === 1 && UUID.test(values[0]!) ? values[0]!.toLowerCase() : undefined;

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** W3C trace context, version 00; whatever is invalid is ignored, as that standard demands. */
export const traceparentIn = (values: readonly string[]): string | undefined =>
  values.length === 1 && TRACEPARENT.test(values[0]!) ? values[0] : undefined;
