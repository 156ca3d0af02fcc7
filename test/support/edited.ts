/** A recorded cluster with something in it changed. */
import { printed, printedText } from '../../src/core/text/printed.ts';
import type { Cluster, ProbeRequest, ProbeResult } from '../../src/cluster/cluster.ts';
import type { KubernetesObject } from '../../src/core/objects/object.ts';

export interface Edits {
  /** By `<node>/<probe>`, or `*` for every node; `undefined` for a probe that was not recorded. */
  readonly probes?: Readonly<Record<string, (text: string) => string | undefined>>;
  /** What commands say on stderr instead of an answer, by `<node>/<probe>`. */
  readonly failures?: Readonly<Record<string, string>>;
  /** The `<node>/<probe>` whose answers were cut off by a limit. */
  readonly cutOff?: readonly string[];
  /** By resource, as the recording names it. */
  readonly objects?: Readonly<
    Record<string, (objects: readonly KubernetesObject[]) => readonly KubernetesObject[]>
  >;
  /** Probes that answer what another one was recorded with, before it is edited. */
  readonly answeredBy?: Readonly<Record<string, string>>;
  /** At last, what everything is written in, the objects too. */
  readonly everywhere?: (text: string) => string;
}

/** The cluster after edits. */
export function edited(
  cluster: Cluster,
  { probes = {}, failures = {}, cutOff = [], objects = {}, answeredBy = {}, everywhere }: Edits,
): Cluster {
  const { calicoVersion } = cluster.info;
  const versioned = JSON.stringify({ calicoVersion });
  return {
    // As it was: what is written in it is a version.
    info: {
      ...cluster.info,
      ...(JSON.parse(everywhere?.(versioned) ?? versioned) as Pick<Cluster['info'], 'calicoVersion'>),
    },
    probedNodes: (abort) => cluster.probedNodes(abort),
    probes: (node, abort) => cluster.probes(node, abort),
    traces: (node, abort) => cluster.traces(node, abort),
    trace: (request, abort) => cluster.trace(request, abort),
    close: () => cluster.close(),
    async list(resource, abort) {
      const edit = objects[resource] ?? objects[resource.replace('.crd.', '.')];
      const list = await cluster.list(resource, abort).catch((error: unknown) => {
        if (edit === undefined) throw error;
        return [];
      });
      const changed = edit === undefined ? list : edit(list);
      if (everywhere === undefined) return changed;
      return JSON.parse(everywhere(JSON.stringify(changed))) as readonly KubernetesObject[]; // As it was.
    },
    async probe(request, abort) {
      const edit = editOf(probes, request);
      const truncated = cutOff.includes(`${request.node}/${request.probe}`);
      const failure = failures[`${request.node}/${request.probe}`];
      if (failure !== undefined) return toResult(request, { stdout: '', stderr: failure });
      const recorded = { ...request, probe: answeredBy[request.probe] ?? request.probe };
      if (edit === undefined && everywhere === undefined)
        return { ...(await cluster.probe(recorded, abort)), truncated };
      const known = await cluster.probe(recorded, abort).catch((error: unknown) => {
        if (edit === undefined) throw error;
        return undefined;
      });
      const stdout = known === undefined ? '' : await printedText(known.stdout);
      const text = edit === undefined ? stdout : edit(stdout);
      if (text === undefined) return cluster.probe({ ...request, probe: 'never.recorded' }, abort);
      const stderr = edit === undefined ? new TextDecoder().decode(known?.stderr) : '';
      return { ...toResult(request, { stdout: everywhere?.(text) ?? text, stderr }), truncated };
    },
  };
}

/** What a command printed; most of those that fail end with status 0, too. */
function toResult(
  request: ProbeRequest,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): ProbeResult {
  const encoder = new TextEncoder();
  return {
    argv: [],
    startedAt: undefined,
    durationMs: undefined,
    ...request,
    stdout: printed(encoder.encode(stdout)),
    stderr: encoder.encode(stderr),
    exitCode: 0,
    truncated: false,
  };
}

/** The edit for every node, then that for the node. */
function editOf(
  probes: NonNullable<Edits['probes']>,
  { node, probe }: ProbeRequest,
): ((text: string) => string | undefined) | undefined {
  const [all, own] = [probes[`*/${probe}`], probes[`${node}/${probe}`]];
  if (all === undefined || own === undefined) return own ?? all;
  return (text) => {
    const edited = all(text);
    return edited === undefined ? undefined : own(edited);
  };
}

/** Replaces one object of a list by a changed copy. */
export function change(
  name: string,
  edit: (object: Mutable) => void,
): (objects: readonly KubernetesObject[]) => readonly KubernetesObject[] {
  return (objects) =>
    objects.map((object) => {
      if (object.metadata.name !== name) return object;
      const copy = structuredClone(object) as Mutable;
      edit(copy);
      return copy;
    });
}

/** A copied object, whose fields a test may set. */
export interface Mutable extends KubernetesObject {
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
  metadata: KubernetesObject['metadata'] & {
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
}
