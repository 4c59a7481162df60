/** The next empty place of the weekly plan for the accounts that are chosen. */
import { type Api, ApiError, type Id, type SlotTime } from '$lib/api';

export class NextSlot {
  /** Null when there is none; undefined until it is known. */
  found = $state.raw<SlotTime | null | undefined>(undefined);
  /** Why the weekly plan could not be read. */
  problem = $state<string | null>(null);
  #turn = 0;

  constructor(private readonly api: Api) {}

  /** Looks for it. Of several questions on their way the last one's answer stands: whether this one's does. */
  async find(accountIds: Id[]): Promise<boolean> {
    const turn = ++this.#turn;
    let found: SlotTime | null | undefined;
    let problem: string | null = null;
    try {
      ({ slot: found } = await this.api.queue.next_free({ accountIds, after: null }));
    } catch (thrown) {
      problem = ApiError.from(thrown).message;
    }
    if (turn !== this.#turn) return false;
    this.found = found;
    this.problem = problem;
    return true;
  }
}
