export declare const ROOT: string;
export declare function buildWebApp(): void;
export declare function buildBackend(): void;
export declare function buildCli(): void;

export function pinnedNode(): string;
export function toolEnvironment(): NodeJS.ProcessEnv;
