import type { ReactNode } from 'react';
import type { KnownModel, OllamaModel, OllamaStatus } from '@clawmoor/shared/ollama.ts';
import { useDeleteModel } from '../../api/ollama-queries.ts';
import { haptic } from '../../telegram/controls.ts';
import { confirm } from '../../telegram/popup.ts';
import { bytes } from '../../ui/bytes.ts';
import { List } from '../../ui/list.tsx';
import { Failed } from '../../ui/parts.tsx';
import { ollama as text } from '../../words/en/ollama.ts';
import { fill } from '../../words/words.ts';
import '../../ui/row-problem.css';

/** `name:latest` is what people call `name`. */
const called = (name: string): string => name.replace(/:latest$/, '');

export function InstalledModels({ id, models, mayChange }: { id: string; models: readonly OllamaModel[]; mayChange: boolean }) {
  const remove = useDeleteModel(id);
  const ask = async (name: string): Promise<void> => {
    if (await confirm(fill(text.removeAsk, { name: called(name) }), text.remove))
      remove.mutate(name, { onSuccess: () => haptic('success') });
  };
  return (
    <>
      <h2>{text.models}</h2>
      {remove.isError && <Failed error={remove.error} />}
      {models.length === 0 ? (
        <p className="card hint">{text.noModels}</p>
      ) : (
        <List>
          {models.map(({ name, sizeBytes, embedding, parameters, loaded }) => (
            <li key={name} className="row">
              <span className="grow">
                <bdi dir="ltr">{called(name)}</bdi>
                <small>
                  {[
                    bytes(sizeBytes),
                    parameters,
                    embedding ? text.embedding : text.talking,
                    loaded && fill(text.loaded, { size: bytes(loaded.bytes) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </span>
              {mayChange && (
                <button
                  type="button"
                  className="button plain small"
                  aria-label={fill(text.removeNamed, { name: called(name) })}
                  disabled={remove.isPending}
                  onClick={() => void ask(name)}
                >
                  {text.remove}
                </button>
              )}
            </li>
          ))}
        </List>
      )}
    </>
  );
}

interface KnownModelsProps {
  status: OllamaStatus;
  mayChange: boolean;
  busy: boolean;
  get: (model: string) => void;
}

/** Those that document collections work well with; what does not fit says why. */
export function KnownModels({ status: { known, recommended }, mayChange, busy, get }: KnownModelsProps) {
  const missing = known.filter(({ installed }) => !installed);
  if (missing.length === 0) return null;
  return (
    <>
      <h2>{text.known}</h2>
      <List>
        {missing.map((model) => (
          <KnownRow key={model.name} model={model} suggested={model.name === recommended}>
            {mayChange && model.fit === 'yes' && (
              <button
                type="button"
                className="button plain small"
                aria-label={fill(text.getNamed, { name: model.name })}
                disabled={busy}
                onClick={() => get(model.name)}
              >
                {text.get}
              </button>
            )}
          </KnownRow>
        ))}
      </List>
    </>
  );
}

function KnownRow({ model, suggested, children }: { model: KnownModel; suggested: boolean; children: ReactNode }) {
  const { name, languages, sizeBytes, memoryBytes, fit } = model;
  return (
    <li className="row">
      <span className="grow">
        <span>
          <bdi dir="ltr">{name}</bdi> {suggested && <span className="tag">{text.recommended}</span>}
        </span>
        <small>
          {text.languages[languages]} · {fill(text.needs, { size: bytes(sizeBytes), memory: bytes(memoryBytes) })}
        </small>
        {fit !== 'yes' && <small className="bad">{text.fits[fit]}</small>}
      </span>
      {children}
    </li>
  );
}
