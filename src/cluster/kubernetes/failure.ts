/** Turns what goes wrong between us and an API server into words that say what to do. */
import { ClusterError } from '../cluster.ts';
import { field, listField, numberField, textField } from '../../core/objects/object.ts';

/** An answer of the API server other than success. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  /** The API server's `Status`, or whatever else it said. */
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(code: number, text: string, retryAfter?: string) {
    const body = parseJson(text);
    super(textField(body, 'message') ?? text.trim().slice(0, 500));
    this.code = code;
    this.body = body;
    const seconds = Number(retryAfter ?? numberField(body, 'details', 'retryAfterSeconds'));
    this.retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  }
}

/** The connection ended before the answer did. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection';
}

/** Whether asking once more may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StatusError) return error.code === 429 || error.code >= 500;
  if (error instanceof LostConnection) return true;
  return passingCodes.has(textField(error, 'code') ?? '');
}

const passingCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** A failure of the world in words; what was wanted is a phrase like “List pods”. A bug stays what it is. */
export function toClusterError(error: unknown, wanted: string): unknown {
  if (error instanceof ClusterError || isBug(error)) return error;
  if (error instanceof StatusError) return statusFailure(error, wanted);
  const code = textField(error, 'code') ?? '';
  const why = certificateWords[code] ?? networkWords[code] ?? messageOf(error);
  return new ClusterError('unreachable', `${wanted} failed: ${sentence(why)}`, { cause: error });
}

function isBug(error: unknown): boolean {
  const isOfTheLanguage =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  // The WebSocket library reports a damaged frame as a RangeError with a code.
  return isOfTheLanguage && textField(error, 'code') === undefined;
}

function statusFailure(error: StatusError, wanted: string): ClusterError {
  const said = sentence(error.message === '' ? `it answered ${error.code}` : error.message);
  const fail = (reason: ClusterError['reason'], words: string) =>
    new ClusterError(reason, `${wanted} failed: ${words}`, { cause: error });
  switch (error.code) {
    case 401:
      return fail(
        'forbidden',
        'the API server does not accept the credentials (401). Log in again, or renew the token.',
      );
    case 403:
      return fail('forbidden', `${missingPermission(error)}The API server said: ${said}`);
    case 404:
      return fail('not-recorded', `it is not there. The API server said: ${said}`);
    case 429:
      return fail('unreachable', `the API server is busy (429): ${said}`);
    default:
      return fail(
        error.code >= 500 ? 'unreachable' : 'failed',
        `the API server said (${error.code}): ${said}`,
      );
  }
}

/** `User "x" cannot create resource "pods/exec" in API group "" in the namespace "y"`, as the API server says it. */
function missingPermission({ message, body }: StatusError): string {
  const denied =
    /cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(message);
  const [, verb, resource, group, namespace] = denied ?? [];
  if (verb === undefined || resource === undefined) {
    const kind = textField(body, 'details', 'kind');
    return kind === undefined ? '' : `you lack a permission on ${kind}. `;
  }
  const full = group === undefined || group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  return `you lack the permission “${verb} ${full}” ${where}. `;
}

const certificateWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the API server’s certificate is self-signed, and not of the kubeconfig’s authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'the API server’s certificate is not of the kubeconfig’s authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the API server’s certificate is not of the kubeconfig’s authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of the API server’s certificate is not known',
  CERT_SIGNATURE_FAILURE: 'the API server’s certificate is not of the kubeconfig’s authority',
  CERT_HAS_EXPIRED: 'the API server’s certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the API server’s certificate is for another name',
};

const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the address of the API server (connection refused)',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name of the API server is not known',
  EAI_AGAIN: 'the name of the API server cannot be looked up at the moment',
  ETIMEDOUT: 'the API server does not answer (timed out)',
  EHOSTUNREACH: 'there is no way to the API server (host unreachable)',
  ENETUNREACH: 'there is no way to the API server (network unreachable)',
};

/** The exit status in the `Status` that ends an exec; `undefined` when the command did not run to its end. */
export function exitCodeOf(status: unknown): number | undefined {
  if (textField(status, 'status') === 'Success') return 0;
  if (textField(status, 'reason') !== 'NonZeroExitCode') return undefined;
  const cause = listField(status, 'details', 'causes').find((one) => field(one, 'reason') === 'ExitCode');
  const code = Number(textField(cause, 'message'));
  return Number.isInteger(code) ? code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function sentence(text: string): string {
  const trimmed = text.trim().replace(/[:,;]$/, '');
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
