/**
 * The language server as VS Code runs it, in the extension host and what is long in a thread of it, on documents of growing length: from a
 * key press to the diagnostics, hover, completion, start, and memory, which is what the host, having worked before, and
 * the server's process, if it has one, have more than before. Beside it yaml-language-server with the schema of the
 * same keys, in a process as its extension runs it; both over stdio, as other editors run them; and a server that
 * knows nothing: what is left to win.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LanguageFigures, Task } from './language/measure.ts';
import { floorServer, ourServer, yamlServer, type Server } from './language/servers.ts';
import { report, round, type Row } from './report.ts';

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

/** Objects that differ in their names and in a value. */
function differentObjects(count: number): string {
  const object = (index: number) =>
    document.replace('name: default', `name: node.n${index}`).replace('90s', `${index + 1}s`);
  return Array.from({ length: count }, (_, index) => object(index)).join('');
}

/** The line of the first document that is edited. */
const edited = 10;

const documents = [
  ...[12, 120, 1200, 12_000].map((lines) => ({ what: `${lines} lines`, text: document.repeat(lines / 12) })),
  { what: '12000, no two objects alike', text: differentObjects(1000) },
  { what: '12000 in one list', text: longList(12_000) },
];
const servers: readonly Server[] = [
  ourServer(),
  yamlServer(),
  { ...ourServer(), runs: 'thread' },
  { ...ourServer(), runs: 'stdio' },
  { ...yamlServer(), runs: 'stdio' },
  floorServer('thread'),
  floorServer('stdio'),
];
const ways = { host: 'in the host', thread: 'thread', ipc: 'process, IPC', stdio: 'process, stdio' };

const rows: Row[] = [];
// An editor's first start of all leaves compiled code behind, by which the others are measured.
await measured({ server: ourServer(), text: document, edited });
for (const { what, text } of documents) {
  for (const server of servers) {
    const figures = await measured({ server, text, edited });
    rows.push({
      server: `${server.name} (${ways[server.runs]})`,
      document: what,
      'start ms': round(figures.start),
      'to first diagnostics ms': round(figures.first),
      'key → diagnostics ms': round(figures.edit),
      'hover ms': round(figures.hover),
      'completion ms': round(figures.completion),
      'memory MB': round(figures.memory),
    });
  }
}
report('language', rows);

/** Measures in a process of its own, which has nothing else. */
async function measured(task: Task): Promise<LanguageFigures> {
  const file = join(import.meta.dirname, 'language', 'measure.ts');
  const host = fork(file, { execArgv: ['--expose-gc'] });
  host.send(task);
  const [figures] = await once(host, 'message');
  host.disconnect();
  await once(host, 'exit');
  // It answers with nothing else.
  return figures as LanguageFigures;
}
