import { useState } from 'react';
import { Chips } from '../ui/chips.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Sheet, useSheet } from '../ui/sheet.tsx';
import { StepUpForm } from '../ui/step-up-form.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { TypeName } from '../ui/type-name.tsx';

const ICONS: readonly IconName[] = [
  'add',
  'agents',
  'back',
  'chevron',
  'close',
  'down',
  'history',
  'key',
  'plug',
  'search',
  'server',
  'settings',
  'trash',
  'wrench',
];
const TABS = [
  { key: 'hour', label: '1 hour' },
  { key: 'day', label: '24 hours' },
  { key: 'week', label: '7 days' },
] as const;

/** What is pressed. */
export function Actions() {
  const [tab, setTab] = useState<'hour' | 'day' | 'week'>('hour');
  const [chips, setChips] = useState<('home' | 'work')[]>(['home']);
  const sheet = useSheet('kit');
  const type = useSheet('type');
  const prove = useSheet('prove');
  return (
    <>
      <h2>Buttons</h2>
      <div className="actions">
        <button type="button" className="button">
          Do it
        </button>
        <button type="button" className="button plain">
          Leave it
        </button>
        <button type="button" className="button danger">
          Delete it
        </button>
        <button type="button" className="button" disabled>
          Not now
        </button>
        <button type="button" className="button small" aria-busy="true">
          Busy
        </button>
      </div>
      <p className="card swatches">
        {ICONS.map((name) => (
          <Icon key={name} name={name} />
        ))}
      </p>
      <h2>Tabs and chips</h2>
      <Tabs label="Period" tabs={TABS} value={tab} onChange={setTab}>
        <p className="card">The panel of {tab}</p>
      </Tabs>
      <Chips
        label="Tags"
        options={[
          { key: 'home', label: 'home' },
          { key: 'work', label: 'work' },
        ]}
        value={chips}
        onChange={setChips}
      />
      <h2>Sheets</h2>
      <div className="actions">
        <button type="button" className="button plain" onClick={sheet.show}>
          Open a sheet
        </button>
        <button type="button" className="button plain" onClick={type.show}>
          Type a name
        </button>
        <button type="button" className="button plain" onClick={prove.show}>
          Prove that it is you
        </button>
      </div>
      <Sheet sheet={sheet} title="A sheet">
        <p>From the bottom edge of a phone, in the middle of a desktop.</p>
      </Sheet>
      <TypeName
        sheet={type}
        action="Remove the server"
        help="What stands on the machine stays."
        name="Harbour"
        busy={false}
        error={null}
        confirm={() => void type.hide()}
      />
      <Sheet sheet={prove} title="Replace the key">
        <StepUpForm
          action="Replace"
          help="The old one is worth nothing at once."
          busy={false}
          error={null}
          confirm={() => void prove.hide()}
          cancel={() => void prove.hide()}
        />
      </Sheet>
    </>
  );
}
