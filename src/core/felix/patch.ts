import type { JudgeContext } from './cluster.ts';
import { judgeDocument } from './document.ts';
import { oneOf, quote } from './expectation.ts';
import { fields } from './fields.ts';
import { finding, type FelixFinding, type Fix, type Path } from './findings.ts';
import { draftOf, type PlacedValue } from './patchDraft.ts';
import { unknownKey } from './spec.ts';
import { missingKey } from './structure.ts';
import { formatPointer, parsePointer } from './syntax/pointer.ts';
import { entryOf, type YamlList, type YamlString, type YamlValue } from './yamlValue.ts';

/** What an operation of a JSON patch (RFC 6902) may do. */
export const patchOperations = ['add', 'replace', 'remove', 'test', 'move', 'copy'] as const;
type PatchOperation = (typeof patchOperations)[number];

/** Those that write their value into the object. */
const writing: readonly string[] = ['add', 'replace'] satisfies readonly PatchOperation[];

interface Operation {
  readonly index: number;
  readonly op: string | undefined;
  readonly pointer: YamlString | undefined;
  readonly steps: readonly string[] | undefined;
  readonly value: YamlValue | undefined;
}

/** A JSON patch aimed at a FelixConfiguration. */
export interface Patch {
  readonly operations: YamlList;
  /** The object that it is for, when that is known. */
  readonly name: string | undefined;
}

/**
 * Judges a JSON patch (RFC 6902), as Kustomize and `kubectl patch --type=json` apply it, by what its operations
 * write; paths begin in the list of operations.
 */
export function judgePatch({ operations, name }: Patch, context: JudgeContext): readonly FelixFinding[] {
  const read = operations.items.map(readOperation);
  const draft = draftOf(
    read.filter(isWriting).map(({ index, steps = [], value }) => ({ index, steps, value })),
    name,
  );
  const written = judgeDocument(draft.document, { ...context, partial: true });
  return [
    ...read.flatMap((operation) => operationFindings(operation, context)),
    ...written.flatMap((each) => toOperation(each, draft.placed, read) ?? []),
  ].toSorted((a, b) => Number(a.path[0]) - Number(b.path[0]));
}

function readOperation(item: YamlValue, index: number): Operation {
  const at = (key: string) => (item.kind === 'map' ? entryOf(item, key) : undefined);
  const op = at('op');
  const path = at('path');
  const pointer = path?.kind === 'string' ? path : undefined;
  return {
    index,
    op: op?.kind === 'string' ? op.value : undefined,
    pointer,
    steps: pointer && parsePointer(pointer.value),
    value: at('value'),
  };
}

function isWriting(operation: Operation): operation is Operation & { readonly value: YamlValue } {
  const { op, steps, value } = operation;
  return op !== undefined && writing.includes(op) && steps !== undefined && value !== undefined;
}

/** What is wrong with an operation itself. */
function operationFindings(operation: Operation, context: JudgeContext): readonly FelixFinding[] {
  const { index, op, pointer, steps, value } = operation;
  const at = (...path: Path) => ({ path: [index, ...path] });
  if (op !== undefined && !patchOperations.some((each) => each === op)) {
    const message = `A JSON patch knows no operation ${quote(op)}: ${oneOf(patchOperations)}.`;
    return [finding({ code: 'enum', verdict: 'refused', message, ...at('op') })];
  }
  if (pointer !== undefined && steps === undefined) {
    const message = `${quote(pointer.value)} is not a path of a JSON patch: it begins with “/”, as in /spec/bpfLogLevel.`;
    return [finding({ code: 'format', verdict: 'refused', message, ...at('path') })];
  }
  if (op !== undefined && pointer !== undefined && writing.includes(op) && value === undefined)
    return [{ ...missingKey('value', `The operation ${op} needs one.`), ...at('op') }];
  return op === undefined || writing.includes(op) ? [] : unwrittenKey(operation, context);
}

/** What is removed, tested or moved has to be a key of some version. */
function unwrittenKey({ index, steps, pointer }: Operation, { version }: JudgeContext): FelixFinding[] {
  const [top, key] = steps ?? [];
  if (top !== 'spec' || key === undefined || fields.has(key)) return [];
  const unknown = unknownKey(key, version);
  const message = unknown.message.replace('the API server refuses it', 'no object has it');
  return [{ ...unknown, message, path: [index, 'path'], at: 'value', fix: inPointer(unknown, pointer) }];
}

/** A finding about the object, at the operation that wrote what it is about. */
function toOperation(
  found: FelixFinding,
  placed: readonly PlacedValue[],
  operations: readonly Operation[],
): FelixFinding | undefined {
  const exact = placed.findLast(({ path }) => isWithin(found.path, path));
  const outer = exact ?? placed.findLast(({ path }) => isWithin(path, found.path));
  if (outer === undefined || (exact === undefined && !isAboutPath(found))) return undefined;
  const rest = found.path.slice(outer.path.length);
  if (exact !== undefined && (rest.length > 0 || found.at === 'value')) {
    const { fix } = found;
    const keeps = fix?.kind === 'replace' || rest.length > 0;
    return {
      ...found,
      path: [outer.index, 'value', ...rest],
      fix: keeps ? placedFix(fix, outer) : undefined,
    };
  }
  const fix = inPointer(found, operations[outer.index]?.pointer);
  return { ...found, path: [outer.index, 'path'], at: 'value', fix };
}

/** Whether a finding about what stands around a written value holds: whatever else is there is not known. */
function isAboutPath({ at, code }: FelixFinding): boolean {
  return code === 'type' || (at === 'key' && code !== 'changed');
}

function placedFix(fix: Fix | undefined, { index, path }: PlacedValue): Fix | undefined {
  return fix?.kind === 'add' ? { ...fix, path: [index, 'value', ...fix.path.slice(path.length)] } : fix;
}

/** A key that is renamed is renamed inside the path, which keeps its quotes. */
function inPointer({ fix, path }: FelixFinding, pointer: YamlString | undefined): Fix | undefined {
  const steps = pointer && parsePointer(pointer.value);
  if (fix?.kind !== 'rename' || pointer === undefined || steps === undefined) return undefined;
  const renamed = formatPointer(steps.map((step) => (step === path.at(-1) ? fix.key : step)));
  const replacement = pointer.style === 'plain' ? renamed : JSON.stringify(renamed);
  return { kind: 'replace', title: fix.title, replacement };
}

/** Whether a path leads to, or into, where another one leads. */
function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, index) => step === path[index]);
}
