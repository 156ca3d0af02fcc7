import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover } from 'vscode-languageserver';
import type { ClusterAnswer, NodeAnswer } from '../../src/language/protocol.ts';
import { startServer } from './harness.ts';
import type { ClientOptions } from './harness.ts';
import { caretIn } from './marked.ts';

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
`;

/** What is shown where the bar stands; and the text that it is shown for. */
async function hover(
  barred: string,
  options?: ClientOptions,
): Promise<{ shown: string; over: string } | undefined> {
  const { text, line, character } = caretIn(barred);
  const client = await startServer(options);
  await client.open(text);
  const found = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri: 'file:///felix.yaml' },
    position: { line, character },
  });
  assert.deepEqual(client.errors, []);
  await client.stop();
  if (found === null) return undefined;
  const { contents, range } = found;
  assert.ok(typeof contents === 'object' && 'value' in contents);
  const over = text.split('\n')[line]?.slice(range?.start.character, range?.end.character) ?? '';
  return { shown: contents.value, over };
}

test('explains a key: what it does, its values, default, environment and restart', async () => {
  const found = await hover(`${head}  bpfLog|Level: Debug\n`);
  assert.equal(found?.over, 'bpfLogLevel');
  for (const part of [
    /^\*\*bpfLogLevel\*\* · enum/,
    /- `Debug` – /,
    /Default: `Off`/,
    /`FELIX_BPFLOGLEVEL`/,
    /restarts Felix/,
    /felixconfig#bpfLogLevel/,
  ])
    assert.match(found?.shown ?? '', part);
});

test('explains the value under the pointer', async () => {
  const found = await hover(`${head}  bpfExternalServiceMode: D|SR\n`);
  assert.equal(found?.over, 'DSR');
  assert.match(found?.shown ?? '', /^\*\*bpfExternalServiceMode: DSR\*\*\n\n\w/);
});

test('explains the parts of an object', async () => {
  const found = await hover(`${head}  bpfConntrackTimeouts:\n    udpTime|out: 60s\n`);
  assert.match(
    found?.shown ?? '',
    /^\*\*bpfConntrackTimeouts\.udpTimeout\*\* · duration or Auto\n\n[A-Z][^\n]+\.\n\nDefault: `60s`/,
  );
});

test('says that a key is not in the chosen version', async () => {
  const found = await hover(`${head}  iptablesLockTime|out: 1s\n`, { calicoVersion: 'v3.32' });
  assert.match(found?.shown ?? '', /Not in Calico v3\.32\. .*Last in v3\.31\.7/);
});

test('explains an environment variable like its key', async () => {
  const found = await hover(
    `spec:\n  containers:\n    - env:\n        - {name: FELIX_BPF|ENABLED, value: "true"}\n`,
  );
  assert.equal(found?.over, 'FELIX_BPFENABLED');
  assert.match(found?.shown ?? '', /^\*\*bpfEnabled\*\*/);
});

test('tells what is in effect on the open cluster, and from where', async () => {
  const node = (name: string, environment: Record<string, string>) => ({
    name,
    labels: {},
    environment,
    interfaces: [],
    mapEntries: {},
  });
  const cluster = {
    name: 'shop',
    calicoVersion: 'v3.32.1',
    nodes: [node('a', {}), node('b', { FELIX_BPFLOGLEVEL: 'off' }), node('c', {})],
    configurations: [
      { name: 'default', spec: { bpfLogLevel: 'Debug' } },
      { name: 'node.c', spec: { bpfLogLevel: 'Info' } },
    ],
  };
  const found = await hover(`${head}  bpfLog|Level: Debug\n`, { cluster });
  assert.match(
    found?.shown ?? '',
    /In effect on shop: `Debug` on 1 of 3 nodes, from FelixConfiguration default/,
  );
  assert.match(found?.shown ?? '', /`off` on 1 of 3 nodes, from the environment/);
  assert.match(found?.shown ?? '', /`Info` on 1 of 3 nodes, from FelixConfiguration node\.c/);
});

/** Three nodes: one with a felix.cfg, one in a zone of its own. */
const shop: ClusterAnswer = {
  name: 'shop',
  calicoVersion: 'v3.32.1',
  nodes: [
    { ...bareNode('a'), file: { BPFLogLevel: 'Off' } },
    { ...bareNode('b'), labels: { zone: 'eu' } },
    bareNode('c'),
  ],
  configurations: [
    { name: 'default', spec: { bpfLogLevel: 'Debug', bpfEnabled: true } },
    {
      name: 'europe',
      spec: { nodeSelector: "zone == 'eu'", bpfLogLevel: 'Info' },
      annotations: { 'config.projectcalico.org/BPFEnabled': 'false' },
    },
  ],
};

function bareNode(name: string): NodeAnswer {
  return { name, labels: {}, environment: {}, interfaces: [], mapEntries: {} };
}

test('knows what felix.cfg, selectors and annotations of the open cluster change', async () => {
  const found = await hover(`${head}  bpfLog|Level: Debug\n`, { cluster: shop });
  for (const part of [
    /`Off` on 1 of 3 nodes, from felix\.cfg/,
    /`Info` on 1 of 3 nodes, from FelixConfiguration europe/,
    /`Debug` on 1 of 3 nodes, from FelixConfiguration default/,
  ])
    assert.match(found?.shown ?? '', part);
  const enabled = await hover(`${head}  bpfEna|bled: true\n`, { cluster: shop });
  assert.match(
    enabled?.shown ?? '',
    /`false` on 1 of 3 nodes, from an annotation of FelixConfiguration europe/,
  );
});

test('explains for which nodes an object is, by its name and version', async () => {
  const named = (name: string) =>
    `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: ${name}|\nspec:\n  nodeSelector: zone == 'eu'\n`;
  const text = async (name: string, options?: ClientOptions) =>
    (await hover(named(name), options))?.shown ?? '';
  assert.match(await text('default'), /For all nodes\.[^]*the first that sets it/);
  assert.match(await text('node.b', { cluster: shop }), /the node `b` alone[^]*1 of 3 nodes: `b`/);
  assert.match(await text('europe', { cluster: shop }), /nodeSelector` matches[^]*1 of 3 nodes: `b`/);
  assert.match(await text('europe', { calicoVersion: 'v3.31' }), /no node uses it/);
});

