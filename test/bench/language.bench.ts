/**
 * The language server as an editor drives it, over stdio, on documents of growing length: from a key press to the
 * diagnostics, hover, completion, start and memory. Beside it yaml-language-server with the schema of the same keys,
 * and a server that knows nothing: what is left to win.
 */
import { floorServer, installedServers, type Server } from './language/servers.ts';
import { ServerProcess } from './language/serverProcess.ts';
import { median, report, round, type Row } from './report.ts';

const document = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfEnabled: true
  bpfExternalServiceMode: DSR
  routeRefreshInterval: 90s
  bpfDSROptoutCIDRs:
    - 10.0.0.0/8
  bpfLogLevel: Debug
---
`;
/** One object with a list of so many lines; its head is as long as that of the document above. */
function longList(lines: number): string {
  const head = document.split('\n').slice(0, 11).join('\n');
  const cidr = (index: number) => `    - 10.${index >> 8}.${index & 255}.0/24\n`;
  return `${head}\n  bpfExcludeCIDRsFromNAT:\n${Array.from({ length: lines - 12 }, (_, index) => cidr(index)).join('')}`;
}

/** The line of the first document that is edited. */
const edited = 10;

const rows: Row[] = [];
const texts = [
  ...[12, 120, 1200, 12_000].map((lines) => ({ what: `${lines} lines`, text: document.repeat(lines / 12) })),
  { what: '12000 in one list', text: longList(12_000) },
];
const servers = [...installedServers(), floorServer()];
for (const { what, text } of texts)
  for (const server of servers) rows.push(await measure(server, { what, text }));
report('language', rows);

interface Measured {
  readonly what: string;
  readonly text: string;
}

async function measure(by: Server, { what, text }: Measured): Promise<Row> {
  const start = await repeat({ turns: 5, before: 1 }, () => startAndStop(by));
  const opening = performance.now();
  const server = new ServerProcess(by.path, by);
  await server.initialize();
  await server.open(text);
  const first = performance.now() - opening;
  const edits = await repeat({ turns: 9, before: 4 }, (turn) =>
    turn % 2 === 0 ? server.edit(edited, '  bpfLogLevel: Loud') : server.edit(edited, '  bpfLogLevel: Debug'),
  );
  const place = { line: edited, character: 6 };
  // As often as it takes until nothing becomes faster: an editor runs for hours.
  const often = { turns: 100, before: 100 };
  const hovers = await repeat(often, () => server.request('textDocument/hover', { position: place }));
  const completions = await repeat(often, () =>
    server.request('textDocument/completion', { position: place }),
  );
  const memory = server.residentMegabytes();
  await server.stop();
  return {
    server: by.name,
    document: what,
    'start ms': round(start),
    'to first diagnostics ms': round(first),
    'key → diagnostics ms': round(edits),
    'hover ms': round(hovers),
    'completion ms': round(completions),
    'memory MB': round(memory),
  };
}

/** From the start of the process to its answer to `initialize`. */
async function startAndStop({ path, ...options }: Server): Promise<number> {
  const start = performance.now();
  const server = new ServerProcess(path, options);
  await server.initialize();
  const took = performance.now() - start;
  await server.stop();
  return took;
}

interface Turns {
  readonly turns: number;
  /** Turns before them that are not counted. */
  readonly before: number;
}

/** The median time of the calls. */
async function repeat({ turns, before }: Turns, call: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns + before; turn++) {
    const start = performance.now();
    const said = await call(turn);
    times.push(typeof said === 'number' ? said : performance.now() - start);
  }
  return median(times.slice(before));
}
