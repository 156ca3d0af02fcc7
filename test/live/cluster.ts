/**
 * A cluster of the tests' own on the loopback: a real kube-apiserver on etcd, holding the objects of the sample
 * snapshot, and a stand-in for the kubelets that answers exec and logs from its recordings.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connectAdmin, type Admin } from './admin.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { loadSnapshot, readSnapshotObjects, until } from './objects.ts';
import { freePorts, startTalking, startTied, type Running } from './processes.ts';
import { textField } from '../../src/core/objects/object.ts';

export interface ContainerProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

export interface TestCluster {
  /** Where the API server listens. */
  readonly port: number;
  readonly folder: string;
  readonly certificates: Certificates;
  readonly admin: Admin;
  /** The kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** Writes another kubeconfig: of a user with a token, or to another port (a proxy's). */
  writeKubeconfig(name: string, options: KubeconfigOptions): Promise<string>;
  /** What is alive in all containers. */
  processes(): Promise<readonly ContainerProcess[]>;
  /** The folder of what was recorded of a node. */
  recordingOf(node: string): string;
  /** Lets pods answer from other folders of recordings; the `bin` in such a folder is first on the PATH. */
  record(folders: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface KubeconfigOptions {
  readonly token?: string;
  readonly port?: number;
  /** The file of another authority than the server's. */
  readonly authority?: string;
}

export const sampleSnapshot = join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot');

/** Users that are known by a token, `<name>-token`; all but `root` have no permission of their own. */
const users = ['viewer', 'operator', 'trainee', 'nobody', 'root'];

export async function startCluster(): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-cluster-'));
  const running: Running[] = [];
  try {
    return await start(folder, running);
  } catch (error) {
    await stopAll(running, folder);
    throw error;
  }
}

async function start(folder: string, running: Running[]): Promise<TestCluster> {
  const certificates = await makeCertificates(folder);
  const podsFile = join(folder, 'pods.json');
  const pods = podFolders();
  await writeFile(podsFile, JSON.stringify(Object.fromEntries(pods)));
  const kubelet = await startKubelet(folder, podsFile, certificates);
  running.push(kubelet);
  const ports = JSON.parse(kubelet.firstLine) as { readonly kubelet: number; readonly control: number };
  const port = await startApiServer(folder, certificates, running);

  const admin = connectAdmin(port, certificates);
  await until(() => admin.get('/readyz'));
  await loadSnapshot(admin, sampleSnapshot, ports.kubelet);
  const writeKubeconfig = async (name: string, options: KubeconfigOptions) => {
    const path = join(folder, `${name}.kubeconfig`);
    await writeFile(path, await kubeconfigText(certificates, { port, ...options }), { mode: 0o600 });
    return path;
  };
  return {
    port,
    folder,
    certificates,
    admin,
    kubeconfig: await writeKubeconfig('admin', {}),
    writeKubeconfig,
    processes: async () => {
      const response = await fetch(`http://127.0.0.1:${ports.control}/processes`);
      return (await response.json()) as readonly ContainerProcess[];
    },
    recordingOf,
    record: async (folders) => {
      for (const [pod, recordings] of Object.entries(folders)) pods.set(pod, recordings);
      await replaceFile(podsFile, JSON.stringify(Object.fromEntries(pods)));
    },
    stop: async () => {
      admin.close();
      await stopAll(running, folder);
    },
  };
}

/** Whoever reads it meanwhile reads the old one or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function stopAll(running: readonly Running[], folder: string): Promise<void> {
  await Promise.all(running.map((program) => program.stop()));
  await rm(folder, { recursive: true, force: true });
}

/** The folder of the recorded node of each pod. */
function podFolders(): Map<string, string> {
  const pods = readSnapshotObjects(sampleSnapshot).get('pods') ?? [];
  return new Map(
    pods.map((pod) => [
      `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`,
      recordingOf(textField(pod, 'spec', 'nodeName') ?? ''),
    ]),
  );
}

