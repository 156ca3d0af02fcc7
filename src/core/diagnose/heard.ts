import { judgeAnswer, type FailedAnswer } from '../nodes/answer.ts';

/** What is known of a probe on a node. */
export type Heard =
  | Answered
  /** The command failed, and how. */
  | (FailedAnswer & { readonly time: string | undefined })
  /** It was not asked or recorded, or is forbidden, or the node cannot be reached. */
  | { readonly kind: 'unknown'; readonly why: string }
  | Unneeded;

/** It was not asked because what else is known tells that nothing would be found. */
export interface Unneeded {
  readonly kind: 'unneeded';
}

export const unneeded: Unneeded = { kind: 'unneeded' };

export interface Answered {
  readonly kind: 'answered';
  readonly bytes: Uint8Array;
  /** The bytes as text, decoded when somebody asks. */
  readonly text: string;
  readonly stderr: string;
  /** ISO 8601. */
  readonly time: string | undefined;
  readonly truncated: boolean;
}

/** What a command says instead of an answer is short. */
const headLength = 16_000;

/** Judges what a probe printed. */
export function hear(output: {
  readonly probe: string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number | undefined;
  readonly time: string | undefined;
  readonly truncated: boolean;
}): Heard {
  const { probe, stdout, exitCode, time, truncated } = output;
  const stderr = decode(output.stderr);
  let text = stdout.length <= headLength ? decode(stdout) : undefined;
  const head = text ?? decode(stdout.subarray(0, headLength));
  const answer = judgeAnswer({ probe, stdout: head, stderr, exitCode });
  if (answer.kind === 'failed') return { ...answer, time };
  return {
    kind: 'answered',
    bytes: stdout,
    get text() {
      return (text ??= decode(stdout));
    },
    stderr,
    time,
    truncated,
  };
}

const decoder = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : decoder.decode(bytes);
}
