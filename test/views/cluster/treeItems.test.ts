import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThemeIcon, TreeItem } from 'vscode';
import { findMapKind } from '../../../src/core/probes.ts';
import type { Element, MapElement, NodeElement } from '../../../src/views/cluster/elements.ts';

const { toTreeItem } = await import('../../../src/views/cluster/treeItems.ts');
const now = new Date('2026-11-21T12:00:00Z');

function itemOf(element: Element): TreeItem & { readonly icon: string; readonly colour: string | undefined } {
  const item = toTreeItem(element, now);
  const icon = item.iconPath as ThemeIcon;
  return Object.assign(item, { icon: icon.id, colour: icon.color?.id });
}

const tooltipOf = ({ tooltip }: TreeItem): string =>
  typeof tooltip === 'string' ? tooltip : (tooltip?.value ?? '');

function node(changed: Partial<NodeElement['facts']>): NodeElement {
  const facts = {
    name: 'node-a',
    ready: 'ready',
    readyMessage: undefined,
    ebpf: {
      state: 'on',
      reason: 'started',
      why: 'Felix’s log says so.',
      configured: undefined,
      asked: ['felix.log'],
    },
    agent: { kind: 'running' },
    instead: undefined,
    zone: undefined,
    pool: undefined,
    calicoVersion: 'v3.32.1',
    kernel: '6.18.0',
    osImage: 'Debian',
    addresses: ['172.18.0.2'],
    ...changed,
  } as const;
  return { kind: 'node', node: 'node-a', facts, isAsked: false };
}

function map(state: MapElement['state']): MapElement {
  const kind = findMapKind('conntrack');
  assert.ok(kind);
  return { kind: 'map', node: 'node-a', map: kind, family: 'IPv4', state };
}

test('a healthy node is quiet: its eBPF state and version, no colour, the kernel in the tooltip', () => {
  const item = itemOf(node({}));
  assert.equal(item.description, 'eBPF on · v3.32.1');
  assert.equal(item.colour, undefined);
  assert.match(tooltipOf(item), /Kernel: 6\\\.18\\\.0/);
  assert.match(tooltipOf(item), /Felix’s log says so/);
});

test('a node that is not ready, or has eBPF off, carries words, icon and colour', () => {
  const notReady = itemOf(node({ ready: 'not-ready', readyMessage: 'kubelet stopped' }));
  assert.match(String(notReady.description), /^not ready/);
  assert.deepEqual([notReady.icon, notReady.colour], ['error', 'problemsErrorIcon.foreground']);
  const off = itemOf(
    node({
      ebpf: { state: 'off', reason: 'maps', why: 'No maps.', configured: 'eBPF on', asked: ['ifstate.dump'] },
    }),
  );
  assert.deepEqual([off.description, off.icon], ['eBPF off · v3.32.1', 'warning']);
  assert.match(tooltipOf(off), /Configuration asks for: eBPF on/);
});

test('a map shows its entries and how full it is, with separators of thousands', () => {
  const item = itemOf(
    map({
      kind: 'read',
      summary: { count: 73_000, used: 73_000, unit: 'entries', usedBackends: undefined, trouble: undefined },
      facts: [],
      capacity: 512_000,
      problems: 0,
    }),
  );
  assert.equal(item.description, '73,000 of 512,000');
  assert.equal(item.colour, undefined);
  assert.match(tooltipOf(item), /14\\\.3 % full/);
  assert.equal(item.accessibilityInformation?.label, 'Conntrack, 73,000 entries of 512,000');
});

test('trouble in a map is said in words, with an icon in the colour of warnings', () => {
  const item = itemOf(
    map({
      kind: 'read',
      summary: { count: 24, used: 30, unit: 'frontends', usedBackends: 30, trouble: '1 without backends' },
      facts: [
        { rule: 'nat-no-backends', rows: [3], subject: 'shop/cart', text: 'shop/cart has no backends.' },
      ],
      capacity: undefined,
      problems: 2,
    }),
  );
  assert.equal(item.description, '24 · 1 without backends · 2 unreadable');
  assert.deepEqual([item.icon, item.colour], ['warning', 'problemsWarningIcon.foreground']);
});

