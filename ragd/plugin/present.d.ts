import type { Answer } from '../src/retrieve/query.ts';

export function clean(text: string): string;
export function fileName(name: string): string;
export function place(position: { unit: string; from: number; to: number; part?: string }): string;
export function shown(answer: Pick<Answer, 'results' | 'degradedBecause'>): string;
