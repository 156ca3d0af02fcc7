/** BPF programs that the kernel refused, as libbpf and Felix tell it in Felix's log. */
import type { KnownNode } from './knownNode.ts';

export interface LoadFailure {
  readonly program: string;
  /** The object file that it is part of. */
  readonly object: string | undefined;
  readonly error: string;
  /** The interface that it was for, where Felix says so. */
  readonly interface: string | undefined;
  readonly isIpv6: boolean;
  /** Whether Felix said later that the interface is programmed. */
  readonly isLoaded: boolean;
  /** Where in the log. */
  readonly offset: number;
}

/** The refusals of Felix's current start, each program and object once. */
export function loadFailures(node: KnownNode): readonly LoadFailure[] {
  const log = node.currentLog();
  if (log === undefined) return [];
  return [...fromLibbpf(log), ...fromFelix(log)];
}

interface Log {
  readonly text: string;
  readonly offset: number;
}

/** `libbpf: prog '…': failed to load: -EACCES`, then `libbpf: failed to load object '…'` (libbpf.c). */
function fromLibbpf({ text, offset }: Log): readonly LoadFailure[] {
  const failures = new Map<string, LoadFailure>();
  const pattern = /^libbpf: prog '([^']+)': (?:failed to load|BPF program load failed): (.+)$/gm;
  for (const match of text.matchAll(pattern)) {
    const [, program = '', error = ''] = match;
    const after = text.slice(match.index, match.index + 2000);
    const object = /^libbpf: failed to load object '(?:.*\/)?([^']+)'/m.exec(after)?.[1];
    // Where the verifier's log comes between, the line after it names the object.
    if (object === undefined && match[0].includes('BPF program load failed')) continue;
    failures.set(`${program} ${object}`, {
      program,
      object,
      error,
      interface: undefined,
      isIpv6: object?.includes('_v6') ?? false,
      isLoaded: false,
      offset: offset + match.index,
    });
  }
  return [...failures.values()];
}

/** Felix's own words about an interface or an endpoint that it could not program (felix/dataplane/linux/bpf_ep_mgr.go). */
const failed =
  /^.*(?:Failed to apply policy to (?:interface|endpoint)|Failed to (?:load|attach) (?:BPF )?program)[^\n]*/gm;

function fromFelix({ text, offset }: Log): readonly LoadFailure[] {
  const failures = new Map<string, LoadFailure>();
  for (const match of text.matchAll(failed)) {
    const line = match[0];
    const name = /\b(?:iface|ifaceName|name|interface)="?([\w.-]+)"?/.exec(line)?.[1];
    const error = /\berror=(?:"((?:[^"\\]|\\.)*)"|(.*))$/.exec(line);
    const after = text.slice(match.index + line.length);
    const isLoaded =
      name !== undefined &&
      (after.includes(`Updated workload interface. iface="${name}"`) ||
        after.includes(`Finished applying BPF programs for workload ifaceName="${name}"`));
    failures.set(name ?? '', {
      program: 'its programs',
      object: undefined,
      error: (error?.[1] ?? error?.[2] ?? 'see the log').slice(0, 160),
      interface: name,
      isIpv6: false,
      isLoaded,
      offset: offset + match.index,
    });
  }
  return [...failures.values()].filter(({ isLoaded }) => !isLoaded);
}
