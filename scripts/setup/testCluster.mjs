/**
 * The programs of the tests' own cluster, built once from Go modules into the cache: kube-apiserver, etcd and
 * kubectl, and from `test/live/server` what stands in for a kubelet and the commands in its containers.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cached } from './cache.mjs';
import { root } from './node.mjs';
import { findProgram, runQuietly, say } from './run.mjs';

const sources = join(root, 'test', 'live', 'server');

const kubernetesPrograms = {
  etcd: 'go.etcd.io/etcd/server/v3',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
};

const kubeletPrograms = { 'test-kubelet': './kubelet', 'test-command': join('command', 'command.c') };

/** The environment in which the cluster tests find their programs; empty when they use a cluster that is there. */
export async function provideTestCluster({ env }) {
  if (process.env.CALICO_EBPF_TEST_KUBECONFIG) return {};
  if (process.platform !== 'linux') throw new Error('The cluster of the tests runs on Linux only.');
  const go = findGo(env);
  const modules = ['go.mod', 'go.sum'];
  const kubernetes = await provide('kubernetes', go, modules, kubernetesPrograms);
  // A cache entry of its own: a change of our sources does not build Kubernetes again.
  const kubelet = await provide('test-kubelet', go, [...modules, ...ownSources()], kubeletPrograms);
  return { CALICO_EBPF_TEST_PROGRAMS: [kubernetes, kubelet].join(delimiter) };
}

function ownSources() {
  const files = readdirSync(sources, { recursive: true });
  return files.filter((name) => /\.(?:go|c)$/.test(name)).toSorted();
}

function provide(name, go, inputs, programs) {
  const hash = createHash('sha256').update(go.version);
  for (const input of inputs) hash.update(readFileSync(join(sources, input)));
  const key = hash.digest('hex').slice(0, 12);
  return cached(`${name}-linux-${process.arch}-${key}`, say, async (draft) => {
    const names = Object.keys(programs).join(', ');
    say(`Building ${names}${name === 'kubernetes' ? '; about four minutes, once' : ''} …`);
    for (const [program, source] of Object.entries(programs)) {
      const output = join(draft, program);
      await (source.endsWith('.c') ? compile(source, output) : build(go, source, output));
    }
  });
}

function compile(source, output) {
  const alone = ['-static', '-nostdlib', '-ffreestanding', '-fno-stack-protector', '-fno-pie', '-no-pie'];
  return runQuietly('cc', ['-Os', '-Wall', ...alone, '-o', output, source], {
    cwd: sources,
    hint: 'A C compiler (`cc`) is needed on the PATH to build the cluster of the tests.',
  });
}

function build(go, source, output) {
  const args = ['build', '-buildvcs=false', '-trimpath', '-ldflags', linkerFlags(), '-o', output, source];
  return runQuietly(go.program, args, {
    cwd: sources,
    env: go.env,
    hint: 'The Go module proxy must be reachable for the first run of the cluster tests.',
  });
}

/** Without them clients see version v0.0.0, and refuse. */
function linkerFlags() {
  const [, version, major, minor] =
    /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(readFileSync(join(sources, 'go.mod'), 'utf8')) ?? [];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const settings = packages.flatMap((path) =>
    Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return ['-s', '-w', ...settings].join(' ');
}

function findGo(env) {
  const program = findProgram('go');
  const wanted = /^go (\d+\.\d+)/m.exec(readFileSync(join(sources, 'go.mod'), 'utf8'))?.[1];
  if (program === undefined) {
    throw new Error(`Go ${wanted} or newer is needed on the PATH to build the cluster of the tests.`);
  }
  // An older Go fetches the toolchain that go.mod asks for from the module proxy.
  const goEnv = { ...env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: '', GOWORK: 'off' };
  const options = { cwd: sources, env: goEnv, encoding: 'utf8' };
  return { program, env: goEnv, version: execFileSync(program, ['env', 'GOVERSION'], options).trim() };
}
