import { annotationPrefix } from '../core/felix/names.ts';
import { readScalar } from '../core/felix/scalar.ts';
import { asList, asMap, asScalar, pairsOf, resolved, textOf, valueOf } from './yaml/node.ts';
import type { ListNode, MapNode, Node, PairNode, ScalarNode } from './yaml/node.ts';

/** What in a YAML document concerns Calico's eBPF dataplane. */
export type Target =
  | { readonly kind: 'felix'; readonly map: MapNode }
  | { readonly kind: 'patch'; readonly list: ListNode; readonly name: string | undefined }
  | { readonly kind: 'variable'; readonly name: ScalarNode; readonly value: ScalarNode | undefined }
  | { readonly kind: 'installation'; readonly map: MapNode }
  | { readonly kind: 'endpoint'; readonly map: MapNode };

/** Where FelixConfiguration is served: by the Calico API server or its CRDs. */
export const felixVersions: readonly string[] = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'];

/** What a JSON patch is aimed at, which its own text does not say. */
export interface PatchAim {
  /** The FelixConfiguration, unless it is for several. */
  readonly name: string | undefined;
}

/** What concerns us in a document, or in one that is a patch of ours if it is a JSON patch at all. */
export function targetsOf(root: Node | undefined, aim: PatchAim | undefined): readonly Target[] {
  if (root?.kind === 'list' && aim !== undefined) return [{ kind: 'patch', list: root, name: aim.name }];
  const objects = objectsOf(root)
    .map(toTarget)
    .filter((target) => target !== undefined);
  return [...objects, ...(root === undefined ? [] : variablesIn(root))];
}

function objectsOf(root: Node | undefined): readonly MapNode[] {
  const map = asMap(root);
  if (map === undefined) return [];
  const items = textOf(map, 'kind')?.endsWith('List') === true ? asList(valueOf(map, 'items')) : undefined;
  return items === undefined ? [map] : items.items.map(asMap).filter((item) => item !== undefined);
}

function toTarget(map: MapNode): Target | undefined {
  const apiVersion = textOf(map, 'apiVersion') ?? '';
  const kind = textOf(map, 'kind');
  // The API group settles what a kind of nearly this name means.
  if (felixVersions.includes(apiVersion) && /^felixconfigurations?$/i.test(kind ?? ''))
    return { kind: 'felix', map };
  switch (kind) {
    case 'FelixConfiguration':
      // Another group may well have a kind of this name; a version that is wrong or missing is a mistake.
      return /^(?:(?:crd\.)?projectcalico\.org(?:\/.*)?|[^/]*)$/.test(apiVersion)
        ? { kind: 'felix', map }
        : undefined;
    case 'Installation':
      return apiVersion === 'operator.tigera.io/v1' ? { kind: 'installation', map } : undefined;
    case 'ConfigMap':
      return textOf(asMap(valueOf(map, 'metadata')), 'name') === 'kubernetes-services-endpoint'
        ? { kind: 'endpoint', map }
        : undefined;
    case undefined:
    default:
      return undefined;
  }
}

/** `{name: FELIX_…, value: …}` of a container, and `FELIX_…: …` of ConfigMaps and chart values, at any depth. */
function variablesIn(root: Node): readonly Target[] {
  const found: Target[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const inner = resolved(node);
    if (inner?.kind === 'scalar') found.push(...assignmentsIn(inner));
    if (inner?.kind === 'list') inner.items.forEach(visit);
    if (inner?.kind !== 'map') return;
    const variable = toVariable(inner);
    if (variable !== undefined) found.push(variable);
    for (const pair of pairsOf(inner)) {
      if (isVariable(pair.key)) found.push({ kind: 'variable', name: pair.key, value: asScalar(pair.value) });
      visit(pair.value);
    }
  };
  visit(root);
  return found;
}

/** `FELIX_…=value` in a command, as `kubectl set env` takes it. */
function assignmentsIn({ text, value, span, templated }: ScalarNode): readonly Target[] {
  if (templated || !/\bset env\b/.test(text)) return [];
  return [...value.source.matchAll(/\b(FELIX_\w+)=("[^"\n]*"|'[^'\n]*'|[^\s"'\\]*)/gi)].map((match) => {
    const [, name = '', written = ''] = match;
    const at = span.start + match.index;
    const bare = /^["'](.*)["']$/.exec(written)?.[1] ?? written;
    const start = at + name.length + 1;
    return { kind: 'variable', name: wordAt(at, name, name), value: wordAt(start, bare, written) };
  });
}

function wordAt(start: number, text: string, written: string): ScalarNode {
  const value = readScalar(text, 'double', written);
  const span = { start, end: start + written.length };
  return { kind: 'scalar', span, text, style: 'double', value, templated: written.includes('$') };
}

function toVariable(map: MapNode): Target | undefined {
  const name = asScalar(valueOf(map, 'name'));
  if (name === undefined || !isVariable(name)) return undefined;
  return { kind: 'variable', name, value: asScalar(valueOf(map, 'value')) };
}

function isVariable(name: ScalarNode): boolean {
  return !name.templated && /^FELIX_\w/i.test(name.text);
}

/** The spec of an object, if it has one. */
export function specOf(map: MapNode): MapNode | undefined {
  return asMap(valueOf(map, 'spec'));
}

/** The annotations that set a parameter of Felix: `config.projectcalico.org/BPFEnabled`. */
export function configAnnotations(map: MapNode): readonly PairNode[] {
  const annotations = asMap(valueOf(asMap(valueOf(map, 'metadata')), 'annotations'));
  return (
    (annotations && pairsOf(annotations))?.filter(({ key }) => key.text.startsWith(annotationPrefix)) ?? []
  );
}
