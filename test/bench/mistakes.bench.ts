/**
 * Sixty mistakes: what the API server and Felix make of them (recorded), what our server says, and what
 * yaml-language-server says with the CRD's schema.
 */
import type { Diagnostic } from 'vscode-languageserver';
import { readVerdicts } from '../core/felix/verdicts.ts';
import { installedServers } from './language/servers.ts';
import { ServerProcess } from './language/serverProcess.ts';
import { report, type Row } from './report.ts';

const [recorded] = readVerdicts();
if (recorded === undefined) throw new Error('there are no verdicts');
const servers = await Promise.all(
  installedServers().map(async ({ name, path, ...options }) => {
    const process = new ServerProcess(path, options);
    await process.initialize();
    await process.open('kind: FelixConfiguration\n');
    return { name, process };
  }),
);

const rows: Row[] = [];
for (const { what, body, truth } of mistakes()) {
  const text = `apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata:\n  name: default\n${body}\n`;
  const row: Record<string, string> = { mistake: what, truth };
  for (const { name, process } of servers) row[name] = worded(await process.replace(text));
  rows.push(row);
}
await Promise.all(servers.map(({ process }) => process.stop()));
report('mistakes', rows);

/** The bad bodies that were recorded, and bad values spread over as many keys as there is room for. */
function mistakes(): readonly { readonly what: string; readonly body: string; readonly truth: string }[] {
  const structures = (recorded?.structure ?? [])
    .filter(([, , server]) => server === 'refused')
    .map(([what, body, server]) => ({ what, body, truth: server }));
  const bad = (recorded?.cases ?? []).filter(
    ([key, , server, felix]) =>
      key !== 'nodeSelector' && (server === 'refused' || (felix !== 'ok' && felix !== 'unknown')),
  );
  const step = bad.length / (60 - structures.length);
  const values = Array.from({ length: 60 - structures.length }, (_, index) => bad[Math.floor(index * step)]);
  return [
    ...structures,
    ...values
      .filter((each) => each !== undefined)
      .map(([key, value, server, felix]) => ({
        what: `${key}: ${value}`,
        body: `spec:\n  ${key}: ${value}`,
        truth: felix ?? server,
      })),
  ];
}

/** The first thing that is said, cut to the width of a column. */
function worded(found: readonly Diagnostic[]): string {
  const [first] = found.toSorted((a, b) => (a.severity ?? 0) - (b.severity ?? 0));
  const message = typeof first?.message === 'string' ? first.message : '–';
  return message.replaceAll(/\s+/g, ' ').slice(0, 90);
}
