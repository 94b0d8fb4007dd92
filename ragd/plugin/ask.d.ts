export interface Place {
  socket?: string | undefined;
  port?: number | undefined;
  token: string;
}
export function call<Answer>(
  place: Place,
  asked: { method?: 'GET' | 'POST'; path: string; body?: object; signal?: AbortSignal; withinMs?: number },
): Promise<Answer>;
