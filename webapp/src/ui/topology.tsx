import type { ReactNode } from 'react';
import { kit } from '../words/en/kit.ts';
import { Icon, type IconLook } from './icon.tsx';
import { StateWord, type Tone } from './parts.tsx';

export interface TopologyNode {
  key: string;
  name: string;
  icon: IconLook;
  tone: Tone;
  state: string;
  /** What hangs on it. */
  children?: readonly TopologyNode[];
}

/** Server → gateway → agents → channels, as a tree that reads from the top: nested lists, with lines drawn by the style sheet. */
export function Topology({ root }: { root: TopologyNode }) {
  return (
    <section className="topology" aria-label={kit.topology.title}>
      <ul>
        <Node node={root} />
      </ul>
    </section>
  );
}

function Node({ node }: { node: TopologyNode }): ReactNode {
  return (
    <li>
      <div className="node">
        <span className="tile">
          <Icon name={node.icon} />
        </span>
        <span className="grow">
          <bdi>{node.name}</bdi>
          <StateWord tone={node.tone}>{node.state}</StateWord>
        </span>
      </div>
      {node.children && node.children.length > 0 && (
        <ul>
          {node.children.map((child) => (
            <Node key={child.key} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
