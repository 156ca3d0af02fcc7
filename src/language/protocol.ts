/**
 * What the language server and the editor's side say to each other beyond LSP, and agree on. The server knows no
 * cluster: it asks the client, which answers from the open one.
 */

/** The names by which Calico's configuration is known. A text without any costs one search, on both sides. */
const interesting = /FelixConfiguration|FELIX_|operator\.tigera\.io|kubernetes-services-endpoint/i;

/** Keys that FelixConfiguration alone has: they tell what an object is whose kind was forgotten. */
const ownKey = /\bbpf[A-Z]\w*["']?[ \t]*:/;

/** Whether a text can hold anything that concerns us. */
export function isInteresting(text: string): boolean {
  return interesting.test(text) || ownKey.test(text);
}

/** How the operations of a JSON patch tell where they write; the text does not say to what. */
const patchLike = /\bpath["']?\s*:\s*["']?\/(?:spec|metadata)\b/;

/** Whether a text may be a JSON patch; what it is aimed at stands in a kustomization. */
export function isPatchLike(text: string): boolean {
  return patchLike.test(text);
}

/** Server to client: the kustomizations near a file, which may name it as a patch. */
export const kustomizationsRequest = 'calicoBpf/kustomizations';

export interface KustomizationsParams {
  readonly uri: string;
}

export interface KustomizationFile {
  readonly uri: string;
  readonly text: string;
}

/** Server to client: whether a JSON patch turned out to be aimed at a FelixConfiguration. */
export const patchAimed = 'calicoBpf/patchAimed';

export interface PatchAimed {
  readonly uri: string;
  readonly isOurs: boolean;
}

/** The names by which Kustomize knows its files. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Server to client: what the open cluster knows; answered with `null` when none is open. */
export const clusterRequest = 'calicoBpf/cluster';

/** Client to server: another cluster is open, or it was asked anew. */
export const clusterChanged = 'calicoBpf/clusterChanged';

/** Server to client: the Calico version that files are judged by. */
export const versionInUse = 'calicoBpf/versionInUse';

export interface VersionInUse {
  /** `v3.32.1` */
  readonly version: string;
  readonly origin: VersionOrigin;
}

/** Where the version comes from: the setting, the open cluster, or nothing better than the newest that is known. */
export type VersionOrigin = 'setting' | 'cluster' | 'newest';

/** What the client tells the server at the start. */
export interface InitializationOptions {
  /** Whether another YAML server reports broken YAML, and shows an outline and folding, of any file. */
  readonly besideYamlServer?: boolean;
  /** The command that shows where an object is in effect; without it code lenses only tell. */
  readonly showEffectiveCommand?: string;
  /** The command that opens completion, to go on from a key to its values. */
  readonly suggestCommand?: string;
  /** For clients without `workspace/configuration`. */
  readonly calicoVersion?: string;
}

/** An open cluster, as far as configuration files are concerned; JSON, as it travels. */
export interface ClusterAnswer {
  readonly name: string;
  readonly calicoVersion: string | undefined;
  readonly nodes: readonly NodeAnswer[];
  readonly configurations: readonly ConfigurationAnswer[];
  /** Whether kube-proxy runs; absent when that is not known. */
  readonly kubeProxyRuns?: boolean;
}

export interface NodeAnswer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly interfaces: readonly string[];
  /** The FELIX_ variables of its calico-node container. */
  readonly environment: Readonly<Record<string, string>>;
  /** What its felix.cfg sets, by Felix's own names; absent when Felix's log does not tell. */
  readonly file?: Readonly<Record<string, string>>;
  /** Entries in use, by the key that bounds them: `bpfMapSizeConntrack`. */
  readonly mapEntries: Readonly<Record<string, number>>;
}

/** A FelixConfiguration of the cluster. */
export interface ConfigurationAnswer {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Those that set a parameter of Felix: `config.projectcalico.org/BPFEnabled`. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** When it was made, as Kubernetes writes it. */
  readonly createdAt?: string;
}
