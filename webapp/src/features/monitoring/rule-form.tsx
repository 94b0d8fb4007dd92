import { useState } from 'react';
import type { ChangedRules, WatchedKind, WatchedRules } from '@clawmoor/shared/monitoring.ts';
import { useChangeMonitoring } from '../../api/monitoring-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { Field } from '../../ui/field.tsx';
import { Failed } from '../../ui/parts.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { monitoring as text } from '../../words/en/monitoring.ts';
import { fill, number, words } from '../../words/words.ts';
import { fieldsOf, isCrossed, numbersOf, typedOf } from './rule-fields.ts';

export interface RuleFormProps {
  id: string;
  kind: WatchedKind;
  rule: WatchedRules[WatchedKind];
  hide: () => Promise<void>;
}

/** What an incident of one kind opens at. */
export function RuleForm({ id, kind, rule, hide }: RuleFormProps) {
  const [enabled, setEnabled] = useState(rule.enabled);
  const [typed, setTyped] = useState(() => typedOf(kind, rule));
  const change = useChangeMonitoring(id);
  const numbers = numbersOf(kind, typed);
  const crossed = numbers !== undefined && isCrossed(numbers);
  const save = (): void => {
    if (numbers === undefined || crossed || change.isPending) return;
    const rules: ChangedRules = { [kind]: { enabled, ...numbers } };
    change.mutate({ rules }, { onSuccess: () => (haptic('success'), void hide()) });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Toggle label={text.tell} help={text.tellHelp[kind]} checked={enabled} onChange={setEnabled} />
      {enabled &&
        fieldsOf(kind).map(([name, { least, most }]) => (
          <Field
            key={name}
            label={text.fields[name]}
            inputMode="numeric"
            dir="ltr"
            value={typed[name] ?? ''}
            problem={
              numbersOf(kind, { ...typedOf(kind, rule), [name]: typed[name] ?? '' }) === undefined
                ? fill(text.wrong, { least: number(least), most: number(most) })
                : undefined
            }
            onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
          />
        ))}
      {crossed && (
        <p className="notice warn" role="alert">
          {text.crossed}
        </p>
      )}
      {change.isError && <Failed error={change.error} />}
      <div className="actions even">
        <button type="button" className="button plain" onClick={() => void hide()}>
          {words.app.cancel}
        </button>
        <button
          type="submit"
          className="button"
          disabled={numbers === undefined || crossed || change.isPending}
          aria-busy={change.isPending}
        >
          {text.save}
        </button>
      </div>
    </form>
  );
}