function recordingOf(node: string): string {
  return join(sampleSnapshot, 'nodes', node);
}

function programPath(name: string): string {
  const folders = (process.env['CALICO_EBPF_TEST_PROGRAMS'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`${name} is missing: run these tests with \`npm test -- cluster\`.`);
  return found;
}

async function startKubelet(
  folder: string,
  pods: string,
  { authority, kubelet }: Certificates,
): Promise<Running> {
  const work = join(folder, 'kubelet');
  await mkdir(work);
  const options = {
    certificate: kubelet.certificate,
    key: kubelet.key,
    clients: authority.certificate,
    pods,
    command: programPath('test-command'),
    work,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const [program = '', ...words] = withoutTrace([programPath('test-kubelet'), ...args]);
  return startTalking(program, words, { log: join(folder, 'kubelet.log') });
}

/** A node’s trace is what its recorded programs print: where that of this machine can be read, it is hidden from them. */
function withoutTrace(argv: readonly string[]): readonly string[] {
  const places = ['/sys/kernel/tracing', '/sys/kernel/debug'];
  const pipes = ['/sys/kernel/tracing/trace_pipe', '/sys/kernel/debug/tracing/trace_pipe'];
  if (!pipes.some(isReadable)) return argv;
  const hide = places.map((place) => `mount -t tmpfs none ${place}; `).join('');
  return ['unshare', '--mount', 'sh', '-c', `${hide}exec "$0" "$@"`, ...argv];
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

async function startApiServer(
  folder: string,
  certificates: Certificates,
  running: Running[],
): Promise<number> {
  const [port = 0, etcdPort = 0, peerPort = 0] = await freePorts(3);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const etcdOptions = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': etcd,
    'advertise-client-urls': etcd,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'unsafe-no-fsync': 'true',
  };
  const log = (name: string) => ({ log: join(folder, `${name}.log`) });
  running.push(await startTied(programPath('etcd'), toArgs(etcdOptions), log('etcd')));

  const tokens = users
    .map((name) => `${name}-token,${name},${name},${name === 'root' ? 'system:masters' : name}`)
    .join('\n');
  await writeFile(join(folder, 'tokens.csv'), `${tokens}\n`);
  const options = apiServerOptions(folder, certificates, { port, etcd });
  running.push(await startTied(programPath('kube-apiserver'), toArgs(options), log('kube-apiserver')));
  return port;
}

function apiServerOptions(
  folder: string,
  { authority, server, kubeletClient, tokens }: Certificates,
  { port, etcd }: { readonly port: number; readonly etcd: string },
): Readonly<Record<string, string>> {
  return {
    'etcd-servers': etcd,
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    'cert-dir': folder,
    'tls-cert-file': server.certificate,
    'tls-private-key-file': server.key,
    'client-ca-file': authority.certificate,
    'token-auth-file': join(folder, 'tokens.csv'),
    'kubelet-client-certificate': kubeletClient.certificate,
    'kubelet-client-key': kubeletClient.key,
    'kubelet-certificate-authority': authority.certificate,
    // The nodes keep their recorded addresses; the stand-in of their kubelets has one more.
    'kubelet-preferred-address-types': 'ExternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': tokens.certificate,
    'service-account-signing-key-file': tokens.key,
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'RBAC',
    'allow-privileged': 'true',
    // Nobody makes default service accounts here, and nobody serves the API on other machines.
    'disable-admission-plugins': 'ServiceAccount',
    'endpoint-reconciler-type': 'none',
  };
}

function toArgs(options: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

async function kubeconfigText(
  { authority, admin }: Certificates,
  { port, token, authority: other }: KubeconfigOptions,
): Promise<string> {
  const data = async (path: string) => (await readFile(path)).toString('base64');
  const user =
    token === undefined
      ? {
          'client-certificate-data': await data(admin.certificate),
          'client-key-data': await data(admin.key),
        }
      : { token };
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': await data(other ?? authority.certificate),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'shop',
    clusters: [{ name: 'shop', cluster }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'user' } }],
  });
}
