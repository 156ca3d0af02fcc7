import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { printedText } from '../../src/core/text/printed.ts';
import {
  openKubernetes,
  type OpenKubernetesOptions,
} from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import type { LiveCluster } from '../../src/cluster/cluster.ts';
import { checkFails } from '../cluster/contract.ts';
import { startCluster, type ContainerProcess } from './cluster.ts';
import { until } from './objects.ts';

const server = await startCluster();
after(() => server.stop());

const signal = new AbortController().signal;
const open = (options: OpenKubernetesOptions = {}) =>
  openKubernetes({ kubeconfig: server.kubeconfig, ...options }, signal);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Lets a program on node-a be a shell script; Calico's tool still knows its version. */
async function programTool(script: string, name = 'calico-node'): Promise<string> {
  const folder = join(server.folder, `node-${String(Math.random()).slice(2)}`);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'probes.json'), '[]');
  const program = join(folder, 'bin', name);
  const version = '[ "$2" = version ] && { echo "Version: v3.32.1"; exit; }';
  await writeFile(program, `#!/bin/sh\n${version}\n${script}\n`);
  await chmod(program, 0o755);
  await server.record({ 'calico-system/calico-node-x4k2p': folder });
  return folder;
}

async function checkNothingLeft(): Promise<void> {
  await until(async () => assert.deepEqual(await server.processes(), []));
}

async function untilRunning(): Promise<readonly ContainerProcess[]> {
  return until(async () => {
    const processes = await server.processes();
    assert.ok(processes.some(({ argv }) => argv.includes('-bpf')));
    return processes;
  });
}

test('the arguments of a probe reach the tool as they are, never a shell', async () => {
  await programTool('printf "<%s>" "$@"');
  const cluster = await open();
  const answer = await cluster.probe({ node: 'node-a', probe: 'policy.dump.$(id);`id`&.all' }, signal);
  assert.equal(await printedText(answer.stdout), '<-bpf><policy><dump><$(id);`id`&><all>');
  await checkFails(cluster.probe({ node: 'node-a', probe: 'policy.dump.--asm.all' }, signal), /no probe/);
  await cluster.close();
});

test('standard output, standard error and the exit status arrive apart and whole', async () => {
  await programTool('head -c 3000000 /dev/zero | tr "\\0" x; echo trouble >&2; exit 7');
  const cluster = await open();
  const answer = await cluster.probe({ node: 'node-a', probe: 'routes.dump' }, signal);
  assert.equal(answer.stdout.length, 3_000_000);
  assert.equal(text(answer.stderr), 'trouble\n');
  assert.equal(answer.exitCode, 7);
  assert.equal(answer.truncated, false);
  await cluster.close();
});

test('an output without an end is cut at the limit, and its process ends', async () => {
  await programTool('yes');
  const cluster = await open({ limits: { maxBytes: 1_000_000 } });
  const answer = await cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  assert.equal(answer.stdout.length, 1_000_000);
  assert.equal(answer.truncated, true);
  assert.equal(answer.exitCode, undefined);
  await checkNothingLeft();
  await cluster.close();
});

test('a silent command is stopped in time, and its process ends', async () => {
  await programTool('exec sleep 1000');
  const cluster = await open({ limits: { timeoutMs: 2000 } });
  await checkFails(
    cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal),
    /calico-node -bpf nat dump gave no answer within 2 s/,
  );
  await checkNothingLeft();
  await cluster.close();
});

test('a tool that does not even tell its version in time is not run without a shell that watches over it', async () => {
  const folder = await programTool('exec sleep 1000');
  const asked = join(folder, 'asked');
  const slowOnce = `(set -C; : > '${asked}') 2>/dev/null && exec sleep 1000; echo 'Version: v3.32.1'`;
  await writeFile(
    join(folder, 'bin', 'calico-node'),
    `#!/bin/sh\n[ "$2" = version ] && { ${slowOnce}; exit; }\nexec sleep 1000\n`,
  );
  const cluster = await open({ limits: { timeoutMs: 2000 } });
  const ask = () => cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  await checkFails(ask(), /calico-node -bpf version gave no answer within 2 s/);
  await checkFails(ask(), /calico-node -bpf nat dump gave no answer within 2 s/);
  await checkNothingLeft();
  await cluster.close();
});

test('what came before a command was stopped is kept', async () => {
  await programTool('echo begun; exec sleep 1000');
  const cluster = await open({ limits: { timeoutMs: 2000 } });
  const answer = await cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  assert.equal(await printedText(answer.stdout), 'begun\n');
  assert.equal(answer.truncated, true);
  await cluster.close();
});

test('closing the cluster ends what it runs', async () => {
  await programTool('exec sleep 1000');
  const cluster = await open();
  const probe = cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  const failed = checkFails(probe, /has been closed/);
  await untilRunning();
  await cluster.close();
  await failed;
  await checkNothingLeft();
});

