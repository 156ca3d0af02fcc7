import * as vscode from 'vscode';
import type { Printed } from '../../core/text/printed.ts';
import type { ProbeTarget } from '../../session/session.ts';

/** Where one of two compared dumps comes from; plain data, so that a comparison can be shown again. */
export interface DumpRef extends ProbeTarget {
  readonly from:
    | { readonly kind: 'open' }
    | { readonly kind: 'snapshot'; readonly path: string }
    /** What was read before, by its number; it lasts as long as the window. */
    | { readonly kind: 'kept'; readonly number: number };
}

export interface ComparisonRef {
  readonly before: DumpRef;
  readonly after: DumpRef;
}

const scheme = 'calico-bpf-comparison';

/** A comparison as something that an editor opens; its name is what the editor's tab shows. */
export function comparisonUri(name: string, comparison: ComparisonRef): vscode.Uri {
  const path = `/${name.replaceAll('/', ' ')}`;
  return vscode.Uri.from({ scheme, path, query: JSON.stringify(comparison) });
}

/** What is compared; `undefined` for a URI of something else. */
export function parseComparisonUri(uri: vscode.Uri): ComparisonRef | undefined {
  if (uri.scheme !== scheme) return undefined;
  try {
    const value: unknown = JSON.parse(uri.query);
    return isComparison(value) ? value : undefined;
  } catch {
    return undefined; // Its caller says so.
  }
}

function isComparison(value: unknown): value is ComparisonRef {
  return isObject(value) && isDumpRef(value['before']) && isDumpRef(value['after']);
}

function isDumpRef(value: unknown): value is DumpRef {
  if (!isObject(value) || typeof value['node'] !== 'string' || typeof value['probe'] !== 'string')
    return false;
  const from = value['from'];
  if (!isObject(from)) return false;
  const { kind, path, number } = from;
  return (
    kind === 'open' ||
    (kind === 'snapshot' && typeof path === 'string') ||
    (kind === 'kept' && typeof number === 'number')
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A dump as it was before it was asked anew. */
export interface KeptDump {
  readonly output: Printed;
  readonly startedAt: Date | undefined;
}

/** Dumps that are compared with what is there now, while the window is open. */
export class KeptDumps {
  readonly #dumps: KeptDump[] = [];

  /** Keeps a dump and answers its number. */
  keep(dump: KeptDump): number {
    return this.#dumps.push(dump) - 1;
  }

  find(number: number): KeptDump | undefined {
    return this.#dumps[number];
  }
}
