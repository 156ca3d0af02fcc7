import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCli } from '../../src/cli/main.ts';

const root = join(import.meta.dirname, '..', '..');
const sample = join(root, 'media', 'sample-snapshot');

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
async function cli(args: readonly string[], input: string | Uint8Array = ''): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const status = await runCli(args, {
    stdin: (async function* () {
      yield input;
    })(),
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  return { status, ...written };
}

test('parse writes the entries of a dump as JSON', async () => {
  const { status, stdout } = await cli(
    ['parse', 'arp.dump'],
    'dev    2:    10.0.0.1 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n',
  );
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout), {
    entries: [
      {
        ifIndex: 2,
        address: '10.0.0.1',
        sourceMac: '52:54:00:aa:bb:01',
        destinationMac: '52:54:00:cc:dd:02',
      },
    ],
    problems: [],
  });
});

test('parse reads a file, packed or not, and the IPv6 and raw forms', async () => {
  const file = join(sample, 'nodes', 'node-a', 'nat.dump.out');
  const { stdout } = await cli(['parse', 'nat.dump', file]);
  assert.equal(JSON.parse(stdout).entries.length, 33);
  const packed = await cli(['parse', 'nat.dump.v6'], gzipSync(readFileSync(file)));
  assert.equal(JSON.parse(packed.stdout).entries.length, 33);
});

test('parse writes what it reads piece by piece as if it were written at once', async () => {
  const route = '10.65.0.2/32: local workload idx 12\n';
  for (const text of [
    '',
    route,
    `${route}x\n${route}`,
    '10.96.0.1 port 53 proto 17 id 4 count 1 local 0\n\t4:0\t 10.65.0.9:53\n',
  ]) {
    for (const probe of ['routes.dump', 'nat.dump', 'conntrack.dump']) {
      const { stdout } = await cli(['parse', probe], text);
      assert.equal(stdout, `${JSON.stringify(JSON.parse(stdout), undefined, 2)}\n`);
    }
  }
});

test('parse tells problems by line and column from one, and goes on', async () => {
  const { status, stdout } = await cli(
    ['parse', 'routes.dump', '--calico', 'v3.28.1'],
    '10.0.0.1/32: local host\n10.0.0.2/32: local wat\n',
  );
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout).problems, [
    { line: 2, column: 20, code: 'unknown', message: 'unknown route flag “wat”' },
  ]);
});

test('parse writes counts beyond what JSON numbers hold as text', async () => {
  const table = '| Total | packets | 18446744073709551615 | 7 | N/A |\ndumped eth0 counters.\n';
  const [entry] = JSON.parse((await cli(['parse', 'counters.dump'], table)).stdout).entries;
  assert.deepEqual([entry.counters[0].ingress, entry.counters[0].egress], ['18446744073709551615', 7]);
});

test('parse of nothing says so, and ends with status 2 where the command would have said something', async () => {
  const outcomes: Record<string, readonly [status: number, code: unknown]> = {};
  for (const probe of ['nat.dump', 'nat.dump.json', 'arp.dump', 'ipsets.dump', 'counters.dump']) {
    const { status, stdout } = await cli(['parse', probe], '');
    const { entries, problems } = JSON.parse(stdout);
    assert.deepEqual([entries, problems.length], [[], 1]);
    assert.match(problems[0].message, /^This is empty: /);
    outcomes[probe] = [status, problems[0].code];
  }
  assert.deepEqual(outcomes, {
    'nat.dump': [0, 'empty'],
    'nat.dump.json': [2, 'foreign'],
    'arp.dump': [0, 'empty'],
    'ipsets.dump': [2, 'foreign'],
    'counters.dump': [2, 'foreign'],
  });
});

test('parse of something else than the dump ends with status 2, and says what it is', async () => {
  const { status, stdout } = await cli(['parse', 'nat.dump'], '<html></html>');
  assert.equal(status, 2);
  assert.match(JSON.parse(stdout).problems[0].message, /HTML/);
});

test('what cannot be done ends with status 2 and a sentence on stderr, nothing on stdout', async () => {
  const attempts: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['parse'], /Give a probe id/],
    [['parse', 'nat.dum'], /Nobody reads “nat\.dum”\. There are nat\.aff, nat\.dump, nat\.maglev/],
    [['parse', 'nat.dump', '/no/such/file'], /no such file/],
    [['parse', 'nat.dump', '--calico', 'new'], /“new” is no Calico version/],
    [['parse', 'nat.dump', '--colour'], /--colour/],
    [['snapshot', 'info'], /Give one snapshot/],
    [['snapshot', 'info', '/no/such/folder'], /does not exist/],
    [['snapshot', 'info', root], /no snapshot/],
    [['snap'], /There is no command “snap”/],
    [[], /Usage:/],
  ];
  for (const [args, message] of attempts) {
    const { status, stdout, stderr } = await cli(args);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
  }
});

