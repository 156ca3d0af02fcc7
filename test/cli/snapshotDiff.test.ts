import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from '../../src/cli/main.ts';
import { recordingsFolder } from '../support/recordings.ts';

const recording = (name: string) => join(recordingsFolder, `${name}.tar.gz`);

async function diff(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const status = await runCli(['snapshot', 'diff', ...args], {
    stdin: (async function* () {})(),
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  return { status, ...written };
}

test('a snapshot does not differ from itself', async () => {
  const same = recording('v3.32.1-healthy');
  assert.deepEqual(await diff(same, same, '--map', 'conntrack', '--map', 'nat'), {
    status: 0,
    stdout: 'The maps are the same.\n',
    stderr: '',
  });
});

test('backends that a service has lost are told with their names', async () => {
  const { status, stdout } = await diff(
    recording('v3.32.1-healthy'),
    recording('v3.32.1-no-endpoints'),
    '--node',
    'node-a',
    '--map',
    'nat',
  );
  assert.equal(status, 0);
  assert.match(stdout, /^node-a {2}nat\.dump\n/);
  assert.match(stdout, /^ {2}- shop\/\S+ .*shop\//m);
});

test('as JSON each difference is an object', async () => {
  const { stdout } = await diff(
    recording('v3.32.1-healthy'),
    recording('v3.32.1-node-bpf-off'),
    '--map',
    'ifstate',
    '--json',
  );
  const found: readonly { readonly node: string; readonly onlyIn?: string }[] = JSON.parse(stdout);
  assert.deepEqual(
    found.filter(({ onlyIn }) => onlyIn !== undefined).map(({ node, onlyIn }) => `${node} ${onlyIn}`),
    ['node-c A'],
  );
});

test('a map that there is not, or a snapshot too few, is told', async () => {
  const one = recording('v3.32.1-healthy');
  assert.equal((await diff(one)).status, 2);
  assert.match((await diff(one, one, '--map', 'nats')).stderr, /no map “nats”, but routes, nat/);
});
