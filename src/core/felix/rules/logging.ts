import { finding, within, type FelixFinding } from '../findings.ts';
import { pcapError } from '../syntax/pcap.ts';
import { compareVersions, type CalicoVersion } from '../versions.ts';
import { about, isSet, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** How much the BPF programs log, and what keeps them silent (felix/dataplane/linux/bpf_ep_mgr.go). */
export const loggingRules: readonly Rule[] = [
  filtersWithoutDebug,
  infoIsOff,
  debugWithoutFilters,
  filtersHideConnectTime,
  brokenFilters,
];

function filtersWithoutDebug(configuration: Configuration): readonly FelixFinding[] {
  const level = settingOf(configuration, 'bpfLogLevel');
  if (level === undefined || level === 'debug') return [];
  return ['bpfLogFilters', 'bpfCTLBLogFilter']
    .filter((key) => isSet(configuration, key) && settingOf(configuration, key) !== 'none')
    .map((key) =>
      about(key, 'no-effect', 'ignored', `${key} has no effect: it is read only when bpfLogLevel is Debug.`, {
        at: 'key',
        fix: isSet(configuration, 'bpfLogLevel')
          ? undefined
          : { kind: 'add', title: 'Add bpfLogLevel: Debug', path: ['bpfLogLevel'], source: 'Debug' },
      }),
    );
}

const infoBecameOff: CalicoVersion = { major: 3, minor: 30, patch: 0 };

function infoIsOff(configuration: Configuration): readonly FelixFinding[] {
  const { version } = configuration;
  const value = valueOf(configuration, 'bpfLogLevel');
  if (value?.kind !== 'string' || value.value.toLowerCase() !== 'info') return [];
  if (compareVersions(version, infoBecameOff) < 0) return [];
  return [
    about(
      'bpfLogLevel',
      'changed',
      'ignored',
      'From v3.30 Info acts as Off: write Off, or Debug to see something.',
    ),
  ];
}

const filtersCame: CalicoVersion = { major: 3, minor: 27, patch: 0 };

function debugWithoutFilters(configuration: Configuration): readonly FelixFinding[] {
  if (compareVersions(configuration.version, filtersCame) < 0) return [];
  if (!configuration.complete || isSet(configuration, 'bpfLogFilters')) return [];
  const value = valueOf(configuration, 'bpfLogLevel');
  if (value?.kind !== 'string' || value.value.toLowerCase() !== 'debug') return [];
  const message =
    'Debug logs every decision on every packet, which costs a lot. bpfLogFilters narrows it down.';
  return [about('bpfLogLevel', 'risk', 'advice', message)];
}

function filtersHideConnectTime(configuration: Configuration): readonly FelixFinding[] {
  if (settingOf(configuration, 'bpfLogLevel') !== 'debug' || !isSet(configuration, 'bpfLogFilters'))
    return [];
  if (settingOf(configuration, 'bpfCTLBLogFilter') !== '') return [];
  const message = 'With filters the connect-time load balancer logs nothing unless bpfCTLBLogFilter is all.';
  return [about('bpfLogFilters', 'no-effect', 'advice', message, { at: 'key' })];
}

/** The map of filters becomes `key=value,…` on its way to Felix, and not all survives that. */
function brokenFilters(configuration: Configuration): readonly FelixFinding[] {
  const filters = valueOf(configuration, 'bpfLogFilters');
  if (filters?.kind !== 'map') return [];
  return filters.entries
    .flatMap(({ key, value }) => [
      ...keyProblems(key),
      ...(value.kind === 'string' ? filterProblems(key, value.value) : []),
    ])
    .map((inner) => within('bpfLogFilters', inner));
}

function keyProblems(key: string): readonly FelixFinding[] {
  if (/^\w+$/.test(key)) return [];
  const left = /\w+$/.exec(key)?.[0];
  const message =
    `“${key}” does not reach Felix whole: only letters, digits and underscores at its end do` +
    (left === undefined ? '.' : `, so it becomes “${left}”.`);
  return [finding({ code: 'no-effect', verdict: 'ignored', message, path: [key], at: 'key' })];
}

function filterProblems(key: string, filter: string): readonly FelixFinding[] {
  if (filter.includes(',')) {
    const message = 'A comma ends the filter on its way to Felix; write the filter without one.';
    return [finding({ code: 'format', verdict: 'ignored', message, path: [key] })];
  }
  const wrong = pcapError(filter);
  if (wrong === undefined) return [];
  return [
    finding({
      code: 'format',
      verdict: 'ignored',
      message: `This is not a pcap filter: ${wrong}.`,
      path: [key],
    }),
  ];
}
