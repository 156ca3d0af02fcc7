/** Puts the lines of each CPU together to packets: on one CPU no two runs of programs mix. */
import { ConnectDrafts, type ConnectLine } from './connects.ts';
import { addLine, startDraft, type Draft, type LinePlace } from './draft.ts';
import type { EventKind, TraceEvent } from './event.ts';
import type { Connect, Packet } from './packet.ts';
import type { Program } from './prefix.ts';
import type { ReasonVersion } from './reasons.ts';
import { Flows } from './flows.ts';
import { Journeys } from './journeys.ts';
import type { NodeMark } from './mark.ts';
import { applyEvent } from './steps/apply.ts';
import { isFirstOfXdp, isWholeOfXdp, startsRun } from './runStart.ts';
import { toPacket } from './toPacket.ts';

/** What a trace comes to, in the order in which it ends. */
export type TraceRecord =
  | {
      readonly kind: 'packet';
      readonly packet: Packet;
      /** Packets of one journey are one packet on its way from hook to hook. */
      readonly journey: number;
      /** Packets of one flow are of one connection, in both directions. */
      readonly flow: number | undefined;
    }
  | { readonly kind: 'connect'; readonly connect: Connect; readonly mark: NodeMark | undefined };

/** A line that one of Calico's programs printed. */
export interface ProgramLine {
  readonly cpu: number;
  readonly time: number;
  readonly task: string | undefined;
  /** Undefined when the message has no prefix. */
  readonly program: Program | undefined;
  /** Undefined when no known version prints the message. */
  readonly event: TraceEvent | undefined;
  readonly place: LinePlace;
}

/** What is in progress on a node. */
interface Node {
  readonly mark: NodeMark | undefined;
  readonly cpus: Map<number, Cpu>;
  readonly connects: ConnectDrafts;
}

interface Cpu {
  run: Draft | undefined;
  /** Lines that stand before the packet that they belong to. */
  pending: LinePlace[];
}

/** More than a run has; what belongs to no run is let go. */
const maxPending = 16;
/** More lines than a run has: what looks like one without an end is cut. */
const maxRunLines = 4096;
/** More than clusters have. */
const maxNodes = 10_000;

const before: ReadonlySet<EventKind> = new Set([
  'noXdpMetadata',
  'xdpMetadata',
  'preamble',
  'preambleJump',
  'logFilterFailed',
]);

export class PacketGrouper {
  readonly #nodes = new Map<string | undefined, Node>();
  #node: Node = newNode(undefined);
  readonly #flows = new Flows();
  readonly #journeys = new Journeys();
  readonly #version: ReasonVersion | undefined;
  #records: TraceRecord[] = [];
  #packets = 0;

  constructor(version: ReasonVersion | undefined) {
    this.#version = version;
    this.#nodes.set(undefined, this.#node);
  }

  /** The lines that follow are of a node. */
  switchTo(mark: NodeMark): void {
    const known = this.#nodes.get(mark.node);
    if (known === undefined && this.#nodes.size >= maxNodes) {
      this.#endAll('cut');
      this.#nodes.clear();
    }
    this.#node = known === undefined ? newNode(mark) : { ...known, mark };
    this.#nodes.set(mark.node, this.#node);
  }

  add(line: ProgramLine): void {
    switch (line.program?.kind) {
      case 'other':
        return;
      case 'connect-time':
        this.#addConnect({ ...line, program: line.program });
        return;
      case 'interface':
      case undefined:
        this.#addToRun(line);
    }
  }

  /** Lines are missing here: of a CPU of the node, or of all. */
  cut(number?: number): void {
    for (const [each, cpu] of this.#node.cpus) {
      if (number !== undefined && each !== number) continue;
      if (cpu.run !== undefined) cpu.run.lines.isEndCut = true;
      cpu.pending = [];
      this.#finish(cpu);
    }
  }

  /** What has ended since it was last asked. */
  take(): readonly TraceRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Ends what the trace has cut off, or what its last lines have completed. */
  end(runs: 'cut' | 'whole'): readonly TraceRecord[] {
    this.#endAll(runs);
    return this.take();
  }

