import type { Span } from '../core/text/problem.ts';
import type { KustomizationFile } from './protocol.ts';
import type { PatchAim } from './targets.ts';
import { compose } from './yaml/compose.ts';
import { asList, asMap, asScalar, pairsOf, resolved, textOf, valueOf } from './yaml/node.ts';
import type { MapNode, Node, ScalarNode } from './yaml/node.ts';

/** A patch of a kustomization that is aimed at a FelixConfiguration: in the file itself, or in another one. */
export type AimedPatch = PatchAim &
  ({ readonly kind: 'inline'; readonly text: ScalarNode } | { readonly kind: 'file'; readonly path: string });

/**
 * The patches below `patches` and `patchesJson6902`, wherever those stand: in a kustomization.yaml, and in the
 * objects of Flux and Argo CD that hold the same. Their target may be a regular expression; the plain kind is meant.
 */
export function aimedPatchesIn(root: Node | undefined): readonly AimedPatch[] {
  const found: AimedPatch[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node | undefined): void => {
    const inner = resolved(node);
    if (inner === undefined || seen.has(inner)) return;
    seen.add(inner);
    if (inner.kind === 'list') inner.items.forEach(visit);
    if (inner.kind !== 'map') return;
    for (const { key, value } of pairsOf(inner)) {
      if (/^patches(?:Json6902)?$/.test(key.text)) found.push(...patchesIn(value));
      else visit(value);
    }
  };
  visit(root);
  return found;
}

function patchesIn(list: Node): readonly AimedPatch[] {
  return (asList(list)?.items ?? []).flatMap((item): readonly AimedPatch[] => {
    const patch = asMap(item);
    const target = asMap(valueOf(patch, 'target'));
    if (textOf(target, 'kind') !== 'FelixConfiguration') return [];
    const aim = { name: nameIn(target) };
    const text = asScalar(valueOf(patch, 'patch'));
    const path = textOf(patch, 'path');
    if (text !== undefined) return [{ kind: 'inline', text, ...aim }];
    return path === undefined ? [] : [{ kind: 'file', path, ...aim }];
  });
}

/** The one object that is meant, if the name is no pattern. */
function nameIn(target: MapNode | undefined): string | undefined {
  const name = textOf(target, 'name');
  return name !== undefined && /^[a-z0-9][-a-z0-9.]*$/.test(name) ? name : undefined;
}

/** Where the text of an inline patch can be read as it stands; `undefined` when it holds escapes. */
export function bodyOf(text: string, { span, style }: ScalarNode): Span | undefined {
  const { start, end } = span;
  if (style === 'block') {
    const feed = text.indexOf('\n', start);
    return feed === -1 || feed >= end ? undefined : { start: feed + 1, end };
  }
  if (style === 'plain') return undefined;
  const body = text.slice(start + 1, end - 1);
  return body.includes('\\') || body.includes("''") ? undefined : { start: start + 1, end: end - 1 };
}

/** What the kustomizations around a file aim it at; `undefined` when none names it as a patch of ours. */
export function aimOf(uri: string, kustomizations: readonly KustomizationFile[]): PatchAim | undefined {
  for (const { uri: base, text } of kustomizations) {
    const patches = aimedPatchesIn(compose(text).root);
    const found = patches.find((patch) => patch.kind === 'file' && isSameFile(uri, patch.path, base));
    if (found !== undefined) return { name: found.name };
  }
  return undefined;
}

/** Editors escape more in a URI than a URL needs. */
function isSameFile(uri: string, path: string, base: string): boolean {
  if (!URL.canParse(path, base)) return false;
  return unescape(new URL(path, base).href) === unescape(uri);
}

function unescape(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