test('starting and cancelling many times leaves no process and no socket', async () => {
  await programTool('exec sleep 1000');
  const cluster = await open({ limits: { perNode: 10, concurrency: 10 } });
  const cancelLater = async (delay: number) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), delay);
    await assert.rejects(cluster.probe({ node: 'node-a', probe: 'nat.dump' }, stop.signal), {
      name: 'AbortError',
    });
  };
  await cancelLater(0);
  const socketsBefore = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => cancelLater((round + index) * 3)));
  }
  await checkNothingLeft();
  await until(async () => assert.ok(readdirSync('/proc/self/fd').length <= socketsBefore + 2));
  await cluster.close();
});

/** Probes that differ in their name only. */
const manyProbes = (count: number) =>
  Array.from({ length: count }, (_, index) => `counters.dump.eth${index}`);

test('as many commands run at once as are allowed, and no more', async () => {
  await programTool('exec sleep 1000');
  const cluster = await open({ limits: { perNode: 2 } });
  const stop = new AbortController();
  const ended = manyProbes(100).map((probe) =>
    assert.rejects(cluster.probe({ node: 'node-a', probe }, stop.signal), { name: 'AbortError' }),
  );
  const checkTwoSleep = async () => {
    const sleeping = (await server.processes()).filter(({ argv }) => argv[0] === 'sleep');
    assert.equal(sleeping.length, 2);
  };
  await until(checkTwoSleep);
  // A third would have started in the time that another node takes for its answer.
  await cluster.probe({ node: 'node-b', probe: 'nat.dump' }, signal);
  await checkTwoSleep();
  stop.abort();
  await Promise.all(ended);
  await cluster.close();
});

test('what is asked of a node in one go shares an exec, and each gets its own answer', async () => {
  await programTool('echo "$PPID $4"; echo "no $4" >&2; exit 5');
  const cluster = await open();
  const probes = manyProbes(8);
  const answers = await Promise.all(probes.map((probe) => cluster.probe({ node: 'node-a', probe }, signal)));
  const texts = await Promise.all(answers.map(({ stdout }) => printedText(stdout)));
  const parents = new Set(texts.map((text) => text.split(' ')[0]));
  assert.equal(parents.size, 1);
  for (const [index, { stderr, exitCode }] of answers.entries()) {
    assert.match(texts[index] ?? '', new RegExp(` --iface=eth${index}\n$`));
    assert.equal(text(stderr), `no --iface=eth${index}\n`);
    assert.equal(exitCode, 5);
  }
  await cluster.close();
});

test('what a node is asked next goes to the shell that waits, which leaves soon after', async () => {
  await programTool('echo "$PPID $4"');
  const cluster = await open({ limits: { lingerMs: 5000 } });
  const ask = async (probe: string) => {
    const { stdout } = await cluster.probe({ node: 'node-a', probe }, signal);
    return (await printedText(stdout)).trim().split(' ');
  };
  const [shell, first] = await ask('counters.dump.eth0');
  const [sameShell, second] = await ask('counters.dump.eth1');
  assert.deepEqual([first, second], ['--iface=eth0', '--iface=eth1']);
  assert.equal(sameShell, shell);
  await cluster.close();
  await checkNothingLeft();
  const brief = await open({ limits: { lingerMs: 1 } });
  await brief.probe({ node: 'node-a', probe: 'nat.dump' }, signal);
  await checkNothingLeft();
  await brief.close();
});

test('a shell that died while it waited is replaced', async () => {
  await programTool('echo "$PPID"');
  const cluster = await open({ limits: { lingerMs: 60_000 } });
  const shellOf = async () =>
    Number(await printedText((await cluster.probe({ node: 'node-a', probe: 'nat.dump' }, signal)).stdout));
  const first = await shellOf();
  process.kill(first, 'SIGKILL');
  await until(async () => {
    const alive = await server.processes();
    assert.ok(alive.every(({ pid }) => pid !== first));
  });
  assert.notEqual(await shellOf(), first);
  await cluster.close();
  await checkNothingLeft();
});

test('a command without an end does not cost the others that share its exec', async () => {
  await programTool('case $4 in *eth1) yes ;; *eth2) exec sleep 1000 ;; *) echo fine ;; esac');
  const cluster = await open({ limits: { maxBytes: 500_000, timeoutMs: 3000 } });
  const [first, endless, silent, last] = await Promise.allSettled(
    manyProbes(4).map((probe) => cluster.probe({ node: 'node-a', probe }, signal)),
  );
  for (const fine of [first, last]) {
    assert.ok(fine?.status === 'fulfilled');
    assert.equal(await printedText(fine.value.stdout), 'fine\n');
    assert.equal(fine.value.truncated, false);
  }
  assert.ok(endless?.status === 'fulfilled' && endless.value.truncated);
  assert.ok(silent?.status === 'rejected');
  assert.match(String(silent.reason), /no answer within/);
  await checkNothingLeft();
  await cluster.close();
});

