/**
 * Checks Go's regular expressions (RE2, package regexp/syntax with Perl's flags): what JavaScript takes and Go
 * does not (look-around, back-references) and the other way round (`(?i)`, `\A`, `[[:alpha:]]`).
 */
export function goRegexpError(pattern: string): string | undefined {
  const parser = new GoRegexp(pattern);
  try {
    parser.parse();
    return undefined;
  } catch (error) {
    if (error instanceof RegexpError) return error.message;
    throw error;
  }
}

/** The same expression for JavaScript, when it has one. */
export function toJsRegexp(pattern: string): RegExp | undefined {
  if (goRegexpError(pattern) !== undefined) return undefined;
  const caseless = pattern.includes('(?i)');
  const source = pattern
    .replaceAll('(?i)', '')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<');
  try {
    return new RegExp(source, caseless ? 'i' : '');
  } catch {
    // RE2 has forms that JavaScript lacks ([[:alpha:]], \Q…\E): those are only not tried out.
    return undefined;
  }
}

class RegexpError extends Error {
  override readonly name = 'RegexpError';
}

/** The largest number of repetitions that RE2 takes, also counted through nesting. */
const mostRepeats = 1000;
const deepestNesting = 1000;

class GoRegexp {
  readonly #text: string;
  #at = 0;
  readonly #names = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  parse(): void {
    this.#alternatives(0);
    if (this.#at < this.#text.length) throw new RegexpError('a closing parenthesis too many');
  }

  /** Reads alternatives up to the end or a closing parenthesis; yields how often they repeat inside. */
  #alternatives(depth: number): number {
    if (depth > deepestNesting) throw new RegexpError('it nests too deeply');
    let most = 1;
    let hasOperand = false;
    while (this.#at < this.#text.length && this.#peek() !== ')') {
      if (this.#take('|')) {
        hasOperand = false;
        continue;
      }
      const bare = this.#repeat();
      if (bare !== undefined && !hasOperand) throw new RegexpError(`nothing to repeat before “${bare.text}”`);
      // Flags such as (?i) may stand between an operand and its repetition.
      if (bare !== undefined || this.#match(/\(\?[imsU]*(?:-[imsU]+)?\)/y) !== undefined) continue;
      most = Math.max(most, this.#repeated(depth));
      hasOperand = true;
    }
    return most;
  }

  #repeated(depth: number): number {
    let times = this.#atom(depth);
    for (let operators = 0; ; operators++) {
      const repeat = this.#repeat();
      if (repeat === undefined) return times;
      if (operators > 0) throw new RegexpError(`repeated twice: “${repeat.text}”`);
      times *= repeat.times;
      if (times > mostRepeats) throw new RegexpError('it repeats more than 1000 times');
    }
  }

  #repeat(): { readonly text: string; readonly times: number } | undefined {
    const match = this.#match(/[*+?]\??|\{(\d+)(,(\d*))?\}\??/y);
    if (match === undefined) return undefined;
    const min = Number(match[1] ?? 0);
    const max = Number(match[3] ?? match[1] ?? 0) || min;
    if (min > mostRepeats || max > mostRepeats || min > max)
      throw new RegexpError(`the count “${match[0]}” is none of 0 to 1000`);
    return { text: match[0], times: Math.max(1, min, max) };
  }

  #atom(depth: number): number {
    if (this.#take('(')) return this.#group(depth);
    if (this.#peek() === '[') this.#set();
    else if (this.#peek() === '\\') this.#escape('outside');
    else this.#at++;
    return 1;
  }

  #group(depth: number): number {
    if (this.#take('?')) this.#opening();
    const times = this.#alternatives(depth + 1);
    if (!this.#take(')')) throw new RegexpError('a parenthesis is not closed');
    return times;
  }

  /** Reads what follows `(?`: a name, or flags and a colon. */
  #opening(): void {
    const name = this.#match(/P?<(\w+)>/y)?.[1];
    if (name === undefined) {
      if (this.#match(/[imsU]*(?:-[imsU]+)?:/y) !== undefined) return;
      throw new RegexpError('Go has no look-around and no such group “(?…”');
    }
    if (this.#names.has(name)) throw new RegexpError(`the group name “${name}” is there twice`);
    this.#names.add(name);
  }

  #set(): void {
    this.#at++;
    this.#take('^');
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#at >= this.#text.length) throw new RegexpError('a bracket “[” is not closed');
      if (this.#posixClass()) continue;
      const low = this.#member();
      if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']' || low === undefined) continue;
      const before = this.#at++;
      const high = this.#at >= this.#text.length ? undefined : this.#member();
      if (high === undefined) this.#at = before + 1;
      else if (high < low) throw new RegexpError('a range in brackets runs backwards');
    }
    this.#at++;
  }

  #posixClass(): boolean {
    const match = this.#match(/\[:(\^?\w+):\]/y);
    if (match === undefined) return false;
    if (!posixClasses.has((match[1] ?? '').replace('^', '')))
      throw new RegexpError(`no class “${match[0]}” is known`);
    return true;
  }

  /** One member of a set as a code point; `undefined` for a class such as `\d`. */
  #member(): number | undefined {
    if (this.#peek() === '\\') return this.#escape('set');
    const code = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #escape(where: 'set' | 'outside'): number | undefined {
    const classes = where === 'set' ? /\\[dDsSwW]/y : /\\[dDsSwWAbBz]|\\Q[^]*?(?:\\E|$)/y;
    if (this.#match(classes) !== undefined) return undefined;
    if (this.#match(/\\[pP](?:[A-Z]|\{\^?[A-Za-z_]+\})/y) !== undefined) return undefined;
    const hex = this.#match(/\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/y);
    if (hex !== undefined) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    const octal = this.#match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
    if (octal !== undefined) return Number.parseInt(octal[1] ?? '', 8);
    const literal = this.#match(/\\([aftnrv]|[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e])/y);
    if (literal !== undefined) return (literal[1] ?? '').codePointAt(0);
    throw new RegexpError(`Go has no escape “${this.#text.slice(this.#at, this.#at + 2)}”`);
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match === null) return undefined;
    this.#at = sticky.lastIndex;
    return match;
  }
}

const posixClasses: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);
