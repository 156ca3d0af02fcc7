import { kubeconfigFiles, listContexts } from './cluster/kubernetes/kubeconfig.ts';
import { openKubernetes, type OpenKubernetesOptions } from './cluster/kubernetes/kubernetesCluster.ts';
import type { Background } from './session/background.ts';
import { createSession, type SessionLog } from './session/create.ts';
import type { Session } from './session/session.ts';

export { kubeconfigFiles, listContexts, openKubernetes };

/** Connects to a cluster and makes a session of it. The Kubernetes client comes with it: loaded on first use. */
export async function openLiveSession(
  {
    log,
    background,
    ...options
  }: OpenKubernetesOptions & { readonly log: SessionLog; readonly background?: Background },
  signal: AbortSignal,
): Promise<Session> {
  return createSession(await openKubernetes(options, signal), log, background);
}
