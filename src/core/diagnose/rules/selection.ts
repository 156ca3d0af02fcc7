/** Which pods a Kubernetes label selector means, and which it nearly means. */
import { findNearest } from '../../felix/nearest.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether a LabelSelector (`matchLabels`, `matchExpressions`) matches; an empty one matches all. */
export function matchesLabels(selector: unknown, labels: Labels): boolean {
  const wanted = field(selector, 'matchLabels');
  if (typeof wanted === 'object' && wanted !== null) {
    for (const [key, value] of Object.entries(wanted)) if (labels[key] !== value) return false;
  }
  return listField(selector, 'matchExpressions').every((each) => matchesExpression(each, labels));
}

function matchesExpression(expression: unknown, labels: Labels): boolean {
  const value = labels[textField(expression, 'key') ?? ''];
  const isListed = value !== undefined && listField(expression, 'values').includes(value);
  switch (textField(expression, 'operator') ?? '') {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** `app=front-end,tier in (a, b)` */
export function spellSelector(selector: unknown): string {
  const wanted = field(selector, 'matchLabels');
  const equalities =
    typeof wanted === 'object' && wanted !== null
      ? Object.entries(wanted).map(([key, value]) => `${key}=${String(value)}`)
      : [];
  const expressions = listField(selector, 'matchExpressions').map((each) => {
    const values = listField(each, 'values').join(', ');
    const operator = textField(each, 'operator') ?? '';
    return `${textField(each, 'key')} ${operator}${values === '' ? '' : ` (${values})`}`;
  });
  return [...equalities, ...expressions].join(',');
}

/** A label that pods do have and that reads like the one that is asked for. */
export interface NearMiss {
  readonly key: string;
  readonly wanted: string;
  readonly actual: string;
  /** The pods that would match with it. */
  readonly pods: readonly KubernetesObject[];
}

/** Finds the one value of a selector that keeps pods from matching, where they have a similar one. */
export function findNearMiss(wanted: Labels, pods: readonly KubernetesObject[]): NearMiss | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    const others = Object.entries(wanted).filter(([other]) => other !== key);
    const near = pods.filter((pod) => others.every(([k, v]) => pod.metadata.labels?.[k] === v));
    const values = near.flatMap((pod) => pod.metadata.labels?.[key] ?? []);
    const actual = findSimilar(value, new Set(values));
    if (actual === undefined) continue;
    return { key, wanted: value, actual, pods: near.filter((pod) => pod.metadata.labels?.[key] === actual) };
  }
  return undefined;
}

/** Similar: a letter or two differ, or only case and punctuation, or one begins with the other. */
function findSimilar(value: string, candidates: ReadonlySet<string>): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const withoutDigits = (text: string) => text.replaceAll(/\d/g, '');
  // `app-1` is no slip of `app-2`.
  const others = [...candidates].filter(
    (candidate) => candidate !== value && withoutDigits(candidate) !== withoutDigits(value),
  );
  return (
    others.find((candidate) => plain(candidate) === plain(value)) ??
    findNearest(value, others) ??
    others.find(
      (candidate) => value.length > 3 && (candidate.startsWith(value) || value.startsWith(candidate)),
    )
  );
}
