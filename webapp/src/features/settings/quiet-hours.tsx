import type { QuietHours } from '@clawmoor/shared/me.ts';
import { Field } from '../../ui/field.tsx';
import { List } from '../../ui/list.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { notifications as text } from '../../words/en/notifications.ts';
import { fill } from '../../words/words.ts';

const CLOCK = /^\d{2}:\d{2}$/;
const deviceZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

export interface QuietHoursPartProps {
  quietHours: QuietHours;
  change: (change: Partial<QuietHours>) => void;
}

/** When the bot keeps quiet, on the clock of which place. */
export function QuietHoursPart({ quietHours, change }: QuietHoursPartProps) {
  const { enabled, start, end, timeZone, allowCritical } = quietHours;
  // Nobody has chosen a zone yet: the clock of the device is meant.
  const begin = (on: boolean): void => change({ enabled: on, ...(on && timeZone === 'UTC' && { timeZone: deviceZone }) });
  const setTime = (key: 'start' | 'end', value: string): void => {
    if (CLOCK.test(value)) change({ [key]: value });
  };
  return (
    <section>
      <h2>{text.quiet}</h2>
      <List>
        <li>
          <Toggle label={text.quietOn} help={text.quietHelp} checked={enabled} onChange={begin} />
        </li>
        {enabled && (
          <li>
            <Toggle
              label={text.critical}
              help={text.criticalHelp}
              checked={allowCritical}
              onChange={(allowed) => change({ allowCritical: allowed })}
            />
          </li>
        )}
      </List>
      {enabled && (
        <div className="card">
          <div className="pair">
            <Field label={text.from} type="time" value={start} onChange={({ target }) => setTime('start', target.value)} />
            <Field label={text.to} type="time" value={end} onChange={({ target }) => setTime('end', target.value)} />
          </div>
          <SelectField
            label={text.zone}
            help={fill(text.zoneHere, { zone: deviceZone })}
            value={timeZone}
            options={zonesWith(timeZone).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
            onChange={(zone) => change({ timeZone: zone })}
          />
        </div>
      )}
    </section>
  );
}

/** Web views of some years ago cannot list the zones: then there are the chosen one, the device's and UTC. */
function zonesWith(chosen: string): string[] {
  const known: string[] = Intl.supportedValuesOf?.('timeZone') ?? [];
  return [...new Set([chosen, deviceZone, 'UTC', ...known])];
}
