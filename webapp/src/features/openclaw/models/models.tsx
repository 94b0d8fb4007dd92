import { useState } from 'react';
import type { Model } from '@clawmoor/shared/openclaw-models.ts';
import { useModels, useProviders } from '../../../api/model-queries.ts';
import { useServer } from '../../../api/server-queries.ts';
import { List } from '../../../ui/list.tsx';
import { EmptyState, Show } from '../../../ui/parts.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { useSheet } from '../../../ui/sheet.tsx';
import { models as text } from '../../../words/en/models.ts';
import { short } from '../../../words/times.ts';
import { fill } from '../../../words/words.ts';
import { KeySheet } from './key-sheet.tsx';
import { ProviderCard } from './provider-card.tsx';

/** Which models the agents may use, and who provides them. */
export function Models({ id }: { id: string }) {
  const providers = useProviders(id);
  const models = useModels(id);
  const server = useServer(id);
  const mayChange = server.data !== undefined && server.data.role !== 'viewer';
  const sheet = useSheet('key');
  const [provider, setProvider] = useState('');
  const askFor = (one: string): void => {
    setProvider(one);
    sheet.show();
  };
  const addable = providers.data?.addable ?? [];
  return (
    <Screen title={text.title} main={mayChange && addable.length > 0 ? { text: text.addKey, press: () => askFor('') } : undefined}>
      <h2>{text.providers}</h2>
      <Show
        query={providers}
        empty={{
          when: (all) => all.providers.length === 0,
          face: <EmptyState title={text.noProviders}>{text.noProvidersHelp}</EmptyState>,
        }}
      >
        {({ providers: all }) =>
          all.map((one) => (
            <ProviderCard
              key={one.provider}
              id={id}
              provider={one}
              mayChange={mayChange}
              replace={addable.includes(one.provider) ? () => askFor(one.provider) : undefined}
            />
          ))
        }
      </Show>
      <h2>{text.models}</h2>
      <Show query={models} empty={{ when: (all) => all.length === 0, face: <p className="card hint">{text.noModels}</p> }}>
        {(all) => (
          <List>
            {all.map((model) => (
              <ModelRow key={model.id} model={model} />
            ))}
          </List>
        )}
      </Show>
      {mayChange && <KeySheet id={id} sheet={sheet} provider={provider} addable={addable} />}
    </Screen>
  );
}

function ModelRow({ model }: { model: Model }) {
  return (
    <li className="row">
      <span className="grow">
        <bdi dir="ltr">{model.id}</bdi>
        <small>
          {[
            model.contextWindow !== null && fill(text.context, { count: short(model.contextWindow) }),
            model.reasoning && text.reasoning,
            !model.available && text.unavailable,
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      {model.isDefault && <span className="tag">{text.isDefault}</span>}
    </li>
  );
}
