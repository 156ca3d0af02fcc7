/**
 * Follows the objects of a resource by the API server's list and watch. A watch ends often and for good reasons: it
 * goes on from the version it had reached, and lists again only when the server has forgotten that.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { isPassing, messageOf, parseJson, StatusError } from './failure.ts';
import { isObject, type Resources } from './resources.ts';
import { slim } from './slim.ts';
import type { Selection, WatchEvent } from '../cluster.ts';
import { field, numberField, textField } from '../../core/objects/object.ts';

export interface WatchTerms {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** How long the server may be silent: it sends a bookmark every minute. */
  readonly silenceMs: number;
}

export const usualWatch: WatchTerms = { firstDelayMs: 500, longestDelayMs: 30_000, silenceMs: 90_000 };

interface Source {
  readonly connection: Connection;
  readonly resources: Resources;
  readonly selection: Selection;
  readonly terms: WatchTerms;
}

/** Ends by the signal only, or by an error that does not pass. */
export async function* watchObjects(source: Source, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const state: State = { version: undefined, failures: 0, isLost: false };
  while (!signal.aborted) {
    try {
      yield* watchOnce(source, state, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isForgotten(error)) state.version = undefined;
      else if (!isPassing(error) && !isUnauthorized(error)) throw error;
      else if (!state.isLost) {
        state.isLost = true;
        yield { kind: 'lost', message: messageOf(error) };
      }
      state.failures += 1;
      await pause(source.terms, state.failures, signal);
    }
  }
}

interface State {
  /** What was heard of up to now; `undefined` when all must be listed. */
  version: string | undefined;
  /** In a row: how long to wait before the next attempt. */
  failures: number;
  isLost: boolean;
}

/** Lists if needed, and follows one watch to its end. */
async function* watchOnce(source: Source, state: State, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const { resource, label } = source.selection;
  if (state.version === undefined) {
    const { objects, version } = await source.resources.listAt(resource, { label }, signal);
    state.version = version;
    yield { kind: 'listed', objects };
  }
  const lines = await openWatch(source, state.version, signal);
  if (state.isLost) {
    state.isLost = false;
    yield { kind: 'recovered' };
  }
  for await (const line of lines) {
    const { event, version } = readEvent(resource, line);
    state.version = version ?? state.version;
    state.failures = 0;
    if (event !== undefined) yield event;
  }
}

/** The credentials have expired: they are read again each time, so that the watch goes on after a login. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof StatusError && error.code === 401;
}

/** The server no longer knows the version that we had reached. */
function isForgotten(error: unknown): boolean {
  return error instanceof StatusError && error.code === 410;
}

async function pause({ firstDelayMs, longestDelayMs }: WatchTerms, failures: number, signal: AbortSignal) {
  const wait = firstDelayMs * 2 ** (failures - 1) * (0.5 + Math.random());
  await delay(Math.min(wait, longestDelayMs), undefined, { signal }).catch(() => undefined);
}

async function openWatch(
  { connection, resources, selection: { resource, label }, terms }: Source,
  version: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<string>> {
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    // Spread, so that many watches do not end together.
    timeoutSeconds: String(240 + Math.floor(Math.random() * 120)),
  });
  if (label !== undefined) query.set('labelSelector', label);
  const path = await resources.path(resource, undefined, signal);
  return connection.openLines(`${path}?${query.toString()}`, terms.silenceMs, signal);
}

interface Heard {
  readonly event: WatchEvent | undefined;
  readonly version: string | undefined;
}

function readEvent(resource: string, line: string): Heard {
  const json = parseJson(line);
  const type = textField(json, 'type');
  const object = field(json, 'object');
  if (type === 'ERROR') throw new StatusError(numberField(object, 'code') ?? 500, JSON.stringify(object));
  const version = textField(object, 'metadata', 'resourceVersion');
  if (type === 'BOOKMARK' || !isObject(object)) return { event: undefined, version };
  const kind = type === 'DELETED' ? 'deleted' : 'changed';
  return { event: { kind, object: slim(resource, object) }, version };
}
