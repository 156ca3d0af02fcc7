import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Uri as VscodeUri } from 'vscode';
import fc from 'fast-check';
import { Uri } from '../support/vscodeValues.ts';

const { dumpUri, parseDumpUri } = await import('../../src/documents/uri.ts');

test('the address of a dump names cluster, node, probe and time', () => {
  const uri = dumpUri('shop', { node: 'node-a', probe: 'nat.dump' }, new Date('2026-11-21T03:24:00Z'));
  assert.equal(
    decodeURIComponent(uri.toString()),
    'calico-bpf:/shop/node-a/nat.dump?2026-11-21T03:24:00.000Z',
  );
});

test('any names come back from the address as they were, with slashes and percent signs', () => {
  const name = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(name, name, name, (cluster, node, probe) => {
      const uri = dumpUri(cluster, { node, probe }, undefined);
      assert.deepEqual(parseDumpUri(uri), { cluster, node, probe, time: '' });
    }),
  );
});

test('another address is none of a dump', () => {
  for (const uri of [Uri.file('/shop/node-a/nat.dump'), Uri.parse('calico-bpf:/shop/node-a')])
    // A fake in place of VS Code's class.
    assert.equal(parseDumpUri(uri as unknown as VscodeUri), undefined);
});
