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
  const masked = text.replaceAll(/\{\{[\s\S]*?\}\}/g, (action, at: number) => {
    const alone = isAlone(text, at, at + action.length);
    if (!alone && !control.test(action)) return action.replaceAll(/[^\r\n]/g, mark);
    partial = true;
    return action.replaceAll(/[^\r\n]/g, ' ');
  });
  return { text: masked, partial };
}

/** Whether a scalar is made by a template: an action, or a variable as envsubst and Flux replace it. */
export function isTemplated(source: string): boolean {
  return source.includes(mark) || /\$\{\w+[^}]*\}/.test(source);
}

function isAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const feed = text.indexOf('\n', end);
  const after = text.slice(end, feed === -1 ? text.length : feed);
  return before.trim() === '' && after.trim() === '';
}
