import type { Evidence } from './finding.ts';
import type { KnownNode } from './knownNode.ts';
import type { Place } from './nodeTables.ts';

/** The longest raw line that is shown; verifier logs and configurations are longer than anybody reads. */
const maxValue = 300;

/** The lines of a probe’s answer from an offset on, as evidence; of several lines the first. */
export function lineEvidence(
  node: KnownNode,
  probe: string,
  { span, shows }: { readonly span: Place; readonly shows: string },
): Evidence {
  const line = (span.line === undefined ? lineAt : rowAt)(node, probe, span.start).trim();
  return {
    shows,
    value: line.length > maxValue ? `${line.slice(0, maxValue)}…` : line,
    at: { kind: 'probe', node: node.name, probe, line: span.line ?? node.lineAt(probe, span.start) },
    time: timeOf(node, probe),
  };
}

function lineAt(node: KnownNode, probe: string, offset: number): string {
  const text = node.text(probe) ?? '';
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}

const lineFeed = 0x0a;

/** The same by an offset in the bytes: a large dump need not become text for a line of it. */
function rowAt(node: KnownNode, probe: string, offset: number): string {
  const heard = node.heard(probe);
  if (heard.kind !== 'answered') return '';
  const { bytes } = heard;
  const start = offset === 0 ? 0 : bytes.lastIndexOf(lineFeed, offset - 1) + 1;
  const end = bytes.indexOf(lineFeed, offset);
  return new TextDecoder().decode(bytes.subarray(start, end === -1 ? undefined : end));
}

/** A value that was read out of a probe’s answer, or what it said instead of one. */
export function valueEvidence(
  node: KnownNode,
  probe: string,
  { value, shows, line }: { readonly value: string; readonly shows: string; readonly line?: number },
): Evidence {
  const cut = value.length > maxValue ? `${value.slice(0, maxValue)}…` : value;
  return {
    shows,
    value: cut,
    at: { kind: 'probe', node: node.name, probe, line },
    time: timeOf(node, probe),
  };
}

/** The first line of a probe’s answer that matches, as evidence. */
export function matchEvidence(
  node: KnownNode,
  probe: string,
  { pattern, shows }: { readonly pattern: RegExp; readonly shows: string },
): Evidence | undefined {
  const found = pattern.exec(node.text(probe) ?? '');
  return found === null ? undefined : lineEvidence(node, probe, { span: { start: found.index }, shows });
}

function timeOf(node: KnownNode, probe: string): string | undefined {
  const heard = node.heard(probe);
  return 'time' in heard ? heard.time : undefined;
}
