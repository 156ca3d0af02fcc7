import { ClusterError, type ClusterErrorReason, type ProbeResult } from '../cluster/cluster.ts';
import type { FailedAnswer } from '../core/nodes/answer.ts';

const answers = new WeakMap<ClusterError, FailedAnswer>();

/** The judged answer behind a failed probe. */
export function answerOf(error: ClusterError): FailedAnswer | undefined {
  return answers.get(error);
}

const reasons: { readonly [reason in FailedAnswer['reason']]: ClusterErrorReason } = {
  'map-missing': 'no-map',
  unsupported: 'unsupported',
  'tool-error': 'failed',
};

/** A failed probe as an error that says what was asked and what the tool said. */
export function toError({ node, argv, probe }: ProbeResult, answer: FailedAnswer): ClusterError {
  const asked = argv.length === 0 ? probe : argv.join(' ');
  const said =
    answer.said === '' || answer.message.includes(answer.said) ? '' : `\nThe tool said: ${answer.said}`;
  const error = new ClusterError(
    reasons[answer.reason],
    `${answer.message}\nAsked on ${node}: ${asked}${said}`,
  );
  answers.set(error, answer);
  return error;
}