test('who gives up on a shared exec leaves it to the others', async () => {
  await programTool('sleep 0.2; echo fine');
  const cluster = await open();
  const stop = new AbortController();
  const ask = (probe: string, own: AbortSignal) => cluster.probe({ node: 'node-a', probe }, own);
  const [given, kept] = [ask('nat.dump', stop.signal), ask('routes.dump', signal)];
  const failed = assert.rejects(given, { name: 'AbortError' });
  await untilRunning();
  stop.abort();
  await failed;
  assert.equal(await printedText((await kept).stdout), 'fine\n');
  await cluster.close();
});

test('an image without a shell is asked without one', async () => {
  const folder = await programTool('echo "plain $*"');
  await writeFile(join(folder, 'bare'), '');
  const cluster = await open();
  const answer = await cluster.probe({ node: 'node-a', probe: 'routes.dump' }, signal);
  assert.equal(await printedText(answer.stdout), 'plain -bpf routes dump\n');
  await cluster.close();
});

test('the tool is called as its version wants it', async () => {
  const folder = await programTool('echo "Version: v3.33.0"');
  await rename(join(folder, 'bin', 'calico-node'), join(folder, 'bin', 'calico'));
  const cluster = await open();
  const { argv } = await cluster.probe({ node: 'node-a', probe: 'nat.dump.v6.json' }, signal);
  assert.equal(argv.join(' '), 'calico component node bpf nat dump -6 --json');
  await rename(join(folder, 'bin', 'calico'), join(folder, 'bin', 'other'));
  const another = await open();
  await checkFails(
    another.probe({ node: 'node-a', probe: 'nat.dump' }, signal),
    /image calico\/node:v3.32.1 has neither/,
    'unsupported',
  );
  await Promise.all([cluster.close(), another.close()]);
});

const traceOf = (cluster: LiveCluster, stop: AbortSignal, seconds = 60) =>
  cluster.followTrace({ node: 'node-a', id: 'a trace', seconds }, stop);

test('a trace comes as it is printed, and ends when nobody reads it', async () => {
  await programTool(
    '[ "$*" = "prog tracelog" ] && echo first; sleep 0.1; echo second; sleep 1000',
    'bpftool',
  );
  const cluster = await open();
  let printed = '';
  for await (const { stream, bytes } of traceOf(cluster, signal)) {
    assert.equal(stream, 'stdout');
    printed += text(bytes);
    if (printed.endsWith('second\n')) break;
  }
  assert.equal(printed, 'first\nsecond\n');
  await checkNothingLeft();
  await cluster.close();
});

test('a trace ends when it is told to, without an error', async () => {
  await programTool('echo begun; sleep 1000', 'bpftool');
  const cluster = await open();
  const stop = new AbortController();
  let printed = '';
  for await (const { bytes } of traceOf(cluster, stop.signal)) {
    printed += text(bytes);
    stop.abort();
  }
  assert.equal(printed, 'begun\n');
  await checkNothingLeft();
  await cluster.close();
});

test('a trace ends by itself at its time limit', async () => {
  await programTool('echo begun; sleep 1000', 'bpftool');
  const cluster = await open();
  const began = performance.now();
  let printed = '';
  for await (const { bytes } of traceOf(cluster, signal, 1)) printed += text(bytes);
  assert.ok(performance.now() - began > 900);
  assert.equal(printed, 'begun\n');
  await checkNothingLeft();
  await cluster.close();
});

test('where bpftool cannot trace, tc does, on standard error', async () => {
  const folder = await programTool('exit 1', 'bpftool');
  await writeFile(join(folder, 'bin', 'tc'), '#!/bin/sh\necho "$* said" >&2\n', { mode: 0o755 });
  const cluster = await open();
  const pieces: string[] = [];
  for await (const { stream, bytes } of traceOf(cluster, signal)) pieces.push(`${stream}: ${text(bytes)}`);
  assert.deepEqual(pieces, ['stderr: exec bpf debug said\n']);
  await cluster.close();
});

test('a slow reader holds the sender up instead of filling the memory', async () => {
  await programTool('yes trace; exit', 'bpftool');
  const cluster = await open();
  const before = process.memoryUsage().rss;
  let read = 0;
  for await (const { bytes } of traceOf(cluster, signal)) {
    read += bytes.length;
    if (read > 4_000_000) break;
    await delay(5);
  }
  assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
  await checkNothingLeft();
  await cluster.close();
});

async function readAll(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _piece of pieces);
}

test('a trace that cannot be had says why', async () => {
  const cluster = await open();
  const next = (node: string, seconds: number) =>
    readAll(cluster.followTrace({ node, id: 'a trace', seconds }, signal));
  await checkFails(next('node-z', 1), /no node “node-z”/);
  await checkFails(next('node-a', 0), /time limit/, 'unsupported');
  await programTool('exit 1', 'bpftool');
  await checkFails(next('node-a', 5), /ended with status 127/, 'failed');
  await cluster.close();
});