test('what follows from a map is counted, and told with its rule', () => {
  const text = '9 connections to 203.0.113.250 port 80 have had no answer.';
  const item = itemOf(
    map({
      kind: 'read',
      summary: { count: 73, used: 73, unit: 'entries', usedBackends: undefined, trouble: undefined },
      facts: [{ rule: 'conntrack-unanswered', rows: [1, 2], subject: '203.0.113.250', text }],
      capacity: 512_000,
      problems: 0,
    }),
  );
  assert.equal(item.description, '73 of 512,000 · 1 fact');
  assert.equal(item.icon, 'warning');
  assert.match(tooltipOf(item), /9 connections .* is SYN\\-SENT/s);
});

test('a map that is not there is quiet, one that failed is not; both say why', () => {
  const absent = itemOf(map({ kind: 'failed', reason: 'no-map', message: 'The map is not there.' }));
  assert.deepEqual([absent.description, absent.colour], ['not there', undefined]);
  const failed = itemOf(map({ kind: 'failed', reason: 'forbidden', message: 'pods/exec is missing.' }));
  assert.deepEqual([failed.description, failed.icon], ['forbidden', 'warning']);
  assert.match(tooltipOf(failed), /pods\/exec is missing/);
});

test('selecting a map opens it, selecting a policy opens that', () => {
  const read = map({ kind: 'failed', reason: 'no-map', message: '' });
  assert.deepEqual(itemOf(read).command, {
    command: 'calicoBpf.map.open',
    title: 'Open Map',
    arguments: [{ node: 'node-a', map: 'conntrack', family: 'IPv4' }],
  });
  const policy = itemOf({ kind: 'policy', node: 'node-a', facts: workload(true) });
  assert.deepEqual(policy.command?.arguments, [{ node: 'node-a', probe: 'policy.dump.cali1.all' }]);
  assert.deepEqual([policy.label, policy.description], ['shop/cart', 'cali1']);
});

test('an interface shows its pod, whether it is ready, and its index', () => {
  assert.equal(
    itemOf({ kind: 'interface', node: 'n', facts: workload(true) }).description,
    'shop/cart · ready · idx 9',
  );
  const stuck = itemOf({ kind: 'interface', node: 'n', facts: workload(false) });
  assert.equal(stuck.description, 'shop/cart · not ready · idx 9');
  assert.equal(stuck.icon, 'warning');
  assert.match(tooltipOf(stuck), /packets are dropped/);
});

test('names cannot format a tooltip', () => {
  const item = itemOf(node({ kernel: '[x](command:evil) *bold*' }));
  assert.match(tooltipOf(item), /\\\[x\\\]\\\(command:evil\\\) \\\*bold\\\*/);
});

test('an item says its kind to menus', () => {
  assert.equal(itemOf(node({})).contextValue, 'node');
});

test('a map that cannot be read again still opens; one that never could be is only asked again', () => {
  const summary = {
    count: 1,
    used: 1,
    unit: 'entries',
    usedBackends: undefined,
    trouble: undefined,
  } as const;
  const read = { kind: 'read', summary, facts: [], capacity: undefined, problems: 0 } as const;
  const stale = { since: now, message: 'It is silent.' };
  assert.equal(itemOf(map(read)).contextValue, 'map');
  assert.equal(itemOf(map({ ...read, stale })).contextValue, 'staleMap');
  const failed = { kind: 'failed', reason: 'forbidden', message: 'pods/exec is missing.' } as const;
  assert.equal(itemOf(map(failed)).contextValue, 'failedMap');
});

function workload(ready: boolean) {
  const pod = { namespace: 'shop', name: 'cart' };
  return { name: 'cali1', index: 9, kind: 'workload', ready, flags: ['workload'], pod } as const;
}
