import { parseArp, parseArpJson } from './arp.ts';
import { parseConntrack } from './conntrack.ts';
import { parseConntrackJson } from './conntrackJson.ts';
import { parseConntrackStats, parseConntrackStatsJson } from './conntrackStats.ts';
import { parseCounters, parseCountersJson } from './counters.ts';
import type { Dump } from './dump.ts';
import { parseIfState, parseIfStateJson } from './ifstate.ts';
import { parseIpSets, parseIpSetsJson } from './ipsets.ts';
import { judgeBlank } from './blank.ts';
import { isJson } from './json.ts';
import { parseMaglev, parseMaglevJson } from './maglev.ts';
import { parseNat } from './nat.ts';
import { parseNatAffinity, parseNatAffinityJson } from './natAffinity.ts';
import { parsePolicy } from './policy.ts';
import { parseProfiling } from './profiling.ts';
import { parseRoutes } from './routes.ts';
import { parseVersion } from './version.ts';

type Reader = (text: string) => Dump<unknown>;

interface Readers {
  /** The beginning of the probe's id; arguments, `.raw`, `.v6` and `.json` follow. */
  readonly probe: string;
  readonly text: Reader;
  /** Without it `text` reads both, or the command prints text for `--json` too. */
  readonly json?: Reader;
}

const readers: readonly Readers[] = [
  { probe: 'arp.dump', text: parseArp, json: parseArpJson },
  { probe: 'conntrack.dump', text: parseConntrack, json: parseConntrackJson },
  { probe: 'conntrack.stats', text: parseConntrackStats, json: parseConntrackStatsJson },
  { probe: 'counters.dump', text: parseCounters, json: parseCountersJson },
  { probe: 'ifstate.dump', text: parseIfState, json: parseIfStateJson },
  { probe: 'ipsets.dump', text: parseIpSets, json: parseIpSetsJson },
  { probe: 'nat.aff', text: parseNatAffinity, json: parseNatAffinityJson },
  { probe: 'nat.dump', text: parseNat },
  { probe: 'nat.maglev', text: parseMaglev, json: parseMaglevJson },
  { probe: 'policy.dump', text: parsePolicy },
  { probe: 'profiling.e2e', text: parseProfiling },
  { probe: 'routes.dump', text: parseRoutes },
  { probe: 'version', text: parseVersion },
];

/** Reads what a probe printed, text or JSON, whichever it is; `undefined` for a probe that nobody reads. */
export function readDump(probe: string, text: string): Dump<unknown> | undefined {
  const found = readers.find(({ probe: start }) => probe === start || probe.startsWith(`${start}.`));
  const dump = found && (isJson(text) ? (found.json ?? found.text) : found.text)(text);
  const blank = judgeBlank(probe, text);
  return dump && blank?.code === 'foreign' ? { ...dump, problems: [blank] } : dump;
}

/** The probe ids that can be read, without their variants. */
export const readableProbes: readonly string[] = readers.map(({ probe }) => probe);
