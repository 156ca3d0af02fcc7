/**
 * Calico's label selectors (libcalico-go/lib/selector/parser): `has(x)`, `x == "y"`, `x in {"a", "b"}`,
 * `x contains "y"`, `all()`, joined by `&&`, `||`, `!` and parentheses. Tells what is wrong with one.
 */
export function selectorError(text: string): string | undefined {
  const tokens = tokenize(text);
  if (typeof tokens === 'string') return tokens;
  const reader = new Reader(tokens);
  return tokens.length === 0 ? undefined : (reader.either() ?? reader.rest());
}

interface Token {
  readonly kind: 'word' | 'text' | 'sign';
  readonly text: string;
}

const token = /\s*(?:(has|all|global)\s*\(|"([^"]*)"|'([^']*)'|(==|!=|&&|\|\||[!(){},])|([a-zA-Z0-9_./-]+))/y;

function tokenize(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (let at = 0; text.slice(at).trim() !== ''; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) return `“${text.slice(at).trim()}” is not part of a selector`;
    const [, call, double, single, sign, word] = match;
    if (call !== undefined) tokens.push({ kind: 'sign', text: `${call}(` });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'text', text: double ?? single ?? '' });
  }
  return tokens;
}

/** Reads a selector from its tokens; each method yields what is wrong, or nothing. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  either(): string | undefined {
    return this.#joined('||', () => this.#joined('&&', () => this.#operand()));
  }

  rest(): string | undefined {
    const left = this.#next();
    return left === undefined ? undefined : `“${left.text}” is not expected here`;
  }

  #joined(sign: string, part: () => string | undefined): string | undefined {
    do {
      const wrong = part();
      if (wrong !== undefined) return wrong;
    } while (this.#take(sign));
    return undefined;
  }

  #operand(): string | undefined {
    while (this.#take('!'));
    if (this.#take('(')) return this.either() ?? this.#expect(')');
    if (this.#take('all(') || this.#take('global(')) return this.#expect(')');
    if (this.#take('has('))
      return this.#next()?.kind === 'word' ? this.#expect(')') : 'has() needs the name of a label';
    return this.#comparison();
  }

  #comparison(): string | undefined {
    const label = this.#next();
    if (label?.kind !== 'word') return 'a label or an expression is missing';
    const operator = this.#next()?.text;
    switch (operator) {
      case '==':
      case '!=':
      case 'contains':
        return this.#quoted();
      case 'starts':
      case 'ends':
        return this.#word('with') ?? this.#quoted();
      case 'not':
        return this.#word('in') ?? this.#set();
      case 'in':
        return this.#set();
      case undefined:
      default:
        return `after “${label.text}” an operator is missing: ==, !=, in, not in, contains, starts with or ends with`;
    }
  }

  #set(): string | undefined {
    const open = this.#expect('{');
    if (open !== undefined) return open;
    if (this.#take('}')) return undefined;
    return this.#joined(',', () => this.#quoted()) ?? this.#expect('}');
  }

  #quoted(): string | undefined {
    return this.#next()?.kind === 'text' ? undefined : 'a value in quotes is missing';
  }

  #word(text: string): string | undefined {
    return this.#next()?.text === text ? undefined : `“${text}” is missing`;
  }

  #expect(sign: string): string | undefined {
    return this.#take(sign) ? undefined : `“${sign}” is missing`;
  }

  #take(sign: string): boolean {
    const found = this.#tokens[this.#at];
    if (found?.kind !== 'sign' || found.text !== sign) return false;
    this.#at++;
    return true;
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }
}
