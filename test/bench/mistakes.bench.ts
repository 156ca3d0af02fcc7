/**
 * Sixty mistakes: what the API server and Felix make of them (recorded), what our server says, and what
 * yaml-language-server says with the CRD's schema.
 */
import type { Diagnostic } from 'vscode-languageserver';
import { readVerdicts } from '../core/felix/verdicts.ts';
import { DrivenServer } from './language/driven.ts';
import { ourServer, yamlServer } from './language/servers.ts';
import { report, type Row } from './report.ts';

const [recorded] = readVerdicts();
if (recorded === undefined) throw new Error('there are no verdicts');
const servers = await Promise.all(
  [ourServer(), yamlServer()].map(async (server) => {
    const driven = await DrivenServer.start(server);
    await driven.initialize();
    await driven.open('kind: FelixConfiguration\n');
    return { name: server.name, driven };
  }),
);

const rows: Row[] = [];
for (const { what, body, truth } of mistakes()) {
  const text = `apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata:\n  name: default\n${body}\n`;
  const row: Record<string, string> = { mistake: what, truth };
  for (const { name, driven } of servers) row[name] = worded(await driven.replace(text));
  rows.push(row);
}
await Promise.all(servers.map(({ driven }) => driven.stop()));
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
