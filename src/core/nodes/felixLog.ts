/**
 * What Felix's log says of its current start: each start begins with the whole effective configuration
 * (felix/daemon/daemon.go, “Successfully loaded configuration.”).
 */
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

export function readFelixLog(text: string): FelixLogFacts {
  const start = Math.max(text.lastIndexOf(startMark), 0);
  const current = text.slice(start);
  const configured = /\bBPFEnabled:(true|false)/.exec(current)?.[1];
  const fallback =
    /BPF dataplane mode enabled but not supported by the kernel\.\s+Disabling BPF mode\.(.*)/.exec(current);
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
  for (const [, name = '', number = ''] of text.matchAll(
    /IP set added .*?stringID="([^"]+)" uint64ID=(0x[0-9a-f]+)/g,
  )) {
    names.set(number.replace(/^0x0*/, '0x'), name);
  }
  return names;
}
