import type { FelixFinding } from '../findings.ts';
import { toJsRegexp } from '../syntax/goRegexp.ts';
import { about, isBpfOn, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** Which interfaces the patterns reach. */
export const interfaceRules: readonly Rule[] = [
  noPattern,
  workloadsInPattern,
  unanchored,
  noSuchInterface,
  emptyForceTrack,
  wildcardInNftables,
];

const patterns = ['bpfDataIfacePattern', 'bpfL3IfacePattern', 'mtuIfacePattern'];

function noPattern(configuration: Configuration): readonly FelixFinding[] {
  if (settingOf(configuration, 'bpfDataIfacePattern') !== 'none') return [];
  const message = 'In BPF mode Felix needs a pattern: with “none” it fails at its start.';
  return [about('bpfDataIfacePattern', 'risk', 'ignored', message)];
}

function workloadsInPattern(configuration: Configuration): readonly FelixFinding[] {
  return writtenPatterns(configuration)
    .filter(({ pattern }) => pattern.test('cali0123456789a'))
    .map(({ key }) =>
      about(
        key,
        'risk',
        'ignored',
        'This pattern also matches the interfaces of pods (cali…), which must stay out of it.',
      ),
    );
}

function unanchored(configuration: Configuration): readonly FelixFinding[] {
  return writtenPatterns(configuration)
    .filter(({ source }) => /^[a-z]+[0-9.*+]*$/.test(source))
    .map(({ key, source }) =>
      about(
        key,
        'risk',
        'advice',
        `The pattern may match anywhere in a name, so “${source}” also takes v${source}. Begin it with ^ to mean the beginning.`,
        { fix: { kind: 'replace', title: `Write ^${source}`, replacement: `^${source}` } },
      ),
    );
}

function noSuchInterface(configuration: Configuration): readonly FelixFinding[] {
  const nodes = configuration.cluster?.nodes.filter(({ interfaces }) => interfaces.length > 0) ?? [];
  return writtenPatterns(configuration)
    .filter(({ key }) => key === 'bpfDataIfacePattern')
    .flatMap(({ key, pattern }) => {
      const bare = nodes.filter(({ interfaces }) => !interfaces.some((name) => pattern.test(name)));
      const [first] = bare;
      if (first === undefined) return [];
      const there = first.interfaces.filter((name) => !/^(?:cali|lo$|bpf)/.test(name)).join(', ');
      const message = `It matches no interface of ${bare.map(({ name }) => name).join(', ')}; ${first.name} has ${there}.`;
      return [about(key, 'risk', 'ignored', message)];
    });
}

function writtenPatterns(configuration: Configuration): readonly {
  readonly key: string;
  readonly source: string;
  readonly pattern: RegExp;
}[] {
  return patterns.flatMap((key) => {
    const value = valueOf(configuration, key);
    const source = value?.kind === 'string' ? value.value : '';
    const pattern = source === '' || source.toLowerCase() === 'none' ? undefined : toJsRegexp(source);
    return pattern === undefined ? [] : [{ key, source, pattern }];
  });
}

function emptyForceTrack(configuration: Configuration): readonly FelixFinding[] {
  const key = 'bpfForceTrackPacketsFromIfaces';
  const list = valueOf(configuration, key);
  if (list?.kind !== 'list' || list.items.length > 0) return [];
  const message = 'An empty list means the default, docker+. To name no interface, write ["none"].';
  const fix = { kind: 'replace', title: 'Write ["none"]', replacement: '["none"]' } as const;
  return [about(key, 'no-effect', 'ignored', message, { fix })];
}

function wildcardInNftables(configuration: Configuration): readonly FelixFinding[] {
  const key = 'iptablesNATOutgoingInterfaceFilter';
  const value = valueOf(configuration, key);
  if (value?.kind !== 'string' || !value.value.endsWith('+')) return [];
  if (settingOf(configuration, 'nftablesMode') !== 'enabled' || isBpfOn(configuration)) return [];
  const message = 'In nftables + is not a wildcard: only an interface of exactly this name matches.';
  return [about(key, 'risk', 'ignored', message)];
}
