import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProxy } from '../../../src/cluster/kubernetes/proxy.ts';

const env = (noProxy: string) => ({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy });

for (const [server, noProxy, expected] of [
  ['https://api.example.org:6443', '', true],
  ['https://api.example.org:6443', 'example.org', false],
  ['https://api.example.org:6443', '.example.org', false],
  ['https://api.example.org:6443', 'other.org, *', false],
  ['https://notexample.org', 'example.org', true],
  ['https://10.1.2.3:6443', '10.0.0.0/8', false],
  ['https://11.1.2.3:6443', '10.0.0.0/8', true],
  ['https://127.0.0.1:6443', '', false],
  ['https://localhost:6443', '', false],
  ['http://api.example.org', '', false],
] as const) {
  test(`${server} ${expected ? 'goes' : 'does not go'} through the proxy with NO_PROXY “${noProxy}”`, () => {
    assert.equal(findProxy(server, env(noProxy)), expected ? 'http://proxy:3128' : undefined);
  });
}
