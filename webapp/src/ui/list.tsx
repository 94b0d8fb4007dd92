import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconLook } from './icon.tsx';

/** Rows on one surface. */
export const List = ({ children }: { children: ReactNode }) => <ul className="list">{children}</ul>;

export interface LinkRowProps {
  href: string;
  icon?: IconLook;
  /** In place of the icon. */
  emoji?: string;
  /** One or two lines. */
  children: ReactNode;
  /** At the end of the row: a state, a number. */
  end?: ReactNode;
}

/** A row that opens a screen. */
export function LinkRow({ href, icon, emoji, children, end }: LinkRowProps) {
  return (
    <li>
      <Link href={href} className="row">
        {icon && (
          <span className="tile">
            <Icon name={icon} />
          </span>
        )}
        {emoji !== undefined && (
          <span className="tile emoji" aria-hidden="true">
            {emoji}
          </span>
        )}
        <span className="grow">{children}</span>
        {end}
        <span className="chevron">
          <Icon name="chevron" />
        </span>
      </Link>
    </li>
  );
}

/** A name and its value. */
export function FactRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="row fact">
      <span className="grow">{name}</span>
      <span className="value">{children}</span>
    </li>
  );
}
