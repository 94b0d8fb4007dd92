import { MOST_ATTACHMENT_BYTES, MOST_ATTACHMENTS, type ChatMessage } from '@clawmoor/shared/openclaw-chat.ts';
import { base64Of } from '../../ui/base64.ts';
import { bytes } from '../../ui/bytes.ts';
import { chat as text } from '../../words/en/chat.ts';
import { fill } from '../../words/words.ts';

export type Attachment = NonNullable<ChatMessage['attachments']>[number];

/** Files as a message takes them along, and a sentence on each that it does not take. */
export async function attach(
  before: readonly Attachment[],
  files: readonly File[],
): Promise<{ all: readonly Attachment[]; problems: string[] }> {
  const all = [...before];
  const problems: string[] = [];
  for (const file of files) {
    if (all.length >= MOST_ATTACHMENTS) {
      problems.push(fill(text.tooMany, { count: String(MOST_ATTACHMENTS) }));
      break;
    }
    // The server takes no slash and no control character in a name.
    const name = file.name.replace(/[\p{Cc}/\\]/gu, '_').slice(-128) || 'file';
    if (file.size > MOST_ATTACHMENT_BYTES) {
      problems.push(fill(text.tooLarge, { name, size: bytes(MOST_ATTACHMENT_BYTES) }));
      continue;
    }
    const content = await base64Of(file).catch(() => '');
    if (content === '') problems.push(fill(text.unreadable, { name }));
    else all.push({ name, type: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream', content });
  }
  return { all, problems };
}
