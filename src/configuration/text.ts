/** FelixConfigurations as YAML: read as kubectl reads it, and written so that kubectl reads the same. */
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseAllDocuments,
  stringify,
  type Document,
} from 'yaml';
import { field, textField, type KubernetesObject } from '../core/objects/object.ts';

/** A FelixConfiguration in a text. */
export interface WrittenConfiguration {
  readonly object: KubernetesObject;
  /** Its YAML document of the text, counted from 0. */
  readonly document: number;
  /** Where it is in that document: empty, or its place in a `List`. */
  readonly path: readonly (string | number)[];
  /** Whether the text holds nothing else. */
  readonly isWhole: boolean;
}

export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

/** The FelixConfigurations of a text. @throws UnreadableText with the line, when it is no YAML */
export function readConfigurations(text: string): readonly WrittenConfiguration[] {
  const found = parse(text).flatMap((document, index) =>
    objectsIn(readable(document)).map(({ object, path }) => ({ object, document: index, path })),
  );
  const documents = parse(text).filter(({ contents }) => contents !== null).length;
  const isWhole = documents === 1 && found.length === 1 && found[0]?.path.length === 0;
  return found.map((one) => ({ ...one, isWhole }));
}

/** The YAML documents of a text. kubectl reads YAML 1.1, but none of its times (sigs.k8s.io/yaml). */
function parse(text: string): readonly Document[] {
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isOfTime(tag)),
    lineCounter: new LineCounter(),
  });
  return Array.isArray(documents) ? (documents as readonly Document[]) : [];
}

function isOfTime({ format, tag }: { readonly format?: string; readonly tag?: string }): boolean {
  return format === 'TIME' || tag === 'tag:yaml.org,2002:timestamp';
}

function readable(document: Document): unknown {
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    throw new UnreadableText(
      `Line ${line ?? '?'}: ${error.message.replace(/(?: at line \d+, column \d+:)?\n[^]*$/, '')}.`,
    );
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new UnreadableText(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

interface Found {
  readonly object: KubernetesObject;
  readonly path: readonly (string | number)[];
}

function objectsIn(value: unknown): readonly Found[] {
  if (isConfiguration(value)) return [{ object: value, path: [] }];
  const items = field(value, 'items');
  if (textField(value, 'kind')?.endsWith('List') !== true || !Array.isArray(items)) return [];
  return items.flatMap((item: unknown, index) =>
    isConfiguration(item) ? [{ object: item, path: ['items', index] }] : [],
  );
}

function isConfiguration(value: unknown): value is KubernetesObject {
  return (
    textField(value, 'kind') === 'FelixConfiguration' && textField(value, 'metadata', 'name') !== undefined
  );
}

/** An object as one writes it: without what the server notes of it. `forEdit` keeps the version that is edited. */
export function toYaml(object: KubernetesObject, { forEdit = false } = {}): string {
  const { name, labels, annotations = {}, resourceVersion } = object.metadata;
  const own = Object.entries(annotations).filter(([key]) => !bookkeeping.has(key));
  const metadata = {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(own.length === 0 ? {} : { annotations: Object.fromEntries(own) }),
    ...(forEdit ? { resourceVersion } : {}),
  };
  const { apiVersion, kind, metadata: _metadata, status: _status, ...rest } = object;
  return stringify({ apiVersion, kind, metadata, ...rest }, written);
}

const bookkeeping: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/** What YAML 1.1 would read as something else, such as `Off`, is quoted. */
const written = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/**
 * A document of a text with the values of another object in place of its own: comments, order and style stay, so that
 * beside the text only what differs shows. Empty when the object is not there.
 */
export function mirror(text: string, at: WrittenConfiguration, object: KubernetesObject | undefined): string {
  const document = parse(text)[at.document];
  if (document === undefined || object === undefined) return '';
  const own = {
    spec: field(object, 'spec') ?? {},
    labels: object.metadata.labels,
    annotations: ownAnnotations(object),
  };
  const wished = at.object;
  setAll(document, [...at.path, 'spec'], own.spec, field(wished, 'spec'));
  setAll(document, [...at.path, 'metadata', 'labels'], own.labels, wished.metadata.labels);
  setAll(document, [...at.path, 'metadata', 'annotations'], own.annotations, wished.metadata.annotations);
  return textOf(document);
}

/** A document of a text by itself, in the style in which `mirror` writes. */
export function documentText(text: string, at: WrittenConfiguration): string {
  const document = parse(text)[at.document];
  return document === undefined ? '' : textOf(document);
}

function textOf(document: Document): string {
  return document.toString({ lineWidth: 0 });
}

function ownAnnotations({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => !bookkeeping.has(key)),
  );
}

/** Makes the mapping at a path hold these values, touching only what differs. */
function setAll(
  document: Document,
  path: readonly (string | number)[],
  values: unknown,
  before: unknown,
): void {
  const wanted = new Map(Object.entries(Object(values ?? {}) as object));
  const there = new Map(Object.entries(Object(before ?? {}) as object));
  if (wanted.size === 0 && there.size === 0) return;
  for (const key of there.keys()) if (!wanted.has(key)) document.deleteIn([...path, key]);
  for (const [key, value] of wanted) {
    if (there.has(key) && isSame(there.get(key), value)) continue;
    const old = document.getIn([...path, key], true);
    if (isScalar(old) && typeof value !== 'object') {
      old.value = value; // Its comment and its quotes stay.
      continue;
    }
    const node = document.createNode(value);
    if (isCollection(node) && isCollection(old) && isMap(node) === isMap(old)) node.flow = old.flow ?? false;
    document.setIn([...path, key], node);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
