import { parsePointer } from '../core/felix/syntax/pointer.ts';
import { fieldOfParameter, fieldOfVariable } from '../core/felix/environment.ts';
import { fields } from '../core/felix/fields.ts';
import type { Field } from '../core/felix/fields.ts';
import { annotationPrefix } from '../core/felix/names.ts';
import type { Span } from '../core/text/problem.ts';
import type { ParsedPiece } from './document.ts';
import { installationFields } from './objects/installation.ts';
import type { InstallationField } from './objects/installation.ts';
import type { ObjectPart } from './objectText.ts';
import type { Target } from './targets.ts';
import type { MapNode, ScalarNode } from './yaml/node.ts';
import { asMap, asScalar, textOf } from './yaml/node.ts';
import { trailTo } from './yaml/trail.ts';
import type { Stop } from './yaml/trail.ts';

/** What stands at a place: a key or a value, and of what. */
export type Subject =
  | {
      readonly kind: 'field';
      readonly field: Field;
      /** Keys and indexes below the field's own. */
      readonly below: readonly (string | number)[];
      readonly on: 'key' | 'value';
      readonly scalar: ScalarNode | undefined;
      readonly span: Span;
      /** Whether an annotation sets it. */
      readonly isAnnotation: boolean;
    }
  | {
      readonly kind: 'object';
      readonly part: ObjectPart;
      readonly map: MapNode;
      readonly on: 'key' | 'value';
      readonly scalar: ScalarNode | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: 'installation';
      readonly field: InstallationField;
      readonly on: 'key' | 'value';
      readonly scalar: ScalarNode | undefined;
      readonly span: Span;
    };

export function subjectAt(piece: ParsedPiece, offset: number): Subject | undefined {
  const trail = trailTo(piece.root, offset);
  return (
    variableAt(piece.targets, offset) ??
    fieldAt(piece.targets, trail) ??
    operationAt(piece.targets, trail) ??
    installationAt(piece.targets, trail)
  );
}

/** A `FELIX_…` variable, hovered on its name or its value. */
function variableAt(targets: readonly Target[], offset: number): Subject | undefined {
  for (const target of targets) {
    if (target.kind !== 'variable') continue;
    const { name, value } = target;
    const on = isIn(name.span, offset)
      ? 'key'
      : value !== undefined && isIn(value.span, offset)
        ? 'value'
        : undefined;
    const field = on && fieldOfVariable(name.text);
    if (on === undefined || field === undefined) continue;
    const scalar = on === 'key' ? name : value;
    const { span } = scalar ?? name;
    return { kind: 'field', field, below: [], on, scalar, span, isAnnotation: false };
  }
  return undefined;
}

function fieldAt(targets: readonly Target[], trail: readonly Stop[]): Subject | undefined {
  const steps = stepsBelow(targets, 'felix', trail);
  if (steps === undefined) return undefined;
  const [first, last] = [steps[0], steps.at(-1)];
  if (first?.kind !== 'pair' || last === undefined) return undefined;
  const names = steps.map(stepName);
  const part = objectPart(names);
  if (part !== undefined) return { kind: 'object', part, map: first.map, ...placeOf(last) };
  return fieldSubject(names, last);
}

function objectPart([top, key, ...below]: readonly (string | number)[]): ObjectPart | undefined {
  if (key === undefined) return top === 'apiVersion' || top === 'kind' ? top : undefined;
  return top === 'metadata' && key === 'name' && below.length === 0 ? 'name' : undefined;
}

/** What the steps from the object on lead to, shown at the last stop. */
function fieldSubject(steps: readonly (string | number)[], last: Stop): Subject | undefined {
  const [top, key, ...below] = steps;
  const field =
    top === 'spec' ? fields.get(String(key)) : top === 'metadata' ? annotated(below[0]) : undefined;
  if (field === undefined) return undefined;
  const isAnnotation = top === 'metadata';
  return { kind: 'field', field, below: isAnnotation ? [] : below, isAnnotation, ...placeOf(last) };
}

/** An operation of a JSON patch: its path is the key, and its value goes where that leads. */
function operationAt(targets: readonly Target[], trail: readonly Stop[]): Subject | undefined {
  const lists = new Set(targets.flatMap((target) => (target.kind === 'patch' ? [target.list] : [])));
  const [item, part, ...inside] = trail;
  const last = trail.at(-1);
  if (item?.kind !== 'item' || part?.kind !== 'pair' || last === undefined || lists.size === 0)
    return undefined;
  const steps = parsePointer(textOf(asMap(item.node), 'path') ?? '') ?? [];
  if (part.pair.key.text === 'value') return fieldSubject([...steps, ...inside.map(stepName)], last);
  if (part.pair.key.text !== 'path' && part.pair.key.text !== 'from') return undefined;
  const named = parsePointer(asScalar(part.pair.value)?.text ?? '') ?? [];
  const found = fieldSubject(named, last);
  return found && { ...found, on: 'key' };
}

function annotated(key: string | number | undefined): Field | undefined {
  if (typeof key !== 'string' || !key.startsWith(annotationPrefix)) return undefined;
  return fieldOfParameter(key.slice(annotationPrefix.length));
}

function installationAt(targets: readonly Target[], trail: readonly Stop[]): Subject | undefined {
  const steps = stepsBelow(targets, 'installation', trail);
  const [spec, network, key, ...below] = steps?.map(stepName) ?? [];
  const last = steps?.at(-1);
  const field = installationFields.find(({ name }) => name === key);
  if (spec !== 'spec' || network !== 'calicoNetwork' || below.length > 0 || field === undefined)
    return undefined;
  return last && { kind: 'installation', field, ...placeOf(last) };
}

/** The steps below the object of a kind that the trail leads through. */
function stepsBelow(
  targets: readonly Target[],
  kind: 'felix' | 'installation',
  trail: readonly Stop[],
): readonly Stop[] | undefined {
  const maps = new Set(targets.flatMap((target) => (target.kind === kind ? [target.map] : [])));
  const from = trail.findIndex((stop) => stop.kind === 'pair' && maps.has(stop.map));
  return from === -1 ? undefined : trail.slice(from);
}

function stepName(stop: Stop): string | number {
  return stop.kind === 'pair' ? stop.pair.key.text : stop.index;
}

function placeOf(stop: Stop): Pick<Subject, 'on' | 'scalar' | 'span'> {
  if (stop.kind === 'item') return { on: 'value', scalar: asScalar(stop.node), span: stop.node.span };
  const { pair, on } = stop;
  return on === 'key'
    ? { on, scalar: pair.key, span: pair.key.span }
    : { on, scalar: asScalar(pair.value), span: pair.value.span };
}

function isIn({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
