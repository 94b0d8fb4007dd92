import { useState } from 'react';
import { CodeEditor } from '../ui/code-editor.tsx';
import { Choice, Field } from '../ui/field.tsx';
import { List } from '../ui/list.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { Toggle } from '../ui/toggle.tsx';

/** What is filled in. */
export function Fields() {
  const [text, setText] = useState('root@203.0.113.7');
  const [choice, setChoice] = useState<'key' | 'password'>('key');
  const [on, setOn] = useState(true);
  const [soul, setSoul] = useState('# Who you are\n\nA helpful crab.\n');
  return (
    <>
      <h2>Fields</h2>
      <SearchField label="Search servers" value="" onChange={() => undefined} />
      <Field label="Address" help="As you would type it" value={text} onChange={({ target }) => setText(target.value)} />
      <Field label="Name" problem="There is one of this name" defaultValue="Harbour" />
      <Field label="Tags" optional />
      <Field multiline label="Private key" defaultValue="-----BEGIN OPENSSH PRIVATE KEY-----" />
      <SelectField
        label="Period"
        help="Days are counted in UTC"
        value={choice}
        options={[
          { value: 'key', label: 'a day' },
          { value: 'password', label: 'a month' },
        ]}
        onChange={setChoice}
      />
      <Choice
        legend="How to log in"
        value={choice}
        onChange={setChoice}
        options={[
          { value: 'key', label: 'A new key', help: 'We make a pair' },
          { value: 'password', label: 'Password' },
        ]}
      />
      <List>
        <li>
          <Toggle label="Tell of it" help="At once" checked={on} onChange={setOn} />
        </li>
        <li>
          <Toggle label="Not yours to set" checked={false} disabled onChange={() => undefined} />
        </li>
      </List>
      <CodeEditor label="SOUL.md" value={soul} saved="" onChange={setSoul} />
    </>
  );
}
