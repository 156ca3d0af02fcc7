import { judgeAnswer, type FailedAnswer } from '../nodes/answer.ts';

/** What is known of a probe on a node. */
export type Heard =
  | Answered
  /** The command failed, and how. */
  | (FailedAnswer & { readonly time: string | undefined })
  /** It was not asked or recorded, or is forbidden, or the node cannot be reached. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface Answered {
  readonly kind: 'answered';
  readonly text: string;
  readonly stderr: string;
  /** ISO 8601. */
  readonly time: string | undefined;
  readonly truncated: boolean;
}

/** Judges what a probe printed. */
export function hear(output: {
  readonly probe: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly time: string | undefined;
  readonly truncated: boolean;
}): Heard {
  const { stdout, stderr, time, truncated } = output;
  const answer = judgeAnswer(output);
  if (answer.kind === 'failed') return { ...answer, time };
  return { kind: 'answered', text: stdout, stderr, time, truncated };
}
