import { readScalar } from '../../core/felix/scalar.ts';
import type { ScalarStyle, YamlScalar } from '../../core/felix/yamlValue.ts';

interface Tagged {
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

/** What is no base64 stays as it is: the API server then refuses the whole document. */
function decoded(base64: string): string {
  const compact = base64.replaceAll(/\s/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(compact)) return base64;
  return new TextDecoder().decode(Uint8Array.from(atob(compact), (byte) => byte.charCodeAt(0)));
}
