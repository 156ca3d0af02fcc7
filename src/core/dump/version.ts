/** `version`: three lines, `Version:`, `Full git commit ID:` and `Build date:` (felix/cmd/calico-bpf/commands/version.go, all versions). */
import { linesOf } from '../text/lines.ts';
import type { Problem } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';

/** The version of the tool; what a build leaves out is `undefined`. */
export interface ToolVersion {
  readonly version: string | undefined;
  readonly commit: string | undefined;
  readonly buildDate: string | undefined;
}

export function parseVersion(text: string): Dump<ToolVersion> {
  const problems: Problem[] = [];
  const values = new Map<string, string | undefined>();
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = text.slice(span.start, span.end);
    const [, label, rest = ''] = /^(Version|Full git commit ID|Build date):(.*)$/.exec(line) ?? [];
    const value = rest.trim();
    if (label !== undefined) values.set(label, value === '' ? undefined : value);
    else problems.push({ code: 'expected', span, message: 'expected a version, a commit or a build date' });
  }
  const version = values.get('Version');
  const commit = values.get('Full git commit ID');
  const entries = values.size === 0 ? [] : [{ version, commit, buildDate: values.get('Build date') }];
  const spans = entries.map(() => ({ start: 0, end: text.trimEnd().length }));
  return toDump(text, 'tool version', { entries, spans, problems });
}
