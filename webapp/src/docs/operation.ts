import { element } from './element.ts';
import { fieldsOf, rulesOf, type Field, type Operation } from './document.ts';

export interface Place {
  method: string;
  path: string;
  operation: Operation;
}

const EXAMPLE_ORIGIN = 'https://clawmoor.example';

/** One operation, closed. What is inside is made when it is opened for the first time: there are hundreds. */
export function operationItem({ method, path, operation }: Place): HTMLDetailsElement {
  const item = element(
    'details',
    { id: operation.operationId, class: 'card operation' },
    element(
      'summary',
      {},
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('code', { dir: 'ltr' }, path),
      element('span', { class: 'summary' }, operation.summary),
    ),
  );
  item.addEventListener('toggle', () => {
    if (item.open && item.childElementCount === 1) item.append(...inside(operation));
  });
  return item;
}

function inside(operation: Operation): Node[] {
  const { description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
  const answer = success?.[1].content?.['application/json'];
  const [otherType] = Object.keys(success?.[1].content ?? {});
  const given: Field[] = parameters.map(({ name, in: where, required, schema }) => ({
    name: `${name} (${where})`,
    required,
    rules: rulesOf(schema),
  }));
  return [
    element('p', {}, description),
    ...table('Parameters', given),
    ...table('Body', body?.schema ? fieldsOf(body.schema) : []),
    element('h4', {}, 'Example'),
    block(operation['x-codeSamples'][0]?.source.replaceAll(EXAMPLE_ORIGIN, location.origin) ?? '', 'Request'),
    element('h4', {}, `Answer ${success?.[0] ?? ''}`),
    answer
      ? block(JSON.stringify(answer.example ?? null, null, 2), 'Answer')
      : element('p', { class: 'hint' }, otherType ?? 'Nothing besides the status.'),
    ...(answer?.schema ? [more('Fields of the answer', table('', fieldsOf(answer.schema)))] : []),
    ...errors(responses),
  ];
}

function table(title: string, fields: Field[]): Node[] {
  if (fields.length === 0) return [];
  const rows = fields.map(({ name, required, rules }) =>
    element('tr', {}, element('th', { scope: 'row' }, element('code', {}, name), required && ' *'), element('td', {}, rules)),
  );
  return [
    ...(title === ''
      ? []
      : [element('h4', {}, title, fields.some(({ required }) => required) && element('small', {}, ' (* must be there)'))]),
    element('table', {}, element('tbody', {}, ...rows)),
  ];
}

function errors(responses: Operation['responses']): Node[] {
  const rows = Object.entries(responses)
    .filter(([, response]) => response['x-codes'])
    .map(([status, response]) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, status),
        element('td', {}, element('code', {}, (response['x-codes'] ?? []).join(', '))),
      ),
    );
  return rows.length === 0 ? [] : [element('h4', {}, 'Errors'), element('table', { class: 'errors' }, element('tbody', {}, ...rows))];
}

const more = (title: string, children: Node[]): HTMLDetailsElement => element('details', {}, element('summary', {}, title), ...children);

/** A block that can be scrolled, by keyboard as well. */
const block = (text: string, label: string): HTMLPreElement =>
  element('pre', { tabindex: '0', role: 'region', 'aria-label': label, dir: 'ltr' }, element('code', {}, text));
