import { timed } from '../../core/pace.ts';
import { noNames, type Names } from '../../core/names/names.ts';
import { answerName, type NameAnswer, type NameQuestion } from '../../core/table/naming.ts';
import type { Who } from '../../core/table/table.ts';

/** How long the extension host is held at a time, in milliseconds. */
const sliceLength = 8;

/** Answers who everybody is, with pauses in which the extension host does what else there is. */
export async function answerNames(
  questions: readonly NameQuestion[],
  names: Names,
  signal: AbortSignal,
): Promise<readonly NameAnswer[]> {
  // Very many times nobody would take long to send.
  if (names === noNames) return questions.map(() => []);
  const answers: NameAnswer[] = [];
  const pace = timed(sliceLength);
  for (const { subject, values } of questions) {
    const answer: (readonly Who[])[] = [];
    for (const value of values) {
      answer.push(answerName(names, subject, value));
      const rest = pace();
      if (rest === undefined) continue;
      await rest;
      signal.throwIfAborted();
    }
    answers.push(answer);
  }
  return answers;
}
