import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { Event, EventDescription } from '#fact/define-event';
import type { Fact } from '#fact/fact';
import type { Json, JsonObject } from '#fact/json';
import {
  inspectPersonal,
  isEnvelope,
  sealedText,
  type Envelope,
  type Personal,
  type SubjectRole,
} from '#fact/personal';
import { subjectOf } from '#fact/vocabulary';
import type { RecordedEvent } from './port.ts';
import '#fact/schema-kinds';

/** A fact of a type or shape that this program does not know: it must be upgraded, it may not guess. */
export class UnknownFact extends Error {}

/** How a codec seals one personal text; the ledger's transact supplies it from the privacy room. */
export type Sealer = (text: string, subject: SubjectRole, pointer: string) => Envelope;

/** Between today's events and stored data: sealing and checking on the way in, upcasting on the way out. */
export class Codec {
  private readonly byType: ReadonlyMap<string, { definition: EventDescription; check: TypeCheck<TSchema> }>;

  constructor(definitions: readonly EventDescription[]) {
    for (const { type, version, past } of definitions)
      if (past.length !== version - 1 || past.some((shape, index) => shape.version !== index + 1))
        throw new Error(`${type} is of version ${version}, but not every version below it has its upcaster`);
    this.byType = new Map(
      definitions.map((definition) => [definition.type, { definition, check: TypeCompiler.Compile(definition.data) }]),
    );
  }

  versionOf(type: string): number {
    return this.known(type).definition.version;
  }

  /** Whose keys an event's personal texts need. */
  subjectsIn(event: Event): ReadonlySet<SubjectRole> {
    const subjects = new Set<SubjectRole>();
    collectSubjects(this.known(event.type).definition.data, event.data, subjects);
    return subjects;
  }

  /** The data to store: personal texts as envelopes, absent members gone. Throws when it is not of the defined shape. */
  encode(event: Event, seal: Sealer): JsonObject {
    const { definition, check } = this.known(event.type);
    // Looking for what is wrong takes many times as long as seeing that nothing is.
    const wrong = check.Check(event.data) ? undefined : check.Errors(event.data).First();
    if (wrong) throw new Error(`${event.type}${wrong.path} ${wrong.message}`);
    return eachPersonal(definition.data, event.data, '', (personal, subject, pointer) => {
      const inside = inspectPersonal(personal);
      if (inside.kind === 'sealed') throw new Error(`${event.type}${pointer} holds a text sealed for another fact`);
      return seal(inside.text, subject, pointer) as unknown as JsonObject;
    }) as JsonObject;
  }

  /** A stored event as today's fact. Personal texts stay sealed and carry their place along, through any upcasting. */
  decode(event: RecordedEvent): Fact {
    const { definition } = this.known(event.type);
    const { schemaVersion } = event.metadata;
    if (schemaVersion > definition.version)
      throw new UnknownFact(`${event.type} of shape ${schemaVersion}; this program knows ${definition.version}`);
    const placed = withPlaces(event.data, '', event) as JsonObject;
    const data = schemaVersion === definition.version ? placed : upcast(placed, schemaVersion, definition);
    // What is spread comes last, here and wherever many facts pass: V8 is fifty times as long about the other order.
    return {
      type: event.type,
      data,
      id: event.id,
      stream: event.stream,
      revision: Number(event.revision),
      position: event.position,
      ...event.metadata,
    };
  }

  knows(type: string): boolean {
    return this.byType.has(type);
  }

  private known(type: string): { definition: EventDescription; check: TypeCheck<TSchema> } {
    const found = this.byType.get(type);
    if (!found) throw new UnknownFact(`the type ${type} is not known here`);
    return found;
  }
}

const collectSubjects = (schema: TSchema, value: unknown, subjects: Set<SubjectRole>): void => {
  if (typeof value !== 'object' || value === null) return; // encode says what is wrong with it
  const subject = subjectOf(schema);
  if (subject) subjects.add(subject);
  else if (Array.isArray(value)) {
    const items = schema.items as TSchema | undefined;
    if (items) for (const item of value) collectSubjects(items, item, subjects);
  } else {
    const members = schema.properties as Record<string, TSchema> | undefined;
    for (const name in members) collectSubjects(members[name]!, (value as Record<string, unknown>)[name], subjects);
  }
};

/** Copies a value along its schema and replaces what is personal. Members that are undefined are left out. */
const eachPersonal = (
  schema: TSchema | undefined,
  value: unknown,
  pointer: string,
  replace: (personal: Personal, subject: SubjectRole, pointer: string) => Json,
): Json => {
  const subject = schema && subjectOf(schema);
  if (subject) return replace(value as Personal, subject, pointer);
  if (Array.isArray(value))
    return value.map((item, index) =>
      eachPersonal(schema?.items as TSchema | undefined, item, `${pointer}/${index}`, replace),
    );
  if (typeof value === 'object' && value !== null) {
    const members = schema?.properties as Record<string, TSchema> | undefined;
    const copy: [string, Json][] = [];
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const place = `${pointer}/${escapePointer(key)}`;
      // What the definition does not name would be stored unsealed, whosever words it holds.
      if (key === '$plain' || (members && !Object.hasOwn(members, key)))
        throw new Error(`${place} has no place in its definition`);
      copy.push([key, eachPersonal(members?.[key], member, place, replace)]);
    }
    return Object.fromEntries(copy);
  }
  return value as Json;
};

/** Through every later shape up to today's. */
const upcast = (data: JsonObject, from: number, { past }: EventDescription): JsonObject =>
  past.filter((shape) => shape.version >= from).reduce((older, shape) => shape.upcast(older), data);

/**
 * The value with a place beside each envelope. Copied is only what leads to one: most of a fact is codes, and a stream is
 * read at every command.
 */
const withPlaces = (value: Json, pointer: string, event: RecordedEvent): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (isEnvelope(value))
    return sealedText({ stream: event.stream, revision: Number(event.revision), type: event.type, pointer, ...value });
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const member = (value as JsonObject)[key]!;
    if (typeof member !== 'object' || member === null) continue;
    const placed = withPlaces(member, `${pointer}/${escapePointer(key)}`, event);
    if (placed === member) continue;
    copy ??= (Array.isArray(value) ? [...(value as Json[])] : { ...(value as JsonObject) }) as Record<string, unknown>;
    copy[key] = placed;
  }
  return copy ?? value;
};

const escapePointer = (key: string): string =>
  /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
