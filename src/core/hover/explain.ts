import { tcpStates } from '../dump/conntrack.ts';
import { routeFlags } from '../dump/routeLine.ts';
import { protocolName } from '../net/protocol.ts';
import {
  actionMeanings,
  categoryMeanings,
  columnMeanings,
  conntrackFlagBits,
  conntrackFlagMeanings,
  entryTypeMeanings,
  findCounterMeaning,
  hookMeanings,
  interfaceFlagMeanings,
  legFlagMeanings,
  natFlagMeanings,
  routeLabelMeanings,
  routeMeanings,
  tcpStateMeanings,
  tierEndMeanings,
} from './meanings.ts';
import type { MeaningKind, Token } from './tokens.ts';
import {
  ctResultBits,
  ctResultMeanings,
  markMeanings,
  messageMeanings,
  policyCodeMeanings,
  reasonMeanings,
  tcCodeMeanings,
  traceHookMeanings,
  traceSourceMeanings,
  verdictMeanings,
} from './traceMeanings.ts';

/** What a word means, in a sentence or two of Markdown; `undefined` when it is not known. */
export function explain(kind: MeaningKind, token: Token): string | undefined {
  return explanations[kind](token.text, token.line);
}

type Explanation = (text: string, line: Token['line']) => string | undefined;

const explanations: { readonly [kind in MeaningKind]: Explanation } = {
  protocol: (text) => (/^\d+$/.test(text) ? `The IP protocol ${protocolName(Number(text))}.` : undefined),
  routeFlag: (text) => meaningIn(routeMeanings, routeFlags, text) ?? routeLabelMeanings[text],
  natFlag: (text) => natFlagMeanings[text],
  natCount: explainCount,
  natLocal: (text) =>
    text === '0'
      ? 'None of the backends runs on this node.'
      : `${text} of the backends, those with the lowest ordinals, run on this node.`,
  ordinal: (text) => `Place ${text} among the backends of the service, counted from 0.`,
  missing: () =>
    'The frontend announces this backend, but the backend map has none: packets that choose it are dropped.',
  connectTimeClient: () =>
    'No client: the connect-time load balancer chose the backend, when a process connected.',
  sinceBoot: () => 'When the entry was made, counted from the node’s boot. It is no age.',
  conntrackFlag: (text) => conntrackFlagMeanings[text],
  flagBits: explainFlagBits,
  entryType: (text) => entryTypeMeanings[text.at(-1) ?? ''],
  legFlag: explainLegFlag,
  idle: () => 'How long ago the connection’s last packet was seen.',
  tcpState: (text) => meaningIn(tcpStateMeanings, tcpStates, text),
  interfaceFlag: (text) => interfaceFlagMeanings[text],
  program: explainProgram,
  category: (text) => categoryMeanings[text],
  counter: (text, line) => findCounterMeaning(text, line['category']),
  column: (text) => columnMeanings[text],
  unavailable: () =>
    'No packet was counted yet, or no program is attached in this direction. The interface state tells which.',
  hook: (text) => hookMeanings[text],
  action: (text) => actionMeanings[text],
  tierEnd: (text) => tierEndMeanings[text],
  hitCount: () =>
    'How often the rule decided, on the whole node: over all interfaces that have it, and mostly for the first packets of connections only.',
  profile: explainProfile,
  traceHook: (text) => traceHookMeanings[text],
  traceSource: (text) => traceSourceMeanings[text],
  verdict: (text) => verdictMeanings[text],
  reason: explainReason,
  tcCode: (text) => tcCodeMeanings[text],
  ctResult: explainCtResult,
  policyCode: (text) => policyCodeMeanings[text],
  mark: explainMark,
  message: explainMessage,
};

function meaningIn<K extends string>(
  table: { readonly [key in K]: string },
  keys: readonly K[],
  text: string,
): string | undefined {
  const key = keys.find((each) => each === text);
  return key === undefined ? undefined : table[key];
}

