import { protocolName } from '../net/protocol.ts';
import type { DumpLanguage } from '../probes.ts';
import type { Span } from '../text/problem.ts';
import { countDrops, parseCounters } from './counters.ts';
import { parseIpSets } from './ipsets.ts';
import { parseNat } from './nat.ts';
import type { NatFrontend } from './natLine.ts';
import { policySections } from './policySections.ts';
import { traceSections } from '../trace/sections.ts';

/** A stretch of a dump that belongs together: an entry of the outline, and a range that folds. */
export interface Section {
  readonly kind:
    | 'frontend'
    | 'ip-set'
    | 'interface'
    | 'hook'
    | 'tier'
    | 'policy'
    | 'rule'
    | 'packet'
    | 'connect';
  readonly name: string;
  /** What it holds, in few words. */
  readonly detail: string;
  readonly span: Span;
  readonly children: readonly Section[];
}

/** The sections of a dump's text; none for dumps that are one long list. */
export function sectionsOf(language: DumpLanguage, text: string): readonly Section[] {
  switch (language) {
    case 'calico-bpf-nat':
      return natSections(text);
    case 'calico-bpf-ipsets':
      return ipSetSections(text);
    case 'calico-bpf-counters':
      return counterSections(text);
    case 'calico-bpf-policy':
      return policySections(text);
    case 'calico-bpf-trace':
      return traceSections(text);
    case 'calico-bpf-routes':
    case 'calico-bpf-conntrack':
    case 'calico-bpf-ifstate':
    case 'calico-bpf-arp':
      return [];
  }
}

function natSections(text: string): readonly Section[] {
  const { entries, spans } = parseNat(text);
  return entries.map((frontend, index) => ({
    kind: 'frontend',
    name: `${frontend.address} ${frontend.port}/${protocolName(frontend.protocol)}`,
    detail: natDetail(frontend),
    span: spans[index] ?? { start: 0, end: 0 },
    children: [],
  }));
}

function natDetail({ id, count, flags }: NatFrontend): string {
  const backends = count < 0 ? 'refuses other sources' : count === 1 ? '1 backend' : `${count} backends`;
  return [`id ${id}`, backends, ...flags].join(', ');
}

function ipSetSections(text: string): readonly Section[] {
  const { entries, spans } = parseIpSets(text);
  return entries.map(({ number, members }, index) => ({
    kind: 'ip-set',
    name: number,
    detail: members.length === 1 ? '1 member' : `${members.length} members`,
    span: spans[index] ?? { start: 0, end: 0 },
    children: [],
  }));
}

function counterSections(text: string): readonly Section[] {
  const { entries, spans } = parseCounters(text);
  return entries.map((table, index) => {
    const drops = countDrops([table]);
    return {
      kind: 'interface',
      name: table.interface,
      detail: drops === 0n ? '' : `${drops.toLocaleString('en')} dropped`,
      span: spans[index] ?? { start: 0, end: 0 },
      children: [],
    };
  });
}
