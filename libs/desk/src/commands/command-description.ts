import type { Type } from '@nestjs/common';
import type { Command, ICommandHandler } from '@nestjs/cqrs';
import type { TSchema } from '@sinclair/typebox';
import type { RefusalCode } from '#nouns/refusals';
import type { Decision, EventsOf, Refusal, RefusalsOf } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { Caller } from '../caller.ts';
import type { Dated } from '../desk.ts';
import type { DoorDescription } from '../roles.ts';
import type { Written } from '../written.ts';

/** What is told of every command: its door, the OpenAPI document and docs/routes.md are made from it. */
export interface CommandDescription extends DoorDescription {
  /** The name under which generated clients know it, as `Room.method`. NOTE: published. */
  readonly operation: string;
  readonly body: new () => Dated;
  /** The rule that decides it; where it lies is found by its step, of an intake by its name. */
  readonly rule: { readonly step?: string; readonly name: string };
  readonly refusals: readonly RefusalCode[];
  readonly facts: readonly string[];
  /** The answer depends on this header. */
  readonly varies?: 'Accept-Language';
  /** Absent: what every command answers. */
  readonly answer?: TSchema;
  /** The names of the parameters in the path, in order. */
  readonly parameters: readonly string[];
  /** The command that a request is: the values of its path's parameters, its body, and who asks. */
  readonly command: (
    within: readonly string[],
    body: never,
    caller: Caller,
    languages: readonly string[],
  ) => Command<Written>;
}

/** A command's class, with what is told of it and the handler that carries it out. */
export interface DescribedCommand {
  readonly description: CommandDescription;
  readonly Handler: Type<ICommandHandler>;
}

/** The commands of one chapter, in the order in which the document shows them. */
export interface Chapter {
  /** Under which the document shows them. */
  readonly tag: string;
  readonly commands: readonly DescribedCommand[];
}

export const chapter = (tag: string, commands: readonly DescribedCommand[]): Chapter => ({ tag, commands });

export type Refused = { readonly kind: 'refused'; readonly refusal: Refusal };

/** A list that names all of these, and nothing else: forgetting one does not compile either. */
export type Complete<All extends string, Given extends readonly string[]> = Given &
  readonly All[] &
  ([Exclude<All, Given[number]>] extends [never] ? unknown : { readonly forgotten: Exclude<All, Given[number]> });

/** How a command is described whose class and handler are made of it, whatever it is a command to. */
export interface MadeCommand<
  Body extends Dated,
  Rule extends (command: never, ...also: never[]) => Decision<Event, RefusalCode>,
  Refusals extends readonly string[],
  Facts extends readonly string[],
  Told,
> {
  /** The name under which generated clients know it, as `Room.method`. NOTE: published. */
  readonly operation: string;
  readonly summary: string;
  readonly body: new () => Body;
  readonly roles: CommandDescription['roles'];
  readonly rule: Rule;
  /** All that the rule refuses, and nothing else. */
  readonly refusals: Complete<RefusalsOf<Rule>, Refusals>;
  /** All that the rule records, and nothing else. */
  readonly facts: Complete<EventsOf<Rule>['type'], Facts>;
  /** Contradictions within the body, which neither its fields nor the rule can see. */
  readonly check?: (body: Body) => Refused | undefined;
  /** The body as the rule takes it. */
  readonly tell: (body: Body, told: Told) => Parameters<Rule>[0];
}

/** Describes a command whose handler is written by hand. */
export const described = <
  Rule extends (...asked: never[]) => Decision<Event, RefusalCode>,
  const Refusals extends readonly string[],
  const Facts extends readonly string[],
>(
  description: Omit<CommandDescription, 'method' | 'rule' | 'refusals' | 'facts'> & {
    readonly rule: Rule;
    readonly refusals: Complete<RefusalsOf<Rule>, Refusals>;
    readonly facts: Complete<EventsOf<Rule>['type'], Facts>;
  },
): CommandDescription => ({ method: 'POST', ...description });

/** Gives a class that was made the name that its operation has. */
export const named = <C extends abstract new (...given: never[]) => unknown>(made: C, operation: string): C => {
  const name = operation.split('.').at(-1)!;
  return Object.defineProperty(made, 'name', { value: name[0]!.toUpperCase() + name.slice(1) });
};