  #endAll(runs: 'cut' | 'whole'): void {
    for (const node of this.#nodes.values()) {
      this.#node = node;
      for (const connect of node.connects.end()) this.#addRecord(connect);
      for (const cpu of node.cpus.values()) {
        if (cpu.run !== undefined && runs === 'cut') cpu.run.lines.isEndCut = true;
        this.#finish(cpu);
      }
    }
  }

  #addConnect(line: ConnectLine): void {
    const connect = this.#node.connects.add(line);
    if (connect !== undefined) this.#addRecord(connect);
  }

  #addRecord(connect: Connect): void {
    this.#records.push({ kind: 'connect', connect, mark: this.#node.mark });
  }

  #addToRun(line: ProgramLine): void {
    const connect = this.#node.connects.close(line.cpu);
    if (connect !== undefined) this.#addRecord(connect);
    const cpu = this.#cpuOf(line.cpu);
    const { event, program, place } = line;
    const kind = event?.kind;
    if (kind !== undefined && before.has(kind) && (program === undefined || cpu.run === undefined)) {
      if (cpu.pending.length < maxPending) cpu.pending.push(place);
      return;
    }
    if (startsRun(cpu.run, line)) this.#finish(cpu);
    else if (cpu.run !== undefined && cpu.run.lines.count >= maxRunLines) {
      cpu.run.lines.isEndCut = true;
      this.#finish(cpu);
    }
    cpu.run ??= this.#start(cpu, line);
    // What tc has received from XDP, where it is shown with the run of XDP.
    if (kind === 'acceptedByXdp') takePending(cpu, cpu.run);
    addLine(cpu.run.lines, place);
    if (event === undefined) cpu.run.lines.unknown++;
    else applyEvent(cpu.run, event);
    if (cpu.run.end !== undefined || isWholeRun(cpu.run, kind)) this.#finish(cpu);
  }

  #cpuOf(number: number): Cpu {
    const { cpus } = this.#node;
    let cpu = cpus.get(number);
    if (cpu === undefined) cpus.set(number, (cpu = { run: undefined, pending: [] }));
    return cpu;
  }

  #start(cpu: Cpu, { time, cpu: number, program, event }: ProgramLine): Draft {
    const hook = program?.kind === 'interface' ? program.hook : undefined;
    const kind = event?.kind;
    const isXdpStart = hook?.direction === 'X' && isFirstOfXdp(kind);
    const isWhole = kind === 'newPacket' || isXdpStart || isLone(kind, program);
    const run = startDraft({
      time,
      cpu: number,
      hook,
      isIpv6: program?.isIpv6 === true,
      isStartCut: !isWhole,
    });
    takePending(cpu, run);
    return run;
  }

  #finish(cpu: Cpu): void {
    const { run } = cpu;
    if (run === undefined) return;
    cpu.run = undefined;
    this.#packets++;
    const { socketCookie, nat, destination } = run;
    if (nat.isConnectTime && socketCookie !== undefined && destination !== undefined)
      nat.before ??= this.#node.connects.wantedOf(socketCookie, destination);
    const { mark } = this.#node;
    const packet = toPacket(run, { number: this.#packets, mark, version: this.#version });
    const journey = this.#journeys.numberOf(packet);
    this.#records.push({ kind: 'packet', packet, journey, flow: this.#flows.numberOf(packet, journey) });
  }
}

function newNode(mark: NodeMark | undefined): Node {
  return { mark, cpus: new Map(), connects: new ConnectDrafts() };
}

function takePending(cpu: Cpu, run: Draft): void {
  for (const place of cpu.pending) addLine(run.lines, place);
  cpu.pending = [];
}

/** A line that is all there is of a packet: a Log action at log level Off, or a program that cannot run. */
function isLone(kind: EventKind | undefined, program: Program | undefined): boolean {
  if (kind === 'bypassed') return program === undefined;
  return (
    kind === 'logAllowed' || kind === 'logDenied' || kind === 'mainNotLoaded' || kind === 'acceptedByXdp'
  );
}

function isWholeRun(run: Draft, kind: EventKind | undefined): boolean {
  if (run.hook?.direction === 'X' && isWholeOfXdp(kind)) return true;
  return run.lines.count === 1 && (kind === 'logAllowed' || kind === 'logDenied');
}
