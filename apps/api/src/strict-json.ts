import { pointerOf } from '#fact/json-pointer';
import type { BodyError } from './problem.ts';

/**
 * What JSON.parse lets through and this house does not: duplicate names (parsers differ in which one they take, and the
 * request digest is computed over one of them), names that reach into prototypes, depth, numbers beyond a double,
 * NUL and lone surrogates (PostgreSQL cannot hold them), also as \u escapes; and more members than any field could ever
 * want: checking 90,000 unknown fields one by one would hold everybody else up for many seconds.
 */

/** Bodies of this house are five deep at most; whatever walks them may recurse. */
const DEEPEST = 32;
const MOST_NAMES = 256;
/** All objects together. */
const MOST_NAMES_IN_ALL = 30_000;
const MOST_ELEMENTS = 10_000;
const MOST_ERRORS = 100;
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Where the scan stands in one array or object. */
interface Level {
  /** Of an object; undefined for an array. */
  readonly names: Set<string> | undefined;
  /** The member or element that the scan stands in. */
  at: string | number;
  /** In an object: the next string is a name. */
  nameNext: boolean;
}

/** The places in a valid JSON text that do not fit. The text must have passed JSON.parse. */
export const findJsonViolations = (text: string): BodyError[] => {
  const errors: BodyError[] = [];
  const levels: Level[] = [];
  let names = 0;
  const report = (code: string, detail: string): void => {
    if (errors.length < MOST_ERRORS) errors.push({ pointer: pointerOf(levels.map(({ at }) => at)), code, detail });
  };
  /** Of the list or object that the scan stands in: the scan ends there. */
  const tooMany = (detail: string): BodyError[] => {
    levels.pop();
    return [...errors, { pointer: pointerOf(levels.map(({ at }) => at)), code: 'too-many', detail }];
  };
  const look = (value: string): void => {
    if (value.includes('\0')) report('nul', 'The character NUL cannot be stored.');
    if (!value.isWellFormed()) report('lone-surrogate', 'Half of a surrogate pair is no character.');
  };

  for (let index = 0; index < text.length && errors.length < MOST_ERRORS;) {
    const level = levels.at(-1);
    const character = text[index]!;
    switch (character) {
      case '{':
      case '[':
        if (levels.length >= DEEPEST) {
          report('too-deep', `A body is at most ${DEEPEST} levels deep.`);
          return errors;
        }
        levels.push(
          character === '{'
            ? { names: new Set(), at: '', nameNext: true }
            : { names: undefined, at: 0, nameNext: false },
        );
        index++;
        break;
      case '}':
      case ']':
        levels.pop();
        index++;
        break;
      case ',':
        if (level?.names) level.nameNext = true;
        else if (level) {
          level.at = Number(level.at) + 1;
          if (level.at >= MOST_ELEMENTS) return tooMany(`At most ${MOST_ELEMENTS} elements.`);
        }
        index++;
        break;
      case '"': {
        const end = endOfString(text, index);
        const value = JSON.parse(text.slice(index, end)) as string;
        if (level?.names && level.nameNext) {
          level.at = value;
          level.nameNext = false;
          if (FORBIDDEN_NAMES.has(value)) report('unknown-field', 'This name is not allowed in a body.');
          else if (level.names.has(value)) report('duplicate-name', 'Duplicate member name.');
          level.names.add(value);
          if (level.names.size > MOST_NAMES) return tooMany(`At most ${MOST_NAMES} members.`);
          if (++names > MOST_NAMES_IN_ALL)
            return tooMany(`At most ${MOST_NAMES_IN_ALL} members in all objects together.`);
        }
        look(value);
        index = end;
        break;
      }
      default: {
        const number = /[-0-9]/.test(character) ? /[-+.0-9eE]+/y : undefined;
        if (!number) {
          index++;
          break;
        }
        number.lastIndex = index;
        const digits = number.exec(text)![0];
        if (!Number.isFinite(Number(digits))) report('out-of-range', 'The number is too large.');
        index += digits.length;
      }
    }
  }
  return errors;
};

const endOfString = (text: string, start: number): number => {
  for (let index = start + 1; ; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index + 1;
  }
};