test('tells which nodes a selector matches', async () => {
  const found = await hover(`${head}  nodeSelector: zone == |'eu'\n`, { cluster: shop });
  assert.match(found?.shown ?? '', /On shop this is 1 of 3 nodes: `b`\./);
});

test('explains kind, apiVersion and annotations that set a parameter', async () => {
  const document =
    'apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata:\n  name: default\n  annotations:\n    config.projectcalico.org/BPFEnabled: "true"\nspec: {}\n';
  const at = async (word: string) =>
    (await hover(document.replace(word, `${word.slice(0, 3)}|${word.slice(3)}`)))?.shown ?? '';
  assert.match(await at('crd.projectcalico.org/v1'), /checked by the CRD alone/);
  assert.match(await at('FelixConfiguration'), /^\*\*FelixConfiguration\*\* · cluster-scoped/);
  assert.match(await at('config.projectcalico.org/BPFEnabled'), /outranks the spec[^]*\*\*bpfEnabled\*\*/);
});

test('explains the operator’s fields', async () => {
  const text =
    'apiVersion: operator.tigera.io/v1\nkind: Installation\nspec:\n  calicoNetwork:\n    linuxDataplane: B|PF\n';
  assert.match((await hover(text))?.shown ?? '', /^\*\*linuxDataplane: BPF\*\*/);
});

test('shows nothing on other YAML', async () => {
  assert.equal(await hover('kind: Pod\nspec:\n  bpfLog|Level: Debug\n'), undefined);
  assert.equal(
    await hover(`${head}  bpfEnabled: true\n---\nkind: Pod\nspec:\n  bpfLog|Level: Debug\n`),
    undefined,
  );
});

test('explains keys of a patch inside a kustomization', async () => {
  const patch =
    'patches:\n  - patch: |-\n      apiVersion: projectcalico.org/v3\n      kind: FelixConfiguration\n      spec:\n        bpfEna|bled: true\n';
  assert.equal((await hover(`kind: Kustomization\n${patch}`))?.over, 'bpfEnabled');
});