test('snapshot info describes a snapshot, as text and as JSON', async () => {
  const text = await cli(['snapshot', 'info', sample]);
  assert.equal(text.status, 0);
  assert.match(text.stdout, /^cluster {5}shop$/m);
  assert.match(text.stdout, /^node-a {2}ready, eBPF on, v3\.32\.1, \d+ probes$/m);
  const facts = JSON.parse((await cli(['snapshot', 'info', sample, '--json'])).stdout);
  assert.deepEqual(
    facts.nodes.map(({ name }: { name: string }) => name),
    ['node-a', 'node-b', 'node-c'],
  );
  assert.deepEqual(facts.nodes[0].traces, ['loadgen-to-payments']);
});

test('help is data when it is asked for', async () => {
  const { status, stdout } = await cli(['--help']);
  assert.equal(status, 0);
  assert.match(stdout, /calico-ebpf snapshot info PATH/);
  assert.match((await cli(['parse', '--help'])).stdout, /<probe id>/);
  assert.match((await cli(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('as a process, it reads stdin and ends quietly when its reader has seen enough', () => {
  const program = join(root, 'src', 'cli', 'program.ts');
  const script = `yes '10.0.0.1/32: local host' | head -200000 | "${process.execPath}" --no-warnings "${program}" parse routes.dump | head -c 100`;
  const output = execFileSync('bash', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.match(output, /"entries"/);
});

test('snapshot take records what another snapshot holds, tells how far it is, and keeps what is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
  const out = join(folder, 'shop.tar.gz');
  const args = ['snapshot', 'take', '--snapshot', sample, '--nodes', 'node-a,node-b', '--out', out];
  const { status, stdout, stderr } = await cli([...args, '--redact']);
  assert.deepEqual([status, stdout], [0, `${out}\n`]);
  assert.match(stderr, /^\d+ objects of \d+ resources$/m);
  assert.match(stderr, /^\[2\/2\] node-[ab]: \d+ probes, /m);
  const info = JSON.parse((await cli(['snapshot', 'info', out, '--json'])).stdout);
  assert.deepEqual([info.redacted, info.nodes.length], [true, 3]);
  const again = await cli(args);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /is there already/);
  await rm(folder, { recursive: true });
});

test('a cluster is named in one way', async () => {
  const { status, stderr } = await cli(['snapshot', 'take', '--snapshot', sample, '--context', 'shop']);
  assert.equal(status, 2);
  assert.match(stderr, /not both/);
  const unknown = await cli(['snapshot', 'take', '--kubeconfig', '/no/such/kubeconfig']);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /\/no\/such\/kubeconfig cannot be read/);
});

test('diagnose names causes, and ends with 1 only when traffic is lost', async () => {
  const healthy = await cli(['diagnose', '--snapshot', sample]);
  assert.equal(healthy.status, 1);
  assert.match(
    healthy.stdout,
    /NetworkPolicy shop\/cart-from-frontend allows only pods that match app=front-end/,
  );
  assert.match(healthy.stdout, /evidence +counters\.dump of node-a, line \d+: /);
});

test('diagnose answers findings and checks as data', async () => {
  const { stdout } = await cli(['diagnose', '--snapshot', sample, '--json']);
  const { findings, checks } = JSON.parse(stdout) as {
    findings: readonly Record<string, unknown>[];
    checks: readonly Record<string, unknown>[];
  };
  const [first] = findings;
  assert.deepEqual(first?.['subject'], {
    kind: 'pod',
    namespace: 'shop',
    name: 'cart-6f5b9c7d4c-m8t2l',
    node: 'node-a',
  });
  assert.deepEqual([first['check'], first['severity'], typeof first['fix']], ['policy', 'error', 'string']);
  assert.ok(
    checks.every(
      ({ id, status }) => typeof id === 'string' && /^(?:passed|failed|skipped)$/.test(String(status)),
    ),
  );
});

test('diagnose tells of a Service that is asked about on which paths its pods see their clients', async () => {
  const { stdout } = await cli(['diagnose', '--snapshot', sample, '--service', 'shop/frontend']);
  assert.match(stdout, /From outside by another node \(Tunnel\) to shop\/frontend: the address is kept/);
  const wrong = await cli(['diagnose', '--snapshot', sample, '--pod', 'frontend']);
  assert.equal(wrong.status, 2);
});

test('diagnose writes Markdown for an issue, and refuses what makes no sense', async () => {
  const { stdout } = await cli(['diagnose', '--snapshot', sample, '--format', 'markdown']);
  assert.match(stdout, /^# Calico eBPF: diagnosis of .*\n\n1 error, /);
  const both = await cli(['diagnose', '--snapshot', sample, '--context', 'x']);
  assert.deepEqual([both.status, both.stderr.includes('not both')], [2, true]);
});
