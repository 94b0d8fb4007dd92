import { useMutation } from '@tanstack/react-query';
import { auditExport, type AuditFilter } from '../../api/audit-queries.ts';
import { download } from '../../ui/download.ts';
import { Failed } from '../../ui/parts.tsx';
import { audit as text } from '../../words/en/audit.ts';

/** What the filter lets through, as a file. */
export function ExportPart({ filter }: { filter: AuditFilter }) {
  const save = useMutation({
    mutationFn: (format: 'csv' | 'ndjson') =>
      download(auditExport(filter, format), `clawmoor-audit-${new Date().toISOString().slice(0, 10)}.${format}`),
  });
  return (
    <details>
      <summary>{text.export}</summary>
      <div className="actions">
        {(['csv', 'ndjson'] as const).map((format) => (
          <button key={format} type="button" className="button plain" disabled={save.isPending} onClick={() => save.mutate(format)}>
            {text[format]}
          </button>
        ))}
      </div>
      {save.isError && <Failed error={save.error} />}
    </details>
  );
}
