export declare const ROOT: string;
export declare function buildWebApp(): void;
export declare function buildBackend(): void;
export declare function buildCli(): void;

/** npm as it was called, waited for. */
export function npm(words: string[], options?: object): { status: number | null; stdout: string; stderr: string };
export function pinnedNode(): string;
export function toolEnvironment(): NodeJS.ProcessEnv;
