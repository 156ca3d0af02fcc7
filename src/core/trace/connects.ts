/** Puts the lines of the connect-time load balancer together: a process connects, sends or receives. */
import { addLine, startLines, type DraftLines, type LinePlace } from './draft.ts';
import type { EventKind, TraceEvent } from './event.ts';
import type { Connect, PacketEnd } from './packet.ts';
import type { Program } from './prefix.ts';
import { joinSteps } from './step.ts';
import { toLines } from './toPacket.ts';
import { parseProtocol } from '../net/protocol.ts';

export interface ConnectLine {
  readonly cpu: number;
  readonly time: number;
  readonly task: string | undefined;
  readonly program: Extract<Program, { kind: 'connect-time' }>;
  readonly event: TraceEvent | undefined;
  readonly place: LinePlace;
}

interface ConnectDraft {
  readonly time: number;
  readonly cpu: number;
  readonly task: string;
  readonly isIpv6: boolean;
  readonly lines: DraftLines;
  protocol: number | undefined;
  wanted: PacketEnd | undefined;
  backend: PacketEnd | undefined;
  serviceId: number | undefined;
  socketCookie: number | undefined;
  outcome: Connect['outcome'];
}

const maxBalanced = 10_000;
/** More lines than a connect has. */
const maxConnectLines = 4096;

const starts: ReadonlySet<EventKind> = new Set([
  'connect',
  'connectIpv6',
  'connectWords',
  'sendMessage',
  'receiveMessage',
]);

/** The connects in progress: one on each CPU. */
export class ConnectDrafts {
  readonly #drafts = new Map<number, ConnectDraft>();
  /** What was balanced, by the cookie of its socket. */
  readonly #balanced = new Map<number, ConnectDraft>();

  /** The connect that the line shows to be over. */
  add(line: ConnectLine): Connect | undefined {
    const { event } = line;
    let draft = this.#drafts.get(line.cpu);
    const isStart = event !== undefined && starts.has(event.kind);
    // The address of IPv6 comes in several lines, all of them at the start.
    const isNext = draft !== undefined && isStart && !isOnlyStarted(draft);
    const isOver = isNext || (draft !== undefined && draft.lines.count >= maxConnectLines);
    const over = isOver ? this.close(line.cpu) : undefined;
    if (draft === undefined || isOver) this.#drafts.set(line.cpu, (draft = startConnect(line, isStart)));
    addLine(draft.lines, line.place);
    if (event === undefined) draft.lines.unknown++;
    else applyToConnect(draft, event);
    return over;
  }

  /** Ends the connect of a CPU on which something else goes on. */
  close(cpu: number): Connect | undefined {
    const draft = this.#drafts.get(cpu);
    if (draft === undefined) return undefined;
    this.#drafts.delete(cpu);
    this.#remember(draft);
    return toConnect(draft);
  }

  /** Where the process of a socket wanted to go, whose packets go to that backend. */
  wantedOf(socketCookie: number, backend: PacketEnd): PacketEnd | undefined {
    const draft = this.#balanced.get(socketCookie);
    const isSame = draft?.backend?.address === backend.address && draft.backend.port === backend.port;
    return isSame ? draft.wanted : undefined;
  }

  #remember(draft: ConnectDraft): void {
    if (draft.outcome !== 'balanced' || draft.socketCookie === undefined) return;
    // Its packets follow soon; what is older than so many others is of no use.
    if (this.#balanced.size >= maxBalanced) this.#balanced.clear();
    this.#balanced.set(draft.socketCookie, draft);
  }

  end(): readonly Connect[] {
    const connects = [...this.#drafts.values()].map(toConnect);
    this.#drafts.clear();
    return connects;
  }
}

function isOnlyStarted({ wanted, protocol }: ConnectDraft): boolean {
  return wanted === undefined && protocol === undefined;
}

function startConnect({ time, cpu, task, program }: ConnectLine, isStart: boolean): ConnectDraft {
  return {
    time,
    cpu,
    task: task ?? '',
    isIpv6: program.isIpv6,
    lines: startLines(!isStart),
    protocol: undefined,
    wanted: undefined,
    backend: undefined,
    serviceId: undefined,
    socketCookie: undefined,
    outcome: 'untouched',
  };
}

const tcp = 6;
const udp = 17;

const applyToConnect = joinSteps<ConnectDraft>([
  {
    socketTcp(draft) {
      draft.protocol = tcp;
    },
    socketUdp(draft) {
      draft.protocol = udp;
    },
    sendMessage: setMessage,
    receiveMessage: setMessage,
    natLookup(draft, { protocol, address, port }) {
      draft.protocol ??= parseProtocol(protocol);
      draft.wanted ??= { address, port };
    },
    natLookupByNumber(draft, { protocol, address, port }) {
      draft.protocol ??= protocol;
      draft.wanted ??= { address, port };
    },
    natHit(draft, { serviceId }) {
      draft.serviceId = serviceId;
    },
    backendSelected: setBackend,
    affinityBackend: setBackend,
    noBackend: setRefused,
    backendMiss: setRefused,
    connectMiss(draft) {
      if (draft.outcome !== 'no-backend') draft.outcome = 'no-service';
    },
    store(draft, { cookie }) {
      draft.socketCookie = cookie;
    },
  },
]);

function setMessage(draft: ConnectDraft, { address, port }: { address: string; port: number }): void {
  draft.protocol = udp;
  draft.wanted = { address, port };
}

function setBackend(draft: ConnectDraft, { address, port }: { address: string; port: number }): void {
  draft.backend = { address, port };
  draft.outcome = 'balanced';
}

function setRefused(draft: ConnectDraft): void {
  draft.outcome = 'no-backend';
}

function toConnect({ isIpv6, lines, ...draft }: ConnectDraft): Connect {
  return { ...draft, family: isIpv6 ? 6 : 4, lines: toLines(lines, false) };
}
