import { fields } from '../core/felix/fields.ts';
import { annotationPrefix } from '../core/felix/names.ts';
import { variablesIn } from './variables.ts';
import type { VariableTarget } from './variables.ts';
import { asList, asMap, asScalar, pairsOf, textOf, valueOf } from './yaml/node.ts';
import type { ListNode, MapNode, Node, PairNode } from './yaml/node.ts';

/** What in a YAML document concerns Calico's eBPF dataplane. */
export type Target =
  | { readonly kind: 'felix'; readonly map: MapNode }
  | { readonly kind: 'patch'; readonly list: ListNode; readonly name: string | undefined }
  | VariableTarget
  | { readonly kind: 'installation'; readonly map: MapNode }
  | { readonly kind: 'endpoint'; readonly map: MapNode };

/** Where FelixConfiguration is served: by the Calico API server or its CRDs. */
export const felixVersions: readonly string[] = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'];

/** What a JSON patch is aimed at, which its own text does not say. */
export interface PatchAim {
  /** The FelixConfiguration, unless it is for several. */
  readonly name: string | undefined;
}

/** What concerns us in the document of a text, or in one that is a patch of ours if it is a JSON patch at all. */
export function targetsOf(
  root: Node | undefined,
  { text, aim }: { readonly text: string; readonly aim: PatchAim | undefined },
): readonly Target[] {
  if (root?.kind === 'list' && aim !== undefined) return [{ kind: 'patch', list: root, name: aim.name }];
  const objects = objectsOf(root)
    .map(toTarget)
    .filter((target) => target !== undefined);
  const mayHaveVariables = root !== undefined && /FELIX_/i.test(text);
  return mayHaveVariables ? [...objects, ...variablesIn(root)] : objects;
}

function objectsOf(root: Node | undefined): readonly MapNode[] {
  const map = asMap(root);
  if (map === undefined) return [];
  const items = textOf(map, 'kind')?.endsWith('List') === true ? asList(valueOf(map, 'items')) : undefined;
  return items === undefined ? [map] : items.items.map(asMap).filter((item) => item !== undefined);
}

function toTarget(map: MapNode): Target | undefined {
  const apiVersion = textOf(map, 'apiVersion') ?? '';
  // A key in the wrong case is told with the others that there are none of.
  const kind = textOf(map, 'kind') ?? textOf(map, 'Kind');
  // The API group settles what a kind of nearly this name means, and with the keys what one without a kind is.
  if (felixVersions.includes(apiVersion)) {
    const isNamed = /^felixconfigurations?$/i.test(kind ?? '');
    const mayBeMeant = kind === 'FelixConfigurationList' || isWithoutKind(map);
    if (isNamed || (mayBeMeant && hasOwnKeys(map))) return { kind: 'felix', map };
  }
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

/** Whether an object names no kind; what a template makes may be one. */
export function isWithoutKind(map: MapNode): boolean {
  if (valueOf(map, 'Kind') !== undefined) return false;
  const kind = asScalar(valueOf(map, 'kind'));
  return kind === undefined || (!kind.templated && kind.value.kind !== 'string') || kind.text === '';
}

/** Whether a spec has only keys of FelixConfiguration, one of them of the eBPF dataplane, which no other kind has. */
function hasOwnKeys(map: MapNode): boolean {
  const keys = specOf(map)?.pairs.map(({ key }) => key.text) ?? [];
  return keys.every((key) => fields.has(key)) && keys.some((key) => key.startsWith('bpf'));
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
