/** Link cards asked for so far in this window; a page is not fetched twice for one sitting. */
import type { Api, LinkCard } from '$lib/api';

const MOST = 50;
const asked = new WeakMap<Api, Map<string, Promise<LinkCard>>>();

export function cardFor(api: Api, url: string): Promise<LinkCard> {
  const cards = asked.get(api) ?? new Map<string, Promise<LinkCard>>();
  asked.set(api, cards);
  const known = cards.get(url);
  if (known) return known;
  const card = api.links.card({ url });
  cards.set(url, card);
  // A page that could not be read may be back in a minute.
  card.catch(() => cards.delete(url));
  const [oldest] = cards.keys();
  if (cards.size > MOST && oldest !== undefined) cards.delete(oldest);
  return card;
}
