export interface ServeOptions {
  /** Node 24. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** VS Code's `server-main.js`. */
  readonly main: string;
  readonly vsix: string;
  readonly folder: string;
  readonly tokenFile?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly log?: (text: string) => void;
}

export interface ServedEditor {
  readonly port: number;
  readonly pid: number | undefined;
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

export function serveEditor(options: ServeOptions): Promise<ServedEditor>;
