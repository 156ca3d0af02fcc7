import { within, finding, type FelixFinding } from '../findings.ts';
import { parseDuration } from '../syntax/duration.ts';
import { fields } from '../fields.ts';
import { about, isSet, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** The BPF maps and the connections in them. */
export const mapRules: readonly Rule[] = [
  impossibleSizes,
  perCpuWins,
  smallerThanInUse,
  timersLeftOut,
  timersNotTaken,
  ignoredCleanup,
  maglevMemory,
];

function impossibleSizes({ spec }: Configuration): readonly FelixFinding[] {
  return spec.entries.flatMap(({ key, value }) => {
    if (!/^bpfMapSize(?!PerCpu)/.test(key) || value.kind !== 'int') return [];
    if (value.value >= 1n && value.value < 2n ** 32n) return [];
    const message = `No BPF map has room for ${value.value} entries: the kernel refuses to make it, and Felix cannot start.`;
    return [about(key, 'risk', 'ignored', message)];
  });
}

function perCpuWins(configuration: Configuration): readonly FelixFinding[] {
  const perCpu = valueOf(configuration, 'bpfMapSizePerCpuConntrack');
  if (perCpu?.kind !== 'int' || perCpu.value <= 0n || !isSet(configuration, 'bpfMapSizeConntrack')) return [];
  const message = 'bpfMapSizePerCpuConntrack takes the place of this size.';
  return [about('bpfMapSizeConntrack', 'no-effect', 'ignored', message, { at: 'key' })];
}

function smallerThanInUse(configuration: Configuration): readonly FelixFinding[] {
  return configuration.spec.entries.flatMap(({ key, value }) => {
    if (value.kind !== 'int') return [];
    const full = configuration.cluster?.nodes.find((node) => (node.mapEntries.get(key) ?? 0) > value.value);
    if (full === undefined) return [];
    const message = `${full.name} has ${full.mapEntries.get(key)} entries in this map already, more than ${value.value}.`;
    return [about(key, 'risk', 'ignored', message)];
  });
}

function timersLeftOut(configuration: Configuration): readonly FelixFinding[] {
  const timers = valueOf(configuration, 'bpfConntrackTimeouts');
  if (timers?.kind !== 'map' || timers.entries.length === 0) return [];
  if (timers.entries.some(({ key }) => key === 'tcpFinsSeen')) return [];
  const message =
    'Setting one timer replaces all of them: tcpFinsSeen, which is left out, is then 30s and no longer Auto.';
  return [about('bpfConntrackTimeouts', 'changed', 'advice', message, { at: 'key' })];
}

/** felix/bpf/conntrack/timeouts/timeouts.go keeps its own value where it cannot read one. */
function timersNotTaken(configuration: Configuration): readonly FelixFinding[] {
  const timers = valueOf(configuration, 'bpfConntrackTimeouts');
  if (timers?.kind !== 'map') return [];
  const parts = new Map(fields.get('bpfConntrackTimeouts')?.fields.map((part) => [part.name, part]));
  return timers.entries.flatMap(({ key, value }) => {
    if (value.kind !== 'string') return [];
    const auto = value.value === 'Auto';
    if (auto ? parts.get(key)?.autoSysctl !== undefined : parseDuration(value.value) !== undefined) return [];
    const why = auto
      ? 'the kernel has no setting that Auto could follow'
      : `“${value.value}” is not a duration`;
    const message = `Felix warns and keeps ${parts.get(key)?.default ?? 'its own value'} for ${key}: ${why}.`;
    return [
      within('bpfConntrackTimeouts', finding({ code: 'unusable', verdict: 'ignored', message, path: [key] })),
    ];
  });
}

function ignoredCleanup(configuration: Configuration): readonly FelixFinding[] {
  const key = 'bpfConntrackMode';
  const { minor } = configuration.version;
  if (!isSet(configuration, key) || minor < 31 || settingOf(configuration, key) === 'userspace') return [];
  const message =
    'From v3.31 Felix cleans up in user space whatever this says, with a warning; leave the key out.';
  return [
    about(key, 'no-effect', 'ignored', message, {
      at: 'key',
      fix: { kind: 'remove', title: `Remove ${key}` },
    }),
  ];
}

/** Each service has a table five times as large as it may have backends (libcalico-go/lib/consistenthash). */
function maglevMemory(configuration: Configuration): readonly FelixFinding[] {
  const keys = ['bpfMaglevMaxEndpointsPerService', 'bpfMaglevMaxServices'];
  const [endpoints, services] = keys.map((key) => Number(settingOf(configuration, key)));
  const entries = (endpoints ?? 0) * 5 * (services ?? 0);
  const key = keys.find((one) => isSet(configuration, one));
  if (key === undefined || !(entries > 4_000_000)) return [];
  const millions = Math.round(entries / 1e6);
  return [
    about(
      key,
      'risk',
      'advice',
      `Together these make a Maglev map of some ${millions} million entries on each node.`,
    ),
  ];
}
