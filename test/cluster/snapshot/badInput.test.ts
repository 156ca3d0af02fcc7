import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { printedText } from '../../../src/core/text/printed.ts';
import { unpackArchive } from '../../../src/cluster/snapshot/archive.ts';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import { checkFails } from '../contract.ts';
import { manifest, packEntries, writeFiles, type ArchiveEntry } from './build.ts';

const signal = new AbortController().signal;
let base: string;
let count = 0;

before(async () => {
  base = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
});
after(() => rm(base, { recursive: true }));

async function snapshot(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = join(base, `snapshot-${count++}`);
  await writeFiles(folder, files);
  return folder;
}

async function archive(entries: readonly ArchiveEntry[]): Promise<string> {
  const path = join(base, `archive-${count++}.tar.gz`);
  await writeFile(path, await packEntries(entries));
  return path;
}

test('a folder without snapshot.json is no snapshot, and the message says what to choose', async () => {
  const folder = await snapshot({ 'notes.txt': 'hello' });
  await checkFails(openSnapshot(folder, {}, signal), /no snapshot.json in it\. Choose/, 'no-snapshot');
});

test('a path that does not exist is named', async () => {
  await checkFails(openSnapshot(join(base, 'nowhere'), {}, signal), /nowhere does not exist/, 'no-snapshot');
});

test('a newer format asks for an update', async () => {
  const folder = await snapshot({ 'snapshot.json': manifest.replace('"version":1', '"version":2') });
  await checkFails(openSnapshot(folder, {}, signal), /format 2, newer.*Update/, 'newer-format');
});

test('a snapshot.json that is not JSON, or of something else, is said to be so', async () => {
  const damaged = await snapshot({ 'snapshot.json': manifest.slice(0, 20) });
  await checkFails(openSnapshot(damaged, {}, signal), /not JSON/, 'unreadable');
  const other = await snapshot({ 'snapshot.json': '{"name":"some-package","version":"1.0.0"}' });
  await checkFails(openSnapshot(other, {}, signal), /another format/, 'no-snapshot');
});

test('a dump that was recorded as JSON alone answers for its text', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/routes.dump.json.out': '[]',
    'nodes/node-a/nat.dump.out': 'text',
    'nodes/node-a/nat.dump.json.out': '[]',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  const textOf = async (probe: string) =>
    printedText((await cluster.probe({ node: 'node-a', probe }, signal)).stdout);
  assert.equal(await textOf('routes.dump'), '[]');
  assert.equal(await textOf('nat.dump'), 'text');
  await checkFails(cluster.probe({ node: 'node-a', probe: 'arp.dump' }, signal), /arp\.dump/, 'not-recorded');
  await cluster.close();
});

test('a missing object file fails where it is asked for; the rest is usable', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'objects/nodes.json': '{"items":[{"metadata":{"name":"node-a"}}]}',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  await checkFails(cluster.list('pods', signal), /objects\/pods\.json is missing/, 'not-recorded');
  assert.equal((await cluster.list('nodes', signal)).length, 1);
});

test('a .gz that is no gzip file is unreadable, not a text', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/nat.dump.out.gz': 'no gzip at all',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  const asked = cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  await checkFails(asked, /nat\.dump\.out\.gz cannot be read/, 'unreadable');
});

test('a cut-off .gz is unreadable there; the rest is usable', async () => {
  const packed = gzipSync('x'.repeat(100_000));
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/nat.dump.out.gz': packed.subarray(0, packed.length / 2),
    'nodes/node-a/arp.dump.out': 'dev    2:    192.168.5.21 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  await checkFails(
    cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal),
    /nat\.dump\.out\.gz.*cut off/,
    'unreadable',
  );
  const { stdout } = await cluster.probe({ node: 'node-a', probe: 'arp.dump' }, signal);
  assert.ok(stdout.length > 0);
});

test('an output without probes.json is answered, with what is known of it', async () => {
  const folder = await snapshot({ 'snapshot.json': manifest, 'nodes/node-a/routes.dump.out': 'x' });
  const cluster = await openSnapshot(folder, {}, signal);
  const { stdout, argv, exitCode } = await cluster.probe({ node: 'node-a', probe: 'routes.dump' }, signal);
  assert.deepEqual({ bytes: stdout.length, argv, exitCode }, { bytes: 1, argv: [], exitCode: undefined });
});

test('a probe that printed nothing has no files and is answered all the same', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/probes.json': '[{"id":"nat.dump","argv":["x"],"exitCode":0,"truncated":false}]',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  const { stdout, exitCode } = await cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  assert.deepEqual({ bytes: stdout.length, exitCode }, { bytes: 0, exitCode: 0 });
});

test('an interface with characters that file names cannot have is found under its escaped name', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/nat.dump.fd00__1.80.tcp.v6.out': 'here',
  });
  const cluster = await openSnapshot(folder, {}, signal);
  const { stdout } = await cluster.probe({ node: 'node-a', probe: 'nat.dump.fd00::1.80.tcp.v6' }, signal);
  assert.equal(await printedText(stdout), 'here');
});

