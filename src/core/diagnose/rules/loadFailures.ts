/** BPF programs that the kernel refused, as libbpf and Felix tell it in Felix's log. */
import { narrowing, type Sought } from '../../text/sought.ts';
import type { KnownNode } from '../knownNode.ts';

export interface LoadFailure {
  readonly program: string;
  /** The object file that it is part of. */
  readonly object: string | undefined;
  readonly error: string;
  /** The interface that it was for, where Felix says so. */
  readonly interface: string | undefined;
  /** The pod that it was for, as `shop/cart-m8t2l`. */
  readonly pod: string | undefined;
  readonly isIpv6: boolean;
  /** Whether Felix said later that the interface is programmed. */
  readonly isLoaded: boolean;
  /** Where in the log. */
  readonly offset: number;
}

/** The refusals of Felix's current start, each program and object once. */
export function loadFailures(node: KnownNode): readonly LoadFailure[] {
  const log = node.currentLog();
  if (log === undefined || refusalsIn(log.text).length === 0) return [];
  return [...fromLibbpf(log), ...fromFelix(log)];
}

interface Log {
  readonly text: string;
  readonly offset: number;
}

/** `libbpf: prog '…': failed to load: -EACCES`, then `libbpf: failed to load object '…'` (libbpf.c). */
const refused: Sought = {
  words: ['libbpf: prog '],
  pattern: /^libbpf: prog '([^']+)': (?:failed to load|BPF program load failed): (.+)$/gm,
};

function fromLibbpf({ text, offset }: Log): readonly LoadFailure[] {
  const failures = new Map<string, LoadFailure>();
  for (const match of text.matchAll(refused.pattern)) {
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
      pod: undefined,
      isIpv6: object?.includes('_v6') ?? false,
      isLoaded: false,
      offset: offset + match.index,
    });
  }
  return [...failures.values()];
}

/** Felix's own words about an interface or an endpoint that it could not program (felix/dataplane/linux/bpf_ep_mgr.go). */
const failed: Sought = {
  words: ['Failed to apply policy to ', 'Failed to load ', 'Failed to attach '],
  pattern:
    /^.*(?:Failed to apply policy to (?:interface|endpoint)|Failed to (?:load|attach) (?:BPF )?program)[^\n]*/gm,
};

const refusalsIn = narrowing([refused, failed]);

function fromFelix({ text, offset }: Log): readonly LoadFailure[] {
  const failures = new Map<string, LoadFailure>();
  for (const match of text.matchAll(failed.pattern)) {
    const entry = entryAt(text, match.index);
    const name = /\b(?:iface|ifaceName|name|interface)="?([\w.-]+)"?/.exec(entry)?.[1];
    const pod = /\bWorkloadI[dD]:"([^"]+)"/.exec(entry)?.[1];
    failures.set(name ?? pod ?? '', {
      program: 'its programs',
      object: undefined,
      error: errorOf(match[0]),
      interface: name,
      pod,
      isIpv6: false,
      isLoaded: name !== undefined && isProgrammed(text.slice(match.index + entry.length), name),
      offset: offset + match.index,
    });
  }
  return [...failures.values()].filter(({ isLoaded }) => !isLoaded);
}

/** As far as one entry of a log is read: the verifier's words may be a million lines. */
const longestEntry = 200_000;

/** A log entry with the lines that belong to it: an error may have the whole log of the verifier in it. */
function entryAt(text: string, start: number): string {
  const next = text.slice(start, start + longestEntry).search(/\n(?:\d{4}-\d\d-\d\d |time=")/);
  return text.slice(start, next === -1 ? start + longestEntry : start + next);
}

/** What stands behind `error=`, without the fields that follow. */
function errorOf(line: string): string {
  const [, quoted, plain = 'see the log'] = /\berror=(?:"((?:[^"\\]|\\.)*)"|(.*))/.exec(line) ?? [];
  return (quoted ?? plain.replace(/ \w+=types\..*$|(?: \w+=(?:"[^"]*"|\S+))+$/, '')).slice(0, 160);
}

/** Whether Felix says later on that it has programmed an interface. */
function isProgrammed(later: string, name: string): boolean {
  return [
    `Updated workload interface. iface="${name}"`,
    `Finished applying BPF programs for workload ifaceName="${name}"`,
    `Applied program to host interface id="${name}"`,
  ].some((words) => later.includes(words));
}
