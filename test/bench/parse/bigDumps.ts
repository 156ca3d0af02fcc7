/** Dumps of any size, made as the tool prints them, with the variety of a busy node: always the same ones. */
import { closeSync, openSync, writeSync } from 'node:fs';

export const bigForms = [
  'conntrack.dump',
  'conntrack.dump.raw',
  'conntrack.dump.json',
  'nat.dump',
  'routes.dump',
] as const;
export type BigForm = (typeof bigForms)[number];

/** The text of a dump of so many entries, in pieces. */
export function* bigDump(form: BigForm, entries: number): Generator<string> {
  const random = generator(7);
  if (form === 'conntrack.dump.json') yield '[\n';
  for (let index = 0; index < entries; index++)
    yield piece(form, { random, index, isLast: index === entries - 1 });
  if (form === 'conntrack.dump.json') yield ']\n';
}

/** Writes such a dump into a file. */
export function writeDump(file: string, form: BigForm, entries: number): void {
  const output = openSync(file, 'w');
  let batch = '';
  for (const piece of bigDump(form, entries)) {
    batch += piece;
    if (batch.length < 1e6) continue;
    writeSync(output, batch);
    batch = '';
  }
  writeSync(output, batch);
  closeSync(output);
}

interface Entry {
  readonly random: Random;
  readonly index: number;
  readonly isLast: boolean;
}

/** A whole number below a limit. */
type Random = (limit: number) => number;

function piece(form: BigForm, entry: Entry): string {
  switch (form) {
    case 'conntrack.dump':
      return connectionLine(entry);
    case 'conntrack.dump.raw':
      return rawLine(entry);
    case 'conntrack.dump.json':
      return record(entry);
    case 'nat.dump':
      return frontend(entry);
    case 'routes.dump':
      return route(entry);
  }
}

/** xorshift32: the same numbers each time. */
function generator(seed: number): Random {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const pod = (random: Random) => `10.244.${random(64)}.${random(110)}`;
const client = (random: Random) => `${20 + random(180)}.${random(256)}.${random(256)}.${random(256)}`;
const service = (random: Random) => `10.96.${random(8)}.${random(256)}`;
const port = (random: Random) => 1024 + random(64_000);
const states = ['ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'CLOSED', 'SYN-SENT', 'RESET'];

function connection(random: Random) {
  const isTcp = random(3) > 0;
  return {
    protocol: isTcp ? 'TCP' : 'UDP',
    source: `${random(10) === 0 ? client(random) : pod(random)}:${port(random)}`,
    service: random(2) === 0 ? `${service(random)}:80` : undefined,
    destination: `${pod(random)}:${8000 + random(100)}`,
    idle: `${random(90)}.${String(100_000_000 + random(800_000_000))}s`,
    state: isTcp ? states[random(states.length)] : undefined,
  };
}

function connectionLine({ random }: Entry): string {
  const { protocol, source, service, destination, idle, state } = connection(random);
  const through = service === undefined ? '' : ` ${service} ->`;
  return `${protocol} ${source} ->${through} ${destination}  Active ago ${idle}${state === undefined ? '' : ` ${state}`}\n`;
}

function rawLine({ random }: Entry): string {
  const { protocol, source, destination, idle, state } = connection(random);
  const leg = (isOpener: boolean) =>
    `{Bytes:${random(1e9)} Packets:${random(1e6)} Seqno:${random(4e9)} SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:${isOpener} Workload:true Ifindex:${random(200)}}`;
  const number = protocol === 'TCP' ? 6 : 17;
  return `ConntrackKey{proto=${number} ${source} <-> ${destination}} -> Entry{Type:0, LastSeen:${6e12 + random(1e9)}, Flags: 0x100 B-A Data: {A2B:${leg(false)} B2A:${leg(true)} OrigDst:0.0.0.0 OrigSrc:0.0.0.0 OrigPort:0 OrigSPort:0 TunIP:0.0.0.0}} Active ago ${idle}${state === undefined ? '' : ` ${state}`}\n`;
}

function record({ random, isLast }: Entry): string {
  const { protocol, source, service, destination, idle, state } = connection(random);
  const fields = {
    type: service === undefined ? 'normal' : 'nat',
    proto: protocol,
    src: source,
    dst: destination,
    ...(service === undefined ? {} : { orig_dst: service }),
    flags: random(2) === 0 ? null : ['B-A'],
    active_ago: idle,
    ...(state === undefined ? {} : { tcp_state: state }),
  };
  return `  ${JSON.stringify(fields, undefined, 2).replaceAll('\n', '\n  ')}${isLast ? '' : ','}\n`;
}

/** A frontend with three backends. */
function frontend({ random, index }: Entry): string {
  const backends = [0, 1, 2].map(
    (ordinal) => `\t${index}:${ordinal}\t ${pod(random)}:${8000 + random(100)}\n`,
  );
  return `${service(random)} port ${port(random)} proto 6 id ${index} count 3 local 1\n${backends.join('')}`;
}

function route({ random }: Entry): string {
  const address = pod(random).padStart(12);
  if (random(2) === 0) return `${address}/32: local workload in-pool nat-out idx ${random(500)}\n`;
  return `${address}/26: remote workload in-pool nat-out tunneled nh 192.168.${random(16)}.${random(256)}\n`;
}
