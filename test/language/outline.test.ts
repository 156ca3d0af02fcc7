import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CodeLens,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  SelectionRange,
} from 'vscode-languageserver';
import { defaultUri, startServer } from './harness.ts';
import type { ClientOptions } from './harness.ts';

const text = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfEnabled: true
  failsafeInboundHostPorts:
    - port: 22
      protocol: tcp
---
kind: Other
spec:
  x: 1
`;

async function ask<T>(method: string, params: object = {}, options?: ClientOptions): Promise<T> {
  const client = await startServer(options);
  await client.open(text);
  const answer = await client.request<T>(`textDocument/${method}`, {
    textDocument: { uri: defaultUri },
    ...params,
  });
  assert.deepEqual(client.errors, []);
  await client.stop();
  return answer;
}

test('outlines each object with its keys', async () => {
  const [found, ...others] = await ask<DocumentSymbol[]>('documentSymbol');
  assert.deepEqual([found?.name, found?.detail, others.length], ['default', 'FelixConfiguration', 0]);
  assert.deepEqual(
    found?.children?.map(({ name, detail }) => [name, detail]),
    [
      ['bpfEnabled', 'true'],
      ['failsafeInboundHostPorts', ''],
    ],
  );
});

test('folds mappings, lists and documents of the whole file', async () => {
  const ranges = await ask<FoldingRange[]>('foldingRange');
  assert.deepEqual(
    ranges.map(({ startLine, endLine }) => [startLine, endLine]),
    [
      [2, 3],
      [4, 8],
      [6, 8],
      [7, 8],
      [9, 12],
      [11, 12],
    ],
  );
});

test('expands a selection from a value to its pair and what is around it', async () => {
  const [found] = await ask<SelectionRange[]>('selectionRange', { positions: [{ line: 5, character: 16 }] });
  const lines: [number, number][] = [];
  for (let at: SelectionRange | undefined = found; at !== undefined; at = at.parent)
    lines.push([at.range.start.line, at.range.start.character]);
  assert.deepEqual(lines[0], [5, 14]);
  assert.deepEqual(lines[1], [5, 2]);
  assert.deepEqual(lines.at(-1), [0, 0]);
});

test('links the kind to its documentation', async () => {
  const [link] = await ask<DocumentLink[]>('documentLink');
  assert.deepEqual(link?.range.start, { line: 1, character: 6 });
  assert.match(link?.target ?? '', /felixconfig$/);
});

test('says above the spec how much of it is in effect', async () => {
  const node = (name: string) => ({ name, interfaces: [], labels: {}, environment: {}, mapEntries: {} });
  const cluster = { name: 'shop', calicoVersion: 'v3.32.1', nodes: [node('a'), node('b')] };
  const titles = async (bpfEnabled: boolean) => {
    const spec = { bpfEnabled, failsafeInboundHostPorts: [{ port: 22, protocol: 'tcp' }] };
    const configurations = [{ name: 'default', spec }];
    const lenses = await ask<CodeLens[]>('codeLens', {}, { cluster: { ...cluster, configurations } });
    return lenses.map(({ command }) => command?.title);
  };
  assert.deepEqual(await titles(true), ['In effect on 2 of 2 nodes of shop']);
  assert.deepEqual(await titles(false), ['Not all in effect on shop: bpfEnabled on 0 of 2 nodes']);
});

test('counts the nodes that a selector matches, and tells for a click where each value comes from', async () => {
  const node = (name: string, zone: string) => ({
    name,
    labels: { zone },
    interfaces: [],
    environment: {},
    mapEntries: {},
  });
  const configurations = [{ name: 'default', spec: { bpfEnabled: true } }];
  const nodes = [node('a', 'eu'), node('b', 'us')];
  const cluster = { name: 'shop', calicoVersion: 'v3.32.1', nodes, configurations };
  const client = await startServer({ cluster, showEffectiveCommand: 'show' });
  await client.open(
    "apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: europe}\nspec: {nodeSelector: zone == 'eu', bpfEnabled: false}\n",
  );
  const [lens] = await client.request<CodeLens[]>('textDocument/codeLens', {
    textDocument: { uri: defaultUri },
  });
  assert.deepEqual(lens?.command, {
    title: 'Not all in effect on shop: bpfEnabled on 0 of 1 nodes',
    command: 'show',
    arguments: [
      {
        cluster: 'shop',
        nodes: 1,
        keys: [
          {
            key: 'bpfEnabled',
            written: 'false',
            values: [
              {
                value: 'true',
                origin: 'FelixConfiguration default',
                configuration: 'default',
                nodes: ['a'],
              },
            ],
          },
        ],
      },
    ],
  });
  await client.stop();
});

test('shows no lens without a cluster', async () => {
  assert.deepEqual(await ask<CodeLens[]>('codeLens'), []);
});

test('counts only the node that an object is for', async () => {
  const node = (name: string) => ({ name, interfaces: [], labels: {}, environment: {}, mapEntries: {} });
  const configurations = [{ name: 'node.a', spec: { bpfEnabled: true } }];
  const cluster = { name: 'shop', calicoVersion: 'v3.32.1', nodes: [node('a'), node('b')], configurations };
  const client = await startServer({ cluster });
  await client.open(
    'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: node.a}\nspec: {bpfEnabled: true}\n',
  );
  const [lens] = await client.request<CodeLens[]>('textDocument/codeLens', {
    textDocument: { uri: defaultUri },
  });
  assert.equal(lens?.command?.title, 'In effect on 1 of 1 nodes of shop');
  await client.stop();
});
