import type { Point } from '#desk/queries/read-history';
import { readReference } from '#desk/reference';
import { InvalidWindow, windowOf, type Window } from '#read-models/recurring-complaints/window';
import { instantIn, parameter } from '../parameters.ts';
import { Problem } from '../problem.ts';

/** Query parameters that only these doors have. */

const revisionIn = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

export const RevisionParameter = (): ParameterDecorator =>
  parameter('revision', {
    description: 'As it was at this revision.',
    schema: { type: 'integer', minimum: 0 },
    mustBe: 'a whole number from 0 on',
    read: revisionIn,
  });

/** A revision or an instant. */
export const PointParameter = (name: string, description: string): ParameterDecorator =>
  parameter<Point>(name, {
    description,
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', format: 'date-time' },
      ],
    },
    mustBe: 'a revision, or an instant such as 2026-03-01T09:00:00Z',
    read: (text) => revisionIn(text) ?? instantIn(text),
  });

/** A complaint's reference as people write it. Throws mistyped-reference. */
export const ReferenceParameter = (): ParameterDecorator =>
  parameter('reference', {
    description: 'The complaint’s reference; case, spaces and hyphens do not matter.',
    schema: { type: 'string', maxLength: 40 },
    mustBe: 'a reference such as R7K-4M2-9',
    read: (text) => {
      const read = readReference(text);
      if (read.kind === 'mistyped') throw new Problem('mistyped-reference');
      return read.kind === 'reference' ? read.reference : undefined;
    },
  });

/** A window as it was asked for. */
export interface WindowAsked {
  /** As written: a cursor is bound to it. */
  readonly text: string;
  readonly from: (now: string) => Window;
}

/** A duration back from now, or an interval. */
export const WindowParameter = (otherwise: string): ParameterDecorator =>
  parameter<WindowAsked>('window', {
    description: 'By time of receipt: a duration back from now (`P90D`) or an interval (`2015-01-01/2015-07-01`).',
    schema: { type: 'string', maxLength: 60, default: otherwise },
    mustBe: 'a duration such as P90D, or an interval such as 2015-01-01/2015-07-01',
    read: (text) => (isWindow(text) ? windowAsked(text) : undefined),
    otherwise: windowAsked(otherwise),
  });

const windowAsked = (text: string): WindowAsked => ({ text, from: (now) => windowOf(text, now) });

/** Any moment serves for looking whether a text is a window at all. */
const isWindow = (text: string): boolean => {
  try {
    return text.length <= 60 && windowOf(text, '2026-01-01T00:00:00.000Z') !== undefined;
  } catch (error) {
    if (error instanceof InvalidWindow) return false;
    throw error;
  }
};