function explainCount(text: string): string {
  if (text === '-1' || text === '4294967295') {
    return 'Packets from clients outside of loadBalancerSourceRanges end here: they are dropped.';
  }
  return text === '0' ? 'No backend can be used: connections are refused.' : `${text} backends can be used.`;
}

function explainFlagBits(text: string): string {
  const value = Number(text);
  const names = conntrackFlagBits.filter(([bit]) => (value & bit) !== 0).map(([, name]) => name);
  const known = conntrackFlagBits.reduce((sum, [bit]) => sum | bit, 0);
  const rest = value & ~known;
  const parts = [...names, ...(rest === 0 ? [] : [`unknown bits 0x${rest.toString(16)}`])];
  return parts.length === 0 ? 'No flags.' : `${parts.join(', ')}.`;
}

function explainLegFlag(text: string): string | undefined {
  const [name = '', value] = text.split(':');
  const meaning = legFlagMeanings[name];
  return meaning === undefined ? undefined : `${value === 'true' ? 'Yes' : 'No'}: ${meaning}.`;
}

function explainProgram(text: string): string {
  const [name = '', index] = text.split(': ');
  const what = name.includes('Filter') ? 'log filter' : 'policy';
  const family = /V[46]$/.exec(name)?.[0].replace('V', ' for IPv') ?? '';
  const direction = name.startsWith('XDP') ? 'XDP' : name.startsWith('Ingress') ? 'tc ingress' : 'tc egress';
  const pod = {
    'tc ingress': ': of a workload what the pod sends',
    'tc egress': ': of a workload what goes to the pod',
    XDP: '',
  };
  if (index === '-1') return `There is no ${what} program${family} at ${direction}.`;
  return `Where the ${what} program${family} stands in the jump map of ${direction}${pod[direction]}.`;
}

function explainProfile(text: string): string {
  const [kind, namespace, account] = text.split('.');
  const whose = kind === 'kns' ? `the namespace ${namespace}` : `the service account ${namespace}/${account}`;
  return `The profile of ${whose}: it decides where no policy applies to the pod in this direction.`;
}

/** Reasons of a denial were printed in hexadecimal through v3.29; below ten that is the same. */
function explainReason(text: string): string | undefined {
  const meaning = reasonMeanings[Number.parseInt(text, /[a-f]/.test(text) ? 16 : 10)];
  return meaning === undefined
    ? 'The number’s meaning differs with the version of Calico.'
    : `The reason: ${meaning}.`;
}

/** In old versions the lines of conntrack begin with the protocol: `CT-6 Miss for TCP SYN, NEW flow.` */
function explainMessage(text: string): string | undefined {
  const message = text.replace(/^CT-\w+ /, 'CT: ').replace(/ {2,}/g, ' ');
  return messageMeanings.find(([beginning]) => message.startsWith(beginning))?.[1];
}

function explainCtResult(text: string): string | undefined {
  if (text === 'NEW') return `${ctResultMeanings[0]}.`;
  if (text === 'INVALID') return `${ctResultMeanings[6]}.`;
  const value = Number(text);
  const bits = ctResultBits.filter(([bit]) => (value & bit) !== 0).map(([, meaning]) => meaning);
  const result = ctResultMeanings[value & 0xff];
  return result === undefined ? undefined : `${[result, ...bits].join('; ')}.`;
}

function explainMark(text: string): string | undefined {
  const value = Number.parseInt(text.replace(/^0x/, ''), 16);
  if (value === 0) return 'A fresh packet: no program of Calico’s has marked it.';
  const meanings: string[] = [];
  let rest = value;
  for (const [mark, meaning] of markMeanings) {
    // JavaScript's bit operators are signed; what remains is compared unsigned.
    if ((rest & mark) >>> 0 !== mark || (mark === seen && meanings.length > 0)) continue;
    meanings.push(meaning);
    rest = (rest & ~(mark & ~seen)) >>> 0;
  }
  return meanings.length === 0 ? undefined : `${meanings.join('; ')}.`;
}

/** The bit that most marks share: worth a word only alone. */
const seen = 0x01000000;
