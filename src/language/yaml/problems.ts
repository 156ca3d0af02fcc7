import type { ErrorCode, YAMLParseError } from 'yaml';
import { quote } from '../../core/felix/expectation.ts';
import type { Span } from '../../core/text/problem.ts';
import type { Tagged } from './tags.ts';

/** Something that makes a text no YAML. */
export interface SyntaxProblem {
  readonly span: Span;
  readonly message: string;
  /** What to write instead, when that is plain. */
  readonly replacement: string | undefined;
}

/** The parser's words for the commonest mistakes name its grammar; these name the mistake. */
const messages: Partial<Readonly<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'A tab cannot indent YAML. Use spaces.',
  MULTILINE_IMPLICIT_KEY: 'A key and its colon stand on one line. Is a colon missing here?',
  BLOCK_AS_IMPLICIT_KEY:
    'A second “key: value” cannot stand here. Is the indentation wrong, or are quotes missing?',
  BAD_SCALAR_START: 'A text that begins so must be in quotes.',
  MULTIPLE_ANCHORS: 'A value has at most one anchor.',
};

/** The problems of a text, one a line: what follows on a line is mostly a consequence. */
export function toProblems(text: string, errors: readonly YAMLParseError[]): readonly SyntaxProblem[] {
  if (errors.length === 0) return [];
  const last = Math.max(0, text.trimEnd().length - 1);
  const problems: SyntaxProblem[] = [];
  let endOfLine = -1;
  for (const { code, pos, message } of errors) {
    if (pos[0] < endOfLine) continue;
    const span = onOneLine(text, pos, last);
    endOfLine = text.indexOf('\n', span.start);
    if (endOfLine === -1) endOfLine = Infinity;
    problems.push({
      span,
      message: messages[code] ?? endOf(code, message),
      replacement: replacementFor(code, text, span),
    });
  }
  return problems;
}

export function unknownAnchor(name: string, span: Span): SyntaxProblem {
  return { span, message: `There is no anchor &${name} before this.`, replacement: undefined };
}

export function selfAnchor(name: string, span: Span): SyntaxProblem {
  return { span, message: `The value of &${name} cannot hold itself.`, replacement: undefined };
}

export function unmergeable(span: Span): SyntaxProblem {
  const message = 'Only a mapping, or a list of mappings, can be merged.';
  return { span, message, replacement: undefined };
}

/** A tag that says something else than what is written. */
export function unreadable({ text, tag = '' }: Tagged, span: Span): SyntaxProblem {
  const type = tag.replace('tag:yaml.org,2002:', '!!');
  const message = `${quote(text)} cannot be read as ${type}, so the API server refuses the whole document. Leave out ${type}.`;
  return { span, message, replacement: undefined };
}

export function tooDeep(at: number): SyntaxProblem {
  const span = { start: at, end: at + 1 };
  return { span, message: 'This is nested too deeply to be read.', replacement: undefined };
}

/** A collection or quote that is not closed is the commonest of these. */
function endOf(code: ErrorCode, message: string): string {
  const closing = /end with an? ([\]}])$/.exec(message)?.[1];
  if (code === 'BAD_INDENT' && closing !== undefined) return `“${closing}” is missing before this.`;
  if (code === 'BAD_INDENT') return 'This line does not stand in the column of the others around it.';
  if (code === 'MISSING_CHAR' && message.includes('quote')) return 'The closing quote is missing.';
  return `${message.replace(/\.$/, '')}.`;
}

/** Stays on the line; what is wrong at the very end is shown at the last thing that is written. */
function onOneLine(text: string, [from, to]: [number, number], last: number): Span {
  const start = Math.min(from, last);
  const feed = text.indexOf('\n', start);
  return { start, end: Math.max(start + 1, Math.min(to, feed === -1 ? text.length : feed)) };
}

function replacementFor(code: ErrorCode, text: string, { start, end }: Span): string | undefined {
  return code === 'TAB_AS_INDENT' ? text.slice(start, end).replaceAll('\t', '  ') : undefined;
}
