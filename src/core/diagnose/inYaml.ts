/** Where in a YAML file the objects stand that findings name as their evidence. */
import { fullResource } from './knownCluster.ts';
import type { Evidence, Finding } from './finding.ts';

export interface FoundInYaml {
  readonly finding: Finding;
  /** From zero: that of the key where the evidence is one, else that of the object’s name. */
  readonly line: number;
}

/** The kinds of the resources that people keep in files. */
const resources: Readonly<Record<string, string>> = {
  FelixConfiguration: 'felixconfigurations',
  IPPool: 'ippools',
  HostEndpoint: 'hostendpoints',
  GlobalNetworkPolicy: 'globalnetworkpolicies',
  NetworkPolicy: 'networkpolicies',
  Service: 'services',
  ConfigMap: 'configmaps',
  Installation: 'installations.operator.tigera.io',
};

/** What the language server says of a file by itself. */
const saidOfFiles = 'configuration/meaning/';

/** The findings that an object in a text has a part in, each once. */
export function findInYaml(text: string, findings: readonly Finding[]): readonly FoundInYaml[] {
  const objects = objectsIn(text);
  return findings
    .filter(({ id }) => !id.startsWith(saidOfFiles))
    .flatMap((finding) => {
      const places = finding.evidence.flatMap((evidence) => {
        const object = objects.find((each) => isAbout(evidence, each));
        return object === undefined ? [] : lineOf(object, evidence);
      });
      const [line] = places;
      return line === undefined ? [] : { finding, line };
    });
}

interface YamlObject {
  readonly resource: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly lines: readonly string[];
  /** Where its lines begin, and its name stands, from zero. */
  readonly firstLine: number;
  readonly nameLine: number;
}

/** The objects of a file, one a document, by the two or three lines that tell who they are. */
function objectsIn(text: string): readonly YamlObject[] {
  const documents: string[][] = [[]];
  const starts = [0];
  for (const [at, line] of text.split('\n').entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      documents.push([]);
      starts.push(at + 1);
    } else documents.at(-1)?.push(line);
  }
  return documents.flatMap((lines, at) => toObject(lines, starts[at] ?? 0));
}

function toObject(lines: readonly string[], firstLine: number): readonly YamlObject[] {
  const top = (key: string) => lines.find((line) => line.startsWith(`${key}:`))?.slice(key.length + 1);
  const kind = plain(top('kind'));
  const plural = resources[kind];
  const start = lines.findIndex((line) => /^metadata:\s*$/.test(line));
  if (plural === undefined || start === -1) return [];
  const after = lines.findIndex((line, at) => at > start && /^\S/.test(line) && !line.startsWith('#'));
  const metadata = lines.slice(start + 1, after === -1 ? undefined : after);
  const nameAt = metadata.findIndex((line) => /^ +name:/.test(line));
  const isKubernetes = plain(top('apiVersion')).startsWith('networking.k8s.io/');
  return [
    {
      resource: isKubernetes ? `${plural}.networking.k8s.io` : fullResource(plural),
      name: plain(/^ +name:(.*)/.exec(metadata[nameAt] ?? '')?.[1]),
      namespace: metadata.flatMap((line) => /^ +namespace:(.*)/.exec(line)?.[1] ?? []).map(plain)[0],
      lines,
      firstLine,
      nameLine: firstLine + start + 1 + Math.max(nameAt, 0),
    },
  ];
}

/** A scalar without quotes and comment. */
function plain(text = ''): string {
  return text
    .replace(/\s#.*$/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}

function isAbout({ at }: Evidence, { resource, name, namespace }: YamlObject): boolean {
  if (at.kind !== 'object' || at.resource !== resource || at.name !== name) return false;
  // A file may leave the namespace to whoever applies it.
  return namespace === undefined || at.namespace === undefined || at.namespace === namespace;
}

function lineOf({ lines, firstLine, nameLine }: YamlObject, { value }: Evidence): number {
  const key = /^([A-Za-z_]\w*)[:=]/.exec(value)?.[1];
  const at = key === undefined ? -1 : lines.findIndex((line) => line.trimStart().startsWith(`${key}:`));
  return at === -1 ? nameLine : firstLine + at;
}