test('what is no part of the format is ignored, and said once', async () => {
  const folder = await snapshot({ 'snapshot.json': manifest, 'truth.json': '{}', 'notes/a.txt': '' });
  const { info } = await openSnapshot(folder, {}, signal);
  assert.equal(info.notices.length, 1);
  assert.match(info.notices[0]?.what ?? '', /notes, truth\.json/);
});

test('what the recording itself calls incomplete is told', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest.replace(
      '"redacted"',
      '"incomplete":[{"what":"node-c","why":"unreachable"}],"redacted"',
    ),
  });
  const { info } = await openSnapshot(folder, {}, signal);
  assert.deepEqual(info.notices, [{ what: 'node-c', why: 'unreachable' }]);
});

test('a 100 MB output is read whole', async () => {
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/conntrack.dump.out.gz': gzipSync(
      Buffer.alloc(100_000_000, 'TCP 10.0.0.1:1 -> 10.0.0.2:2  Active ago 1s CLOSED\n'),
      { level: 1 },
    ),
  });
  const cluster = await openSnapshot(folder, {}, signal);
  const { stdout } = await cluster.probe({ node: 'node-a', probe: 'conntrack.dump' }, signal);
  assert.equal(stdout.length, 100_000_000);
});

test('an output over the limit is refused with the limit', async () => {
  const packed = gzipSync(Buffer.alloc(100 * 1024 * 1024), { level: 1 });
  const folder = await snapshot({
    'snapshot.json': manifest,
    'nodes/node-a/conntrack.dump.out.gz': Buffer.concat(Array.from({ length: 6 }, () => packed)),
  });
  const cluster = await openSnapshot(folder, {}, signal);
  await checkFails(
    cluster.probe({ node: 'node-a', probe: 'conntrack.dump' }, signal),
    /more than 512 MiB/,
    'too-large',
  );
});

test('an archive may hold the snapshot at its top or in one folder', async () => {
  for (const prefix of ['', 'saved/']) {
    const cluster = await openSnapshot(
      await archive([{ name: `${prefix}snapshot.json`, text: manifest }]),
      {},
      signal,
    );
    assert.equal(cluster.info.name, 'small');
    await cluster.close();
  }
});

test('an entry that leads outside, a link or a device makes the archive refused, and nothing is left', async () => {
  const hostile: readonly ArchiveEntry[] = [
    { name: '../escaped', text: 'x' },
    { name: 'a/../../escaped', text: 'x' },
    { name: '/tmp/escaped', text: 'x' },
    { name: 'C:\\escaped', text: 'x' },
    { name: 'link', header: { type: 'symlink', linkname: '/etc/passwd', size: 0 } },
    { name: 'link', header: { type: 'link', linkname: 'snapshot.json', size: 0 } },
    { name: 'null', header: { type: 'character-device', size: 0 } },
  ];
  const before = leftovers();
  for (const entry of hostile) {
    const path = await archive([{ name: 'snapshot.json', text: manifest }, entry]);
    await checkFails(openSnapshot(path, {}, signal), /is not opened/, 'unreadable');
  }
  assert.equal(existsSync(join(tmpdir(), 'escaped')), false);
  assert.deepEqual(leftovers(), before);
});

test('an entry that comes twice is refused rather than overwritten', async () => {
  const path = await archive([
    { name: 'snapshot.json', text: manifest },
    { name: 'snapshot.json', text: 'other' },
  ]);
  await checkFails(openSnapshot(path, {}, signal), /cannot be unpacked/, 'unreadable');
});

test('an archive over the limits is refused before it fills the disk', async () => {
  const path = await archive([
    { name: 'snapshot.json', text: manifest },
    { name: 'bomb', text: '0'.repeat(2_000_000) },
  ]);
  const limits = { files: 10, bytes: 1_000_000, fileBytes: 10_000_000 };
  await checkFails(unpackArchive(path, signal, limits), /more than is unpacked/, 'too-large');
  const many = await archive(Array.from({ length: 20 }, (_, index) => ({ name: `file-${index}`, text: '' })));
  await checkFails(unpackArchive(many, signal, limits), /10 files/, 'too-large');
});

test('a cut-off archive, and a file that is none, are unreadable', async () => {
  const whole = await readFile(
    await archive([{ name: 'snapshot.json', text: manifest + ' '.repeat(50_000) }]),
  );
  const cut = join(base, 'cut.tar.gz');
  await writeFile(cut, whole.subarray(0, whole.length - 60));
  await checkFails(openSnapshot(cut, {}, signal), /cannot be unpacked/, 'unreadable');
  const text = join(base, 'text.tar.gz');
  await writeFile(text, 'this is no archive');
  await checkFails(openSnapshot(text, {}, signal), /cannot be unpacked/, 'unreadable');
});

test('opening an archive stops when it is told to, and leaves nothing', async () => {
  const before = leftovers();
  const controller = new AbortController();
  const opening = openSnapshot(
    await archive([{ name: 'snapshot.json', text: manifest }]),
    {},
    controller.signal,
  );
  controller.abort();
  await assert.rejects(opening, { name: 'AbortError' });
  assert.deepEqual(leftovers(), before);
});

function leftovers(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('calico-ebpf-snapshot-'));
}
