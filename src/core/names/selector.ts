/** Calico's label selectors: what they match, and the canonical text that IP sets are named by (libcalico-go/lib/selector/parser). */

export type Selector =
  | { readonly kind: 'all' | 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'not'; readonly of: Selector }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Selector[] }
  | {
      readonly kind: 'compare';
      readonly label: string;
      readonly operator: Comparison;
      readonly value: string;
    }
  | {
      readonly kind: 'set';
      readonly label: string;
      readonly operator: 'in' | 'not in';
      readonly values: readonly string[];
    };

type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

/** Reads a selector; an empty one selects all. `undefined` when it cannot be read. */
export function parseSelector(text: string): Selector | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const reader = new SelectorReader(tokens);
  const selector: Selector | undefined = tokens.length === 0 ? { kind: 'all' } : reader.readOr();
  return reader.isAtEnd ? selector : undefined;
}

/** The canonical text of a selector, every label behind a prefix; `undefined` when it cannot be read. */
export function canonicalSelector(text: string, labelPrefix = ''): string | undefined {
  const selector = parseSelector(text);
  return selector && textOf(selector, labelPrefix);
}

function textOf(selector: Selector, prefix: string): string {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return `${selector.kind}()`;
    case 'has':
      return `has(${prefix}${selector.label})`;
    case 'not':
      return `!${textOf(selector.of, prefix)}`;
    case 'and':
    case 'or':
      return `(${selector.of.map((one) => textOf(one, prefix)).join(selector.kind === 'and' ? ' && ' : ' || ')})`;
    case 'compare':
      return `${prefix}${selector.label} ${selector.operator} ${quote(selector.value)}`;
    case 'set': {
      const values = [...new Set(selector.values)].toSorted().map(quote);
      return `${prefix}${selector.label} ${selector.operator} {${values.join(', ')}}`;
    }
  }
}

/** Whether a selector matches labels. A label that is not there is different from every value. */
export function matchesSelector(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return labels[selector.label] !== undefined;
    case 'not':
      return !matchesSelector(selector.of, labels);
    case 'and':
      return selector.of.every((one) => matchesSelector(one, labels));
    case 'or':
      return selector.of.some((one) => matchesSelector(one, labels));
    case 'compare':
      return compare(labels[selector.label], selector.operator, selector.value);
    case 'set': {
      const value = labels[selector.label];
      const isIn = value !== undefined && selector.values.includes(value);
      return selector.operator === 'in' ? isIn : !isIn;
    }
  }
}

function compare(label: string | undefined, operator: Comparison, value: string): boolean {
  if (operator === '!=') return label !== value;
  if (label === undefined) return false;
  switch (operator) {
    case '==':
      return label === value;
    case 'contains':
      return label.includes(value);
    case 'starts with':
      return label.startsWith(value);
    case 'ends with':
      return label.endsWith(value);
  }
}

const tokenPattern =
  /\s*(?:(?<string>"[^"]*"|'[^']*')|(?<symbol>&&|\|\||==|!=|[!(){},])|(?<word>[A-Za-z0-9_./-]+))/y;

interface Token {
  readonly kind: 'string' | 'symbol' | 'word';
  readonly text: string;
}

function tokenize(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const whole = text.trim();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < whole.length) {
    const { string, symbol, word } = tokenPattern.exec(whole)?.groups ?? {};
    if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1) });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else return undefined;
  }
  return tokens;
}

/** Reads by recursive descent; every method yields `undefined` for what is no selector. */
class SelectorReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  readOr(): Selector | undefined {
    return this.#readChain('or', () => this.#readChain('and', () => this.#readOperation()));
  }

  #readChain(kind: 'and' | 'or', readOperand: () => Selector | undefined): Selector | undefined {
    const operands: Selector[] = [];
    do {
      const operand = readOperand();
      if (operand === undefined) return undefined;
      operands.push(operand);
    } while (this.#takeSymbol(kind === 'and' ? '&&' : '||'));
    return operands.length === 1 ? operands[0] : { kind, of: operands };
  }

  #readOperation(): Selector | undefined {
    if (this.#takeSymbol('!')) {
      const of = this.#readOperation();
      return of && { kind: 'not', of };
    }
    if (this.#takeSymbol('(')) {
      const inner = this.readOr();
      return this.#takeSymbol(')') ? inner : undefined;
    }
    const word = this.#take('word');
    if (word === undefined) return undefined;
    return this.#takeSymbol('(') ? this.#readCall(word) : this.#readComparison(word);
  }

  #readCall(name: string): Selector | undefined {
    if (name === 'has') {
      const label = this.#take('word');
      return label !== undefined && this.#takeSymbol(')') ? { kind: 'has', label } : undefined;
    }
    const isKnown = name === 'all' || name === 'global';
    return isKnown && this.#takeSymbol(')') ? { kind: name } : undefined;
  }

  #readComparison(label: string): Selector | undefined {
    for (const operator of ['==', '!='] as const) {
      if (this.#takeSymbol(operator)) return this.#withValue(label, operator);
    }
    const word = this.#take('word');
    const second = word === 'not' || word === 'starts' || word === 'ends' ? this.#take('word') : undefined;
    const operator = second === undefined ? word : `${word} ${second}`;
    if (operator === 'in' || operator === 'not in') return this.#withSet(label, operator);
    const isKnown = operator === 'contains' || operator === 'starts with' || operator === 'ends with';
    return isKnown ? this.#withValue(label, operator) : undefined;
  }

  #withValue(label: string, operator: Comparison): Selector | undefined {
    const value = this.#take('string');
    return value === undefined ? undefined : { kind: 'compare', label, operator, value };
  }

  #withSet(label: string, operator: 'in' | 'not in'): Selector | undefined {
    if (!this.#takeSymbol('{')) return undefined;
    const values: string[] = [];
    for (let value = this.#take('string'); value !== undefined; value = this.#take('string')) {
      values.push(value);
      if (!this.#takeSymbol(',')) break;
    }
    return this.#takeSymbol('}') ? { kind: 'set', label, operator, values } : undefined;
  }

  #take(kind: 'string' | 'word'): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return undefined;
    this.#at++;
    return token.text;
  }

  #takeSymbol(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    this.#at++;
    return true;
  }
}

function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
