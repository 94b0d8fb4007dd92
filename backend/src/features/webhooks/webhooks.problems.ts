import { Problem } from '../../lib/problem.ts';

export const webhookNotFound = (): Problem => new Problem('webhook.not_found', 'There is no such webhook here');

export const urlRefused = (why: string): Problem =>
  new Problem('webhook.url_refused', `This address cannot be told anything: ${why}`, {
    fix: 'Give a public https:// address without a user name. For a private network the operator sets ALLOW_PRIVATE_HOSTS.',
  });

export const tooManyWebhooks = (most: number): Problem =>
  new Problem('webhook.limit_reached', `There may be ${most} webhooks here at most`, { fix: 'Remove one that is not needed any more.' });
