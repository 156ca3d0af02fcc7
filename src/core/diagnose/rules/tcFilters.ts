/** Filters of tc on the hooks of Calico's programs, as `tc filter show dev … ingress|egress` (iproute2) prints them. */
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { hostCards } from './hostInterfaces.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject } from '../subjects.ts';
import { readClsacts } from '../system.ts';

/** One filter, or program, of a hook; of the lowest preference is asked first. */
interface Filter {
  readonly preference: number;
  /** `bpf`, `u32`, `flower`, `matchall`. */
  readonly kind: string;
  /** Of a program. */
  readonly name: string | undefined;
  readonly start: number;
}

const hooks = ['ingress', 'egress'] as const;

/** So many interfaces are looked at: those of the host come first. */
const most = 4;

/** What to ask about the interfaces of the host that have something to attach filters to. */
export function filterProbes(node: KnownNode): readonly string[] {
  const cards = new Set(hostCards(node).map(({ name }) => name));
  return readClsacts(node.text('tc.qdisc') ?? '')
    .filter(({ device }) => cards.has(device))
    .slice(0, most)
    .flatMap(({ device }) => hooks.map((hook) => `tc.filter.${device}.${hook}`));
}

/** What stands before Calico's program, which may not let packets come to it, and programs of Calico that are left. */
export function strangeFilters(node: KnownNode): readonly Draft[] {
  return filterProbes(node).flatMap((probe) => {
    const [, device = '', hook = ''] = /^tc\.filter\.(.+)\.(\w+)$/.exec(probe) ?? [];
    const filters = readFilters(node.text(probe) ?? '');
    const calico = filters.filter(({ name }) => name?.startsWith('cali') === true);
    const [first] = calico;
    if (first === undefined) return [];
    const before = filters.filter((each) => !calico.includes(each) && each.preference < first.preference);
    const odd = [...before, ...calico.slice(1)];
    return odd.slice(0, 1).map((each) => ({
      severity: 'warning',
      subject: interfaceSubject(device, node.name),
      cause: `${hook} ${spell(each)}`,
      title: calico.includes(each)
        ? `On ${hook} of ${device} on {nodes} there are ${calico.length} programs of Calico: those of an earlier version were not removed, and packets are handled twice.`
        : `On ${hook} of ${device} on {nodes} the filter ${spell(each)} is asked before Calico’s program: what it lets pass or drops never comes to Calico’s policies and Services.`,
      evidence: [
        lineEvidence(node, probe, { span: each, shows: 'The filter.' }),
        lineEvidence(node, probe, { span: first, shows: 'Calico’s program.' }),
      ],
      fix: advise(
        'Find out what has put it there (another CNI, a traffic shaper, a monitoring agent), and remove it, or let it come after Calico’s.',
        `tc filter del dev ${device} ${hook} pref ${each.preference}`,
      ),
    }));
  });
}

function spell({ kind, name, preference }: Filter): string {
  return `${name ?? kind} (pref ${preference})`;
}

/** The filters in their order; each begins with a line for its preference, then come its parts with their handles. */
function readFilters(text: string): readonly Filter[] {
  const found = [
    ...text.matchAll(/^filter .*?\bpref (\d+) (\S+) chain \d+ (?:handle \S+ (\S+)|fh \S+)?.*$/gm),
  ];
  return found
    .filter(([line]) => / (?:handle|fh) /.test(line))
    .map(({ 1: preference = '', 2: kind = '', 3: name, index }) => ({
      preference: Number(preference),
      kind,
      name: kind === 'bpf' ? name?.replace(/:\[\d+\]$/, '') : undefined,
      start: index,
    }))
    .toSorted((a, b) => a.preference - b.preference);
}
