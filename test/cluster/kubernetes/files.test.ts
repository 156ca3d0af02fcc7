import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { partOf, readFiles, type Files } from '../../../src/cluster/kubernetes/files.ts';
import type { Output } from '../../../src/cluster/kubernetes/run.ts';
import { printed, printedText } from '../../../src/core/text/printed.ts';

const folder = mkdtempSync(join(tmpdir(), 'calico-ebpf-files-'));
after(() => rmSync(folder, { recursive: true }));

const contents = {
  mounts: 'none / overlay rw 0 0\nnone /with\\040space:and/conf/eth0/forwarding:1 tmpfs rw 0 0\n',
  'conf/eth0/forwarding': '1\n',
  'conf/eth0.100/forwarding': '0\n',
  'conf/eth0/rp_filter': '2\n',
  limit: '528482304\n',
};
for (const [name, text] of Object.entries(contents)) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function files(isNamed: boolean, ...names: readonly string[]): Files {
  return { kind: 'files', isNamed, paths: names.map((name) => join(folder, name)) };
}

function run(argv: readonly string[]): Output {
  const [program = '', ...args] = argv;
  const { stdout, stderr, status } = spawnSync(program, args);
  return { stdout: printed(stdout), stderr, exitCode: status ?? undefined, end: 'whole' };
}

test('probes that share a process print what they print alone', async () => {
  const probes = [
    files(true, 'conf/*/forwarding', 'limit'),
    files(false, 'mounts'),
    { ...files(true, 'limit'), needed: [join(folder, 'mounts'), join(folder, 'types')] },
    files(true, 'conf/*/rp_filter', 'absent', 'conf/*/forwarding'),
  ];
  const together = run(readFiles(probes));
  for (const probe of probes) {
    const [alone, part] = [run(readFiles([probe])), await partOf(together, probe)];
    const sorted = async ({ stdout }: Output) => (await printedText(stdout)).split('\n').toSorted();
    assert.deepEqual(await sorted(part), await sorted(alone));
    assert.equal(part.exitCode, 0);
  }
  const [, mounts, needing] = probes;
  assert.ok(
    needing && (await printedText((await partOf(together, needing)).stdout)).includes('types:absent\n'),
  );
  assert.equal(mounts && (await printedText((await partOf(together, mounts)).stdout)), contents.mounts);
});

test('files that are not there are no failure', () => {
  const { stdout, stderr, exitCode } = run(readFiles([files(true, 'absent'), files(true, 'no/*/such')]));
  assert.deepEqual([stdout.length, stderr.length, exitCode], [0, 0, 0]);
});
