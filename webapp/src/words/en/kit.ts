import { section, type Forms } from '../section.ts';

/** The words of the kit's own elements. */
export const kit = section('kit', {
  close: 'Close',
  log: {
    empty: 'No line yet.',
    noMatch: 'No line matches.',
    newLines: 'New lines',
    toEnd: 'To the end',
    wrap: 'Wrap',
    times: 'Times',
    errors: 'Errors',
    search: 'Search the log',
    copy: 'Copy',
    lines: { one: '# line', other: '# lines' } as Forms,
  },
  diff: {
    added: 'added',
    removed: 'removed',
    same: 'Nothing differs.',
    unchanged: { one: '# unchanged line', other: '# unchanged lines' } as Forms,
  },
  chart: {
    noValues: 'No values yet',
    summary: '{name}: now {last}, lowest {low}, highest {high}',
    failed: 'The chart could not be drawn.',
  },
  editor: { unsaved: 'Not saved yet', leave: 'Leave without saving? What you changed is lost.', leaveAction: 'Leave' },
  qr: { label: 'QR code: {text}' },
  typeName: 'Type {name} to confirm:',
  topology: { title: 'How it hangs together', you: 'You', panel: 'Clawmoor', gateway: 'Gateway' },
});
