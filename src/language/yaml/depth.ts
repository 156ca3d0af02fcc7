import { tooDeep } from './problems.ts';
import type { SyntaxProblem } from './problems.ts';

/** Deeper than any configuration, and far from what the stack bears. */
export const maxDepth = 200;

const deepLine = /^ {1000}|(?:[-?] ){200}/;

/**
 * Blanks, at the same length, the lines that nest too deeply: the parser recurses with the nesting, and a text of
 * nothing but brackets would exhaust the stack. What stands around them is still read.
 */
export function withoutDepths(text: string): {
  readonly text: string;
  readonly problems: readonly SyntaxProblem[];
} {
  if (bracketDepth(text, 0).deepest <= maxDepth && !hasDeepLine(text)) return { text, problems: [] };
  let first: number | undefined;
  let open = 0;
  let offset = 0;
  const lines = text.split(/(?<=\n)/).map((line) => {
    const { deepest, depth } = bracketDepth(line, open);
    const start = deepLine.test(line) ? 0 : deepest > maxDepth ? line.search(/[[{]/) : -1;
    const at = offset;
    offset += line.length;
    if (start === -1) {
      open = depth;
      return line;
    }
    first ??= at + start;
    return line.slice(0, start) + line.slice(start).replaceAll(/[^\r\n]/g, ' ');
  });
  return { text: lines.join(''), problems: first === undefined ? [] : [tooDeep(first)] };
}

const blanks = ' '.repeat(1000);

/** Looks first for what such a line has somewhere, which takes less than to look at each line. */
function hasDeepLine(text: string): boolean {
  if (!text.includes(blanks) && !/(?:[-?] ){200}/.test(text)) return false;
  return text.split('\n').some((line) => deepLine.test(line));
}

function bracketDepth(text: string, open: number): { readonly depth: number; readonly deepest: number } {
  let depth = open;
  let deepest = depth;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return { depth, deepest };
}
