/** What the mark of a network shows that has no shape in `network-marks.css`. */
export function letterOf(network: string): string {
  return [...network][0]?.toUpperCase() ?? '?';
}
