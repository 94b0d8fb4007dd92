import { confirm } from '../../telegram/popup.ts';
import { skills as text } from '../../words/en/skills.ts';
import { fill } from '../../words/words.ts';

/** Two questions before something that nobody has checked: the second names who is trusted with it. */
export async function askTwice(name: string): Promise<boolean> {
  const values = { name };
  return (
    (await confirm(fill(text.unknownAsk, values), text.unknownAction)) && (await confirm(fill(text.certainAsk, values), text.unknownAction))
  );
}
