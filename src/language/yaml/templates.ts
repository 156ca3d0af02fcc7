import type { Span } from '../../core/text/problem.ts';

/**
 * Helm charts are YAML only once rendered. What a template action yields is not known, so actions are replaced,
 * at the same length, by a mark that tells a value is not known; control actions and actions on lines of their
 * own are blanked.
 */
const mark = '\uE000';
const control = /^\{\{-?\s*(?:if|else|end|range|with|define|block|template|\/\*|\$\w*\s*:?=)/;

export interface Masked {
  readonly text: string;
  /** Whether actions were blanked, so that keys may be missing or stand twice. */
  readonly partial: boolean;
}

export function maskTemplates(text: string): Masked {
  if (!text.includes('{{')) return { text, partial: false };
  let partial = false;
  let masked = '';
  let done = 0;
  for (const { start, end } of actionsIn(text)) {
    const action = text.slice(start, end);
    const isBlank =
      (control.test(action) && !isInValue(masked, text.slice(done, start))) || isAlone(text, start, end);
    masked += text.slice(done, start) + action.replaceAll(/[^\r\n]/g, isBlank ? ' ' : mark);
    done = end;
    if (isBlank) partial = true;
  }
  return { text: masked + text.slice(done), partial };
}

/** From each `{{` to the next `}}`. */
function* actionsIn(text: string): Generator<Span> {
  for (let start = text.indexOf('{{'); start !== -1;) {
    const close = text.indexOf('}}', start);
    if (close === -1) return;
    yield { start, end: close + 2 };
    start = text.indexOf('{{', close + 2);
  }
}

/** Whether a scalar is made by a template: an action, or a variable as envsubst and Flux replace it. */
export function isTemplated(source: string): boolean {
  return source.includes(mark) || /\$\{\w{1,100}[^}]{0,100}\}/.test(source);
}

/** Whether a key stands before it on its line, so that a part of the value depends on the action. */
function isInValue(masked: string, between: string): boolean {
  const before = masked.slice(masked.lastIndexOf('\n') + 1) + between;
  return /\S:[ \t]/.test(before.slice(before.lastIndexOf('\n') + 1));
}

function isAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const feed = text.indexOf('\n', end);
  const after = text.slice(end, feed === -1 ? text.length : feed);
  return before.trim() === '' && after.trim() === '';
}
