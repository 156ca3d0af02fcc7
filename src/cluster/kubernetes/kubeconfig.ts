import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig, type Cluster, type User } from '@kubernetes/client-node';
import { ClusterError, type ContextChoice } from '../cluster.ts';
import { findProxy } from './proxy.ts';

/**
 * The files that hold the user's contexts, as kubectl finds them: the one that was set, else those of `KUBECONFIG`,
 * else `~/.kube/config`. Those that do not exist are left out.
 */
export function kubeconfigFiles(path: string | undefined): readonly string[] {
  if (path !== undefined && path !== '') return [path.replace(/^~(?=[\\/])/, homedir())];
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  return files.filter((file) => existsSync(file));
}

/** The contexts of the user's kubeconfig; empty when there is none. */
export function listContexts(path: string | undefined): readonly ContextChoice[] {
  const config = readKubeconfig(path);
  return config.getContexts().map(({ name, cluster, user }) => ({
    name,
    cluster,
    user,
    server: config.getCluster(cluster)?.server ?? '',
    isCurrent: name === config.getCurrentContext(),
  }));
}

/**
 * The kubeconfig with its current context set to the one that is asked for.
 * @throws ClusterError `unreadable`, `unreachable`
 */
export function loadKubeconfig(options: {
  readonly path: string | undefined;
  readonly context: string | undefined;
}): KubeConfig {
  const config = readKubeconfig(options.path);
  const wanted = options.context ?? config.getCurrentContext();
  if (config.getContexts().length === 0) {
    throw new ClusterError(
      'unreachable',
      'There is no kubeconfig: neither KUBECONFIG nor ~/.kube/config names a cluster.',
    );
  }
  const context = config.getContexts().find(({ name }) => name === wanted);
  if (context === undefined) {
    const words = wanted === undefined || wanted === '' ? 'no current context' : `no context “${wanted}”`;
    throw new ClusterError('unreachable', `The kubeconfig has ${words}.`);
  }
  if (config.getCluster(context.cluster) === null) {
    throw new ClusterError(
      'unreadable',
      `Context “${context.name}” names cluster “${context.cluster}”, which the kubeconfig does not hold.`,
    );
  }
  config.setCurrentContext(context.name);
  config.users = config.users.map(withExecInfo);
  config.clusters = config.clusters.map(withWay);
  return config;
}

/** Merges the files as kubectl does: what comes first wins. In a pod without files, its service account. */
function readKubeconfig(path: string | undefined): KubeConfig {
  const merged = new KubeConfig();
  const files = kubeconfigFiles(path);
  for (const file of files) {
    const config = readFile(file);
    merged.clusters = addMissing(merged.clusters, config.clusters);
    merged.contexts = addMissing(merged.contexts, config.contexts);
    merged.users = addMissing(merged.users, config.users);
    merged.currentContext ||= config.currentContext;
  }
  const isInPod = existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token');
  if (files.length === 0 && isInPod) merged.loadFromCluster();
  return merged;
}

function readFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new ClusterError('unreadable', `The kubeconfig ${file} cannot be read: ${why}.`, { cause: error });
  }
  return config;
}

function addMissing<T extends { readonly name: string }>(known: readonly T[], more: readonly T[]): T[] {
  const names = new Set(known.map(({ name }) => name));
  return [...known, ...more.filter(({ name }) => !names.has(name))];
}

/** Credential plugins learn from this variable which version they are asked for; the library does not set it. */
function withExecInfo(user: User): User {
  const plugin: unknown = user.exec;
  if (typeof plugin !== 'object' || plugin === null) return user;
  const { apiVersion, env } = plugin as { readonly apiVersion?: unknown; readonly env?: unknown };
  const value = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const known: readonly unknown[] = Array.isArray(env) ? env : [];
  return { ...user, exec: { ...plugin, env: [{ name: 'KUBERNETES_EXEC_INFO', value }, ...known] } };
}

/** What the library would refuse or not see: plain HTTP (`kubectl proxy`), and a proxy that the environment names. */
function withWay(cluster: Cluster): Cluster {
  const proxyUrl = cluster.proxyUrl ?? findProxy(cluster.server, process.env);
  const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith('http:');
  return { ...cluster, skipTLSVerify, ...(proxyUrl === undefined ? {} : { proxyUrl }) };
}
