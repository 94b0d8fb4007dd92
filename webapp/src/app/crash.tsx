import { Component, type ReactNode } from 'react';
import { words } from '../words/words.ts';

/** What a person sees of a bug: that it happened, and one button that goes on. */
export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    if (!this.state.crashed) return this.props.children;
    return (
      <main className="screen">
        <div className="empty" role="alert">
          <h1>{words.failed.unexpected}</h1>
          <p>{words.failed.crashed}</p>
          <button type="button" className="button" onClick={() => location.reload()}>
            {words.failed.reload}
          </button>
        </div>
      </main>
    );
  }
}
