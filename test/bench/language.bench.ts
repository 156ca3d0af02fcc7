/**
 * The language server as an editor drives it, over stdio, on documents of growing length: from a key press to the
 * diagnostics, hover, completion, start and memory. Beside it yaml-language-server with the schema of the same keys.
 */
import { installedServers } from './language/servers.ts';
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
/** The line of the first document that is edited. */
const edited = 10;

const rows: Row[] = [];
for (const lines of [12, 120, 1200, 12_000])
  for (const { name, path } of installedServers()) rows.push(await measure(name, path, lines));
report('language', rows);

async function measure(name: string, path: string, lines: number): Promise<Row> {
  const started = performance.now();
  const server = new ServerProcess(path);
  await server.initialize();
  const start = performance.now() - started;
  const text = document.repeat(lines / 12);
  await server.open(text);
  const edits = await repeat(9, (turn) =>
    turn % 2 === 0 ? server.edit(edited, '  bpfLogLevel: Loud') : server.edit(edited, '  bpfLogLevel: Debug'),
  );
  const place = { line: edited, character: 6 };
  const hovers = await repeat(20, () => server.request('textDocument/hover', { position: place }));
  const completions = await repeat(20, () => server.request('textDocument/completion', { position: place }));
  const memory = server.residentMegabytes();
  await server.stop();
  return {
    server: name,
    lines,
    'start ms': round(start),
    'key → diagnostics ms': round(edits),
    'hover ms': round(hovers),
    'completion ms': round(completions),
    'memory MB': round(memory),
  };
}

/** The median time of the calls, after two that are not counted. */
async function repeat(turns: number, call: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns + 2; turn++) {
    const start = performance.now();
    await call(turn);
    times.push(performance.now() - start);
  }
  return median(times.slice(2));
}
