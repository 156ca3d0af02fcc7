import type { Answer } from './answer.ts';
import type { FelixLogFacts } from './felixLog.ts';
import type { EbpfState } from './node.ts';

/** What can tell whether eBPF runs on a node; what was not asked, or is not known, is `undefined`. */
export interface EbpfEvidence {
  readonly log: FelixLogFacts | undefined;
  /** What the ifstate dump answered, and how many interfaces it lists. */
  readonly ifstate: { readonly answer: Answer; readonly count: number } | undefined;
  /** What configuration asks for, and where. */
  readonly configured: ConfiguredEbpf | undefined;
}

export interface ConfiguredEbpf {
  readonly isEnabled: boolean;
  /** `FelixConfiguration default`, `env FELIX_BPFENABLED of calico-node`. */
  readonly source: string;
}

/**
 * Decides whether eBPF runs on a node. Felix's log of the current start is the best witness, then what its maps say;
 * configuration only tells what was asked for.
 */
export function judgeEbpf({ log, ifstate, configured }: EbpfEvidence): EbpfState {
  const { state, reason, why } = verdictOf({ log, ifstate, configured });
  const asked = [
    ...(log === undefined ? [] : ['felix.log']),
    ...(ifstate === undefined ? [] : ['ifstate.dump']),
    ...(configured === undefined ? [] : [configured.source]),
  ];
  const differs =
    configured !== undefined && (state === 'unknown' || configured.isEnabled !== (state === 'on'));
  return {
    state,
    reason,
    why,
    configured: differs ? `eBPF ${configured.isEnabled ? 'on' : 'off'} (${configured.source})` : undefined,
    asked: asked.length === 0 ? ['nothing could be asked'] : asked,
  };
}

function verdictOf({ log, ifstate, configured }: EbpfEvidence): Pick<EbpfState, 'state' | 'reason' | 'why'> {
  const because = configured === undefined ? '' : `, as ${configured.source} asks`;
  if (log?.fallback !== undefined) {
    return {
      state: 'off',
      reason: 'fell-back',
      why: `Felix was asked for eBPF and went back to iptables: ${log.fallback}.`,
    };
  }
  const isMapMissing = ifstate?.answer.kind === 'failed' && ifstate.answer.reason === 'map-missing';
  if (log?.hasStartedBpf === true) {
    if (!isMapMissing)
      return {
        state: 'on',
        reason: 'started',
        why: 'Felix’s log says that it started its BPF endpoint manager.',
      };
    return {
      state: 'unknown',
      reason: 'started',
      why: 'Felix’s log says that eBPF was started, but its interface map is not there.',
    };
  }
  if (isMapMissing) {
    const hint = configured?.isEnabled === false ? because : '';
    return { state: 'off', reason: 'maps', why: `Felix’s BPF maps are not there${hint}.` };
  }
  if (log?.bpfEnabled === false) {
    return {
      state: 'off',
      reason: 'started-without',
      why: `Felix started with BPFEnabled false${configured?.isEnabled === false ? because : ''}.`,
    };
  }
  if (ifstate?.answer.kind === 'answered' && ifstate.count > 0) {
    return {
      state: 'on',
      reason: 'maps',
      why: `Calico’s BPF programs know ${ifstate.count} interfaces (ifstate dump).`,
    };
  }
  if (configured === undefined)
    return {
      state: 'unknown',
      reason: 'not-asked',
      why: 'Neither the node nor its configuration could be asked.',
    };
  return {
    state: 'unknown',
    reason: 'not-asked',
    why: `${configured.source} asks for eBPF ${configured.isEnabled ? 'on' : 'off'}; the node itself could not be asked.`,
  };
}
