import { maxProblems } from './problems.ts';
import type { Problem, Span } from '../text/problem.ts';
import { findItems, findValue, type JsonPath, type PartPlace } from './jsonPath.ts';

/** The object of a dump that others are part of: its text, and where its problems go. */
export interface JsonSource {
  readonly text: string;
  readonly span: Span;
  readonly problems: Problem[];
}

export type JsonFields = Readonly<Record<string, unknown>>;

/**
 * Reads the fields of a JSON object. What is missing, not of its form or not read at all is reported at its place;
 * `null` counts as absent.
 */
export class JsonObject {
  readonly #source: JsonSource;
  readonly #path: JsonPath;
  readonly #fields: JsonFields;
  /** The fields that were asked for, and how many of them are there. */
  readonly #asked: string[] = [];
  #found = 0;
  #children: JsonObject[] | undefined;

  constructor(source: JsonSource, path: JsonPath, fields: JsonFields) {
    this.#source = source;
    this.#path = path;
    this.#fields = fields;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  /** A text that `parse` understands. */
  text<T>(name: string, what: string, parse: (text: string) => T | undefined): T | undefined {
    const value = this.#take(name);
    return this.#checked(name, what, typeof value === 'string' ? parse(value) : undefined);
  }

  optionalText<T>(name: string, what: string, parse: (text: string) => T | undefined): T | undefined {
    return this.#isAbsent(name) ? undefined : this.text(name, what, parse);
  }

  /** A whole number. */
  number(name: string, what: string): number | undefined {
    const value = this.#take(name);
    return this.#checked(name, what, Number.isSafeInteger(value) ? Number(value) : undefined);
  }

  optionalNumber(name: string, what: string): number | undefined {
    return this.#isAbsent(name) ? undefined : this.number(name, what);
  }

  /** A whole number of any size, without sign; `undefined` for none. */
  optionalBigint(name: string, what: string): bigint | undefined {
    if (this.#isAbsent(name)) return undefined;
    const value = this.#take(name);
    // What a double cannot hold stands in full only in the text.
    const digits = Number.isSafeInteger(value) ? String(value) : this.#textOf(name);
    return this.#checked(name, what, /^\d+$/.test(digits) ? BigInt(digits) : undefined);
  }

  texts<T>(name: string, what: string, parse: (text: string) => T | undefined): readonly T[] {
    return this.#list(name).flatMap((item, index) => {
      const value = typeof item === 'string' ? parse(item) : undefined;
      if (value === undefined) this.report([name, index], 'expected', `expected ${what}`);
      return value === undefined ? [] : [value];
    });
  }

  /** The object in a field; reported when there is none. */
  object(name: string): JsonObject | undefined {
    const value = this.#checked(name, 'an object', toFields(this.#take(name)));
    return value && this.#child([name], value);
  }

  objects(name: string): readonly JsonObject[] {
    return this.#list(name).flatMap((item, index) => {
      const value = toFields(item);
      if (value === undefined) this.report([name, index], 'expected', 'expected an object');
      return value === undefined ? [] : [this.#child([name, index], value)];
    });
  }

  /** Where the items of a list stand, from the object's own beginning on. */
  itemPlaces(name: string): readonly PartPlace[] {
    const { text, span } = this.#source;
    return findItems(text, span, [...this.#path, name]);
  }

  /** Reports something at a place below this object. */
  report(place: JsonPath, code: Problem['code'], message: string): void {
    const { text, span, problems } = this.#source;
    // To find a place takes time, and nobody sees more than so many.
    const at = problems.length > maxProblems ? span : findValue(text, span, [...this.#path, ...place]);
    problems.push({ code, span: at, message });
  }

  /** Reports the fields that nothing has asked for, here and in what was read below. */
  reportUnread(): void {
    const names = Object.keys(this.#fields);
    if (this.#found < names.length) {
      for (const name of names) {
        if (!this.#asked.includes(name)) this.report([name], 'unknown', `unknown field “${name}”`);
      }
    }
    for (const child of this.#children ?? []) child.reportUnread();
  }

  /** A field as it was understood; where it was not, that is reported. */
  #checked<T>(name: string, what: string, result: T | undefined): T | undefined {
    if (result !== undefined) return result;
    if (this.#fields[name] === undefined) this.report([], 'expected', `expected a field “${name}”: ${what}`);
    else this.report([name], 'expected', `expected ${what}`);
    return undefined;
  }

  #isAbsent(name: string): boolean {
    const value = this.#fields[name];
    if (value !== undefined && value !== null) return false;
    this.#take(name);
    return true;
  }

  #take(name: string): unknown {
    const value = this.#fields[name];
    this.#asked.push(name);
    if (value !== undefined) this.#found++;
    return value;
  }

  #list(name: string): readonly unknown[] {
    if (this.#isAbsent(name)) return [];
    const value = this.#take(name);
    return this.#checked(name, 'a list', Array.isArray(value) ? (value as unknown[]) : undefined) ?? [];
  }

  #child(place: JsonPath, fields: JsonFields): JsonObject {
    const child = new JsonObject(this.#source, [...this.#path, ...place], fields);
    (this.#children ??= []).push(child);
    return child;
  }

  #textOf(name: string): string {
    const { text, span } = this.#source;
    const { start, end } = findValue(text, span, [...this.#path, name]);
    return text.slice(start, end);
  }
}

/** A JSON object as it was parsed; `undefined` when the value is none. */
export function toFields(value: unknown): JsonFields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonFields) : undefined;
}
