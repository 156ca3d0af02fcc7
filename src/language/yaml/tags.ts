import { readScalar } from '../../core/felix/scalar.ts';
import type { ScalarStyle, YamlScalar } from '../../core/felix/yamlValue.ts';

/** A scalar with its tag: `text` without its quotes, `source` as it stands. */
export interface Tagged {
  readonly text: string;
  readonly style: ScalarStyle;
  readonly source: string;
  readonly tag: string | undefined;
}

const standard = 'tag:yaml.org,2002:';

/**
 * Reads a scalar with its tag as kubectl does (sigs.k8s.io/yaml, goyaml.v2/resolve.go): `!!int "5"` is a number
 * despite its quotes, and what has `!`, `!!str` or a tag of one's own is a text without them.
 */
export function readTagged({ text, style, source, tag }: Tagged): YamlScalar {
  switch (tag) {
    case undefined:
      return readScalar(text, style, source);
    case `${standard}int`:
    case `${standard}float`:
    case `${standard}bool`:
    case `${standard}null`:
      return readScalar(text, 'plain', `!!${tag.slice(standard.length)} ${source}`);
    case `${standard}binary`:
      return readScalar(decoded(text), 'double', source);
    default:
      return readScalar(text, 'double', source);
  }
}

/** Whether the tag fits what is written; if not, the API server reads nothing of the whole document. */
export function isReadable({ text, tag = '' }: Tagged, { kind }: YamlScalar): boolean {
  switch (tag.slice(standard.length)) {
    case 'int':
      return kind === 'int' && (/^[-+]?0x/i.test(text) || !/[.e]/i.test(text));
    case 'float':
      return kind === 'int' || kind === 'float';
    case 'bool':
    case 'null':
      return tag === standard + kind;
    case 'binary':
      return isBase64(text);
    case 'timestamp':
      return timestamp.test(text);
    default:
      return true;
  }
}

const timestamp = /^\d{4}-\d\d?-\d\d?(?:[Tt ]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?)?$/;

function isBase64(text: string): boolean {
  const compact = text.replaceAll(/\s/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(compact);
}

function decoded(base64: string): string {
  if (!isBase64(base64)) return base64;
  const bytes = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (byte) => byte.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
