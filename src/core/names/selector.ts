/** Calico's label selectors in the canonical text that IP sets are named by (libcalico-go/lib/selector/parser). */

/** The canonical text of a selector; `undefined` when it cannot be read. */
export function canonicalSelector(text: string, labelPrefix = ''): string | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const reader = new SelectorReader(tokens, labelPrefix);
  const canonical = tokens.length === 0 ? 'all()' : reader.readOr();
  return reader.isAtEnd ? canonical : undefined;
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

/** Reads by recursive descent; every method yields canonical text, or `undefined` for what is no selector. */
class SelectorReader {
  readonly #tokens: readonly Token[];
  readonly #prefix: string;
  #at = 0;

  constructor(tokens: readonly Token[], prefix: string) {
    this.#tokens = tokens;
    this.#prefix = prefix;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  readOr(): string | undefined {
    return this.#readChain('||', () => this.#readChain('&&', () => this.#readOperation()));
  }

  #readChain(operator: '&&' | '||', readOperand: () => string | undefined): string | undefined {
    const operands: (string | undefined)[] = [];
    do operands.push(readOperand());
    while (this.#takeSymbol(operator));
    if (operands.includes(undefined)) return undefined;
    return operands.length === 1 ? operands[0] : `(${operands.join(` ${operator} `)})`;
  }

  #readOperation(): string | undefined {
    if (this.#takeSymbol('!')) {
      const operand = this.#readOperation();
      return operand === undefined ? undefined : `!${operand}`;
    }
    if (this.#takeSymbol('(')) {
      const inner = this.readOr();
      return this.#takeSymbol(')') ? inner : undefined;
    }
    const word = this.#take('word');
    if (word === undefined) return undefined;
    return this.#takeSymbol('(') ? this.#readCall(word) : this.#readComparison(this.#prefix + word);
  }

  #readCall(name: string): string | undefined {
    if (name === 'has') {
      const label = this.#take('word');
      return label !== undefined && this.#takeSymbol(')') ? `has(${this.#prefix}${label})` : undefined;
    }
    const isKnown = name === 'all' || name === 'global';
    return isKnown && this.#takeSymbol(')') ? `${name}()` : undefined;
  }

  #readComparison(label: string): string | undefined {
    for (const operator of ['==', '!='] as const) {
      if (this.#takeSymbol(operator)) return this.#withValue(`${label} ${operator}`);
    }
    const word = this.#take('word');
    const second = word === 'not' || word === 'starts' || word === 'ends' ? this.#take('word') : undefined;
    const operator = second === undefined ? word : `${word} ${second}`;
    if (operator === 'in' || operator === 'not in') return this.#withSet(`${label} ${operator}`);
    const isKnown = operator === 'contains' || operator === 'starts with' || operator === 'ends with';
    return isKnown ? this.#withValue(`${label} ${operator}`) : undefined;
  }

  #withValue(head: string): string | undefined {
    const value = this.#take('string');
    return value === undefined ? undefined : `${head} ${quote(value)}`;
  }

  #withSet(head: string): string | undefined {
    if (!this.#takeSymbol('{')) return undefined;
    const values = new Set<string>();
    for (let value = this.#take('string'); value !== undefined; value = this.#take('string')) {
      values.add(value);
      if (!this.#takeSymbol(',')) break;
    }
    return this.#takeSymbol('}') ? `${head} {${[...values].toSorted().map(quote).join(', ')}}` : undefined;
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
