/** Amounts of money as a person types them. */

const MICROS = 1_000_000;

/** Millionths of a dollar of a typed amount; null for none, undefined when it is no amount. */
export function readAmount(text: string): number | null | undefined {
  const plain = text.trim().replace(/^\$/u, '').replaceAll(/[,\s]/gu, '');
  if (plain === '') return null;
  if (!/^\d{1,9}(\.\d{1,2})?$/u.test(plain)) return undefined;
  return Math.round(Number(plain) * MICROS);
}

/** An amount for the field it is typed into: `10` or `10.50`; empty for none. */
export function writeAmount(micros: number | null): string {
  if (micros === null) return '';
  const dollars = micros / MICROS;
  return Number.isInteger(dollars) ? String(dollars) : dollars.toFixed(2);
}
