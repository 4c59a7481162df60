import axe from 'axe-core';

/**
 * What axe finds wrong in a part of the page. Contrast needs a real engine and is checked there;
 * a part of a page has no landmarks of its own.
 */
export async function faults(node: Element): Promise<string[]> {
  const { violations } = await axe.run(node, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}
