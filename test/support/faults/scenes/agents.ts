/** Felix that ended, hangs, or was started with something wrong: its programs go on, and commands answer as before. */
import { withoutLines } from '../edits.ts';
import type { Edits } from '../../edited.ts';

type TextEdit = (text: string) => string;

/** The log of a Felix that ended soon after it was ready. */
const untilReady: TextEdit = (text) => {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes('Dataplane updates no longer throttled'));
  return `${lines.slice(0, at + 1).join('\n')}\n`;
};

/** Felix was ended on a node: nobody listens where it did. */
export function stopped(node: string): Edits {
  return {
    probes: {
      [`${node}/ss`]: withoutLines(/"calico(?:-node)?"/),
      [`${node}/felix.log`]: untilReady,
      [`${node}/conntrack.dump`]: unswept,
    },
  };
}

/** Felix hangs: its sockets are there, and it says nothing any more. */
export function hanging(node: string): Edits {
  return { probes: { [`${node}/felix.log`]: untilReady, [`${node}/conntrack.dump`]: unswept } };
}

/** What nobody cleans up: what was closed long ago is still there. */
const unswept: TextEdit = (text) =>
  text.replaceAll(
    /^.* CLOSED$/gm,
    (line) =>
      `${line}\n${line.replace(/:(\d\d)(\d+)/, ':$2$1').replace(/Active ago \S+/, 'Active ago 27m3.217s')}`,
  );

/** Felix was started anew with other words, and says only these. */
export function restarted(node: string, lines: readonly string[]): Edits {
  const log = lines.map((line, at) => `2026-11-21 04:0${at % 2}:${10 + at}.120 ${line}\n`).join('');
  return {
    probes: {
      [`${node}/felix.log`]: () => log,
      [`${node}/ss`]: withoutLines(/:10256 /),
      [`${node}/conntrack.dump`]: unswept,
    },
  };
}
