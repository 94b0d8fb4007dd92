import { useEffect, useState } from 'react';
import { kit } from '../words/en/kit.ts';
import { fill } from '../words/words.ts';

/** A QR code that another phone can read, in both schemes: dark on light, with the quiet edge that scanners want. */
export function Qr({ text }: { text: string }) {
  const [cells, setCells] = useState<boolean[][]>();
  useEffect(() => {
    let gone = false;
    void import('uqr').then(({ encode }) => gone || setCells(encode(text, { border: 4 }).data));
    return () => {
      gone = true;
    };
  }, [text]);
  const size = cells?.length ?? 0;
  const path = cells?.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('') ?? '';
  return (
    <svg className="qr" viewBox={`0 0 ${size || 1} ${size || 1}`} role="img" aria-label={fill(kit.qr.label, { text })}>
      <path d={path} />
    </svg>
  );
}
