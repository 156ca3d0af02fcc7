/**
 * What Felix's log says of its current start: each start begins with the whole effective configuration
 * (felix/daemon/daemon.go, “Successfully loaded configuration.”).
 */
import { findAll, findFirst, findLast, type Sought } from '../text/sought.ts';

export interface FelixLogFacts {
  /** `BPFEnabled` of the effective configuration; `undefined` when the log does not reach back to the start. */
  readonly bpfEnabled: boolean | undefined;
  /** Felix started its BPF endpoint manager: eBPF is really on (felix/dataplane/linux/int_dataplane.go). */
  readonly hasStartedBpf: boolean;
  /** Why it went back to iptables though eBPF was asked for. */
  readonly fallback: string | undefined;
  /** The strings behind IP-set numbers (`0x…`): “IP set added”. */
  readonly ipSetNames: ReadonlyMap<string, string>;
}

const startMark = 'Successfully loaded configuration.';

/** Where Felix's current start begins in its log: 0 where the log does not reach back to it. */
export function startOfFelix(log: string): number {
  return Math.max(findLast(log, startMark), 0);
}

const fallenBack: Sought = {
  words: ['BPF dataplane mode enabled but not supported'],
  pattern: /BPF dataplane mode enabled but not supported by the kernel\.\s+Disabling BPF mode\.(.*)/,
};

const ipSetAdded: Sought = {
  words: ['IP set added '],
  pattern: /IP set added .*?stringID="([^"]+)" uint64ID=(0x[0-9a-f]+)/g,
};

/** `start`: where its current start begins, for those who know it. */
export function readFelixLog(text: string, start = startOfFelix(text)): FelixLogFacts {
  const current = text.slice(start);
  const configured = /\bBPFEnabled:(true|false)/.exec(current)?.[1];
  const fallback = findFirst(current, fallenBack);
  return {
    bpfEnabled: configured === undefined ? undefined : configured === 'true',
    hasStartedBpf: current.includes('BPF enabled, starting BPF endpoint manager'),
    fallback:
      fallback === null
        ? undefined
        : (/error=(.*)/.exec(fallback[1] ?? '')?.[1] ?? 'the kernel does not support it'),
    ipSetNames: readIpSetNames(text),
  };
}

function readIpSetNames(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [, name = '', number = ''] of findAll(text, ipSetAdded)) {
    names.set(number.replace(/^0x0*/, '0x'), name);
  }
  return names;
}
