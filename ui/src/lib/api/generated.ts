// Generated from the Rust types by `cargo xtask types`. Do not edit.
/* eslint-disable */

/**
 * What a person says to a program that asks for access.
 */
export type AccessAnswer = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which question.
 */
id: string, 
/**
 * It is let in; otherwise it is told no.
 */
yes: boolean, };

/**
 * A program asks; the person answers.
 */
export type AccessAsk = { 
/**
 * Which question.
 */
id: string, 
/**
 * What people call the program.
 */
name: string, 
/**
 * Where the browser goes back to.
 */
redirectUri: string, 
/**
 * What it wants to do.
 */
role: KeyRole, };

/**
 * The programs of a workspace, the newest first, and what they ask, the oldest first.
 */
export type AccessList = { 
/**
 * The programs.
 */
programs: Array<AccessProgram>, 
/**
 * What waits for an answer.
 */
asks: Array<AccessAsk>, };

/**
 * A program that may ask.
 */
export type AccessProgram = { 
/**
 * Its public identifier, `client_id` in OAuth.
 */
id: string, 
/**
 * The workspace it asks for.
 */
workspaceId: WorkspaceId, 
/**
 * What people call it.
 */
name: string, 
/**
 * Where the browser goes back to, exactly.
 */
redirectUri: string, 
/**
 * When it was registered.
 */
createdAt: Timestamp, 
/**
 * How often it was let in, and was not shut out since.
 */
granted: number, 
/**
 * When it was last seen, to the minute.
 */
lastUsedAt: Timestamp | null, };

/**
 * Let a program ask for access.
 */
export type AccessRegister = { 
/**
 * The workspace it may ask for.
 */
workspaceId: WorkspaceId, 
/**
 * What to call it.
 */
name: string, 
/**
 * Where the browser goes back to: https, or http on this computer.
 */
redirectUri: string, };

/**
 * A program that was registered. The only time that its secret is shown.
 */
export type AccessRegistered = { 
/**
 * What is kept of it.
 */
program: AccessProgram, 
/**
 * Its secret, `client_secret` in OAuth; never logged, never kept.
 */
secret: string, };

/**
 * A connected account on a network. Its secrets are in the keyring, never here.
 */
export type Account = { 
/**
 * Identifier.
 */
id: AccountId, 
/**
 * The workspace it belongs to.
 */
workspaceId: WorkspaceId, 
/**
 * Key of the network in the catalogue, such as `bluesky`.
 */
network: string, 
/**
 * The network's own stable id of the account (a DID, a folder path).
 */
remoteId: string, 
/**
 * The name people know it by on the network, such as `ana.example.com`.
 */
handle: string, 
/**
 * The name it shows.
 */
displayName: string, 
/**
 * Address of the server, where the network has several; empty otherwise.
 */
server: string, 
/**
 * Connector settings that are no secrets, as a JSON object with the fields the catalogue names.
 */
settings: Record<string, unknown>, 
/**
 * Whether it can send.
 */
health: AccountHealth, 
/**
 * Publishing to it is paused; the text is the reason shown.
 */
paused: string | null, 
/**
 * When it was connected.
 */
createdAt: Timestamp, };

/**
 * Ask a network what it offers an account for an option.
 */
export type AccountChoices = { 
/**
 * The account.
 */
id: AccountId, 
/**
 * Name of the option, or `mention` for names in a text.
 */
option: string, 
/**
 * What was typed so far.
 */
query: string, 
/**
 * What else was chosen for the target: some offers follow from it, such as a community's flairs.
 */
chosen?: Record<string, unknown>, };

/**
 * Connect an account with what a person typed.
 */
export type AccountConnect = { 
/**
 * The workspace it will belong to.
 */
workspaceId: WorkspaceId, 
/**
 * Key of the network.
 */
network: string, 
/**
 * Key of the way to sign in; the network's first when empty.
 */
method: string, 
/**
 * Fields that are no secrets, by name of the catalogue.
 */
fields: { [key in string]: string }, 
/**
 * Secret fields, by name of the catalogue; never logged.
 */
secrets: { [key in string]: string }, };

/**
 * Whether an account can send.
 */
export type AccountHealth = { "kind": "ok" } | { "kind": "needs_reconnect", 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * Since when.
 */
since: Timestamp, };

/**
 * A connected account on a network.
 */
export type AccountId = string;

/**
 * Pause publishing to an account, or go on.
 */
export type AccountPause = { 
/**
 * Which.
 */
id: AccountId, 
/**
 * The reason shown; none goes on.
 */
reason: string | null, };

/**
 * Whether an account can publish.
 */
export type AccountReadiness = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * It can publish now.
 */
ready: boolean, 
/**
 * What it lacks, the worst first; may be something although it is ready.
 */
lacks: Array<Lack>, };

/**
 * Connect an account again.
 */
export type AccountReconnect = { 
/**
 * Which.
 */
id: AccountId, 
/**
 * Key of the way to sign in; the network's first when empty.
 */
method: string, 
/**
 * Fields that are no secrets.
 */
fields: { [key in string]: string }, 
/**
 * Secret fields; never logged.
 */
secrets: { [key in string]: string }, };

/**
 * A page of what happened.
 */
export type Activity = { 
/**
 * Newest first.
 */
entries: Array<ActivityEntry>, 
/**
 * There is more.
 */
more: boolean, };

/**
 * One line of what happened: an attempt with its post.
 */
export type ActivityEntry = { 
/**
 * Cursor of this entry.
 */
cursor: string, 
/**
 * The post.
 */
postId: PostId, 
/**
 * Its first words.
 */
words: string, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The target as it stands now.
 */
state: DeliveryState, 
/**
 * The post's status as it stands now.
 */
status: ShownStatus, 
/**
 * Address on the network.
 */
url: string | null, 
/**
 * Which of the few tries comes next, from 1; none where nothing is tried again by itself.
 */
nextTry: number | null, 
/**
 * The attempt.
 */
attempt: Attempt, 
/**
 * What became of the first comment, on the attempt that published the post.
 */
firstComment: FirstComment | null, };

/**
 * Read what happened.
 */
export type ActivityQuery = { 
/**
 * Only what happened before this entry; the newest when missing.
 */
before: string | null, 
/**
 * Only entries that need the person now.
 */
onlyNeedsPerson: boolean, 
/**
 * At most this many, 1 to 200.
 */
limit: number, };

/**
 * Who made a change.
 */
export type Actor = "person" | "publisher" | "import" | "history" | "program";

/**
 * Where lines stand in their width. Words that are read from right to left start at the right.
 */
export type Align = "start" | "middle" | "end";

/**
 * An error as every door shows it.
 */
export type ApiError = { 
/**
 * The kind.
 */
code: ErrorCode, 
/**
 * A sentence for a person: what did not happen, why, what is safe, what to do.
 */
message: string, 
/**
 * The field of the input it concerns.
 */
field: string | null, 
/**
 * Detail for *Details*, without secrets.
 */
detail: string | null, 
/**
 * Best remedy, where one button can do it.
 */
fix: Fix | null, };

/**
 * A key as it is shown later: without the key itself.
 */
export type ApiKey = { 
/**
 * Which.
 */
id: KeyId, 
/**
 * The only workspace it reaches.
 */
workspaceId: WorkspaceId, 
/**
 * What people call it.
 */
name: string, 
/**
 * Its last characters.
 */
tail: string, 
/**
 * What it is for.
 */
role: KeyRole, 
/**
 * What it may do besides reading.
 */
permissions: Array<Permission>, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * From when on it is refused; none for never.
 */
expiresAt: Timestamp | null, 
/**
 * When it was last used, to the minute.
 */
lastUsedAt: Timestamp | null, 
/**
 * When it was revoked.
 */
revokedAt: Timestamp | null, };

/**
 * The keys of a workspace, newest first; revoked ones included.
 */
export type ApiKeys = { 
/**
 * The keys.
 */
keys: Array<ApiKey>, };

/**
 * A part of a picture, in millionths of its width and height.
 */
export type Area = { 
/**
 * Distance from the left edge.
 */
left: number, 
/**
 * Distance from the upper edge.
 */
top: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, };

/**
 * What a person says to a program that asks that a post go out.
 */
export type AskAnswer = { 
/**
 * The post.
 */
id: PostId, 
/**
 * It goes out as asked; otherwise it stays as it is.
 */
yes: boolean, 
/**
 * What was shown. A yes to anything else than is asked for by now is a conflict.
 */
seen: AskSeen | null, };

/**
 * What a program asks for, as it was shown to the person: a yes counts for nothing else.
 */
export type AskSeen = { 
/**
 * The version of the post.
 */
version: number, 
/**
 * It is to go out now, and not at the time it is planned for.
 */
atOnce: boolean, };

/**
 * One try to deliver a target, as the job log shows it.
 */
export type Attempt = { 
/**
 * Identifier.
 */
id: AttemptId, 
/**
 * What it delivers.
 */
targetId: TargetId, 
/**
 * From 1, growing over the target's life.
 */
number: number, 
/**
 * When it began.
 */
startedAt: Timestamp, 
/**
 * When it ended; none while open.
 */
endedAt: Timestamp | null, 
/**
 * Milliseconds between both.
 */
durationMs: number | null, 
/**
 * How it ended.
 */
outcome: AttemptOutcome, 
/**
 * The kind of failure.
 */
category: Category | null, 
/**
 * A sentence for a person.
 */
message: string | null, 
/**
 * The network's own words and code, cleaned of secrets.
 */
detail: string | null, 
/**
 * Whether it is tried again by itself.
 */
willRetry: boolean, 
/**
 * When.
 */
nextTryAt: Timestamp | null, 
/**
 * Steps finished so far, such as uploads and segments.
 */
stepsDone: number, 
/**
 * When the network was to publish it by itself; none when it was to be published at once.
 */
placeAt: Timestamp | null, };

/**
 * One try to deliver a target.
 */
export type AttemptId = string;

/**
 * How an attempt ended.
 */
export type AttemptOutcome = "open" | "sent" | "not_sent" | "uncertain";

/**
 * Attempts of a post's targets, newest first.
 */
export type Attempts = { 
/**
 * The attempts.
 */
attempts: Array<Attempt>, };

/**
 * Read the log of deliveries of a workspace.
 */
export type AttemptsQuery = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Only of this network.
 */
network: string | null, 
/**
 * Only what began at or after this instant.
 */
since: Timestamp | null, 
/**
 * Only what ended so.
 */
outcome: AttemptOutcome | null, 
/**
 * Only where the network asked to wait, or only where it did not.
 */
limited: boolean | null, 
/**
 * At most this many, the newest; 1 to 10,000.
 */
limit: number, };

/**
 * A backup of the database.
 */
export type Backup = { 
/**
 * Where it lies.
 */
path: string, 
/**
 * When it was made.
 */
at: Timestamp, 
/**
 * Bytes.
 */
bytes: number, };

/**
 * The bin, newest first.
 */
export type Bin = { 
/**
 * What is in it.
 */
entries: Array<BinEntry>, };

/**
 * Something in the bin.
 */
export type BinEntry = { 
/**
 * What it is.
 */
subject: Subject, 
/**
 * Its identifier.
 */
id: string, 
/**
 * Its name or first words.
 */
words: string, 
/**
 * When it went there.
 */
deletedAt: Timestamp, 
/**
 * When it is gone for good.
 */
goneAt: Timestamp, };

/**
 * One thing of the bin.
 */
export type BinItem = { 
/**
 * What it is.
 */
subject: Subject, 
/**
 * Its identifier.
 */
id: string, };

/**
 * Things of the bin.
 */
export type BinItems = { 
/**
 * Subject and identifier of each.
 */
items: Array<BinItem>, };

/**
 * Everything the screen needs to draw its first frame, in one answer.
 */
export type Boot = { 
/**
 * The program's version.
 */
version: string, 
/**
 * The clock of the core.
 */
now: Timestamp, 
/**
 * The zone of this computer.
 */
systemZone: Zone, 
/**
 * How the system writes dates and hours, and on which day its weeks start.
 */
systemFormats: SystemFormats, 
/**
 * All workspaces that are not in the bin.
 */
workspaces: Array<Workspace>, 
/**
 * All calendars, archived ones included.
 */
calendars: Array<Calendar>, 
/**
 * All accounts.
 */
accounts: Array<Account>, 
/**
 * Networks one can connect.
 */
catalogue: Array<Entry>, 
/**
 * Settings.
 */
settings: Settings, 
/**
 * What the screen remembers for itself, by key (`preferences.put`).
 */
preferences: Record<string, unknown>, 
/**
 * What the workspaces keep for writing, by workspace; those that keep nothing are left out.
 */
writing: { [key in WorkspaceId]: Writing }, 
/**
 * The publisher.
 */
publisher: PublisherStatus, 
/**
 * Where secrets are kept.
 */
vault: VaultStatus, 
/**
 * The program was never used before: the first-start card shows.
 */
firstStart: boolean, 
/**
 * How many posts need the person.
 */
needsPerson: number, 
/**
 * Number of the newest change this answer includes.
 */
lastSeq: number, };

/**
 * Signing in through the browser.
 */
export type Browser = { 
/**
 * Where it comes back to.
 */
redirect: Redirect, 
/**
 * Where a person registers an app of their own; none where nothing has to be registered.
 */
registerAt: string | null, 
/**
 * What the network is asked to allow, in its own words; empty where it has no such words.
 */
scopes: Array<string>, };

/**
 * Set how much paid calls of a workspace may cost in a calendar month.
 */
export type BudgetSet = { 
/**
 * The workspace.
 */
id: WorkspaceId, 
/**
 * In millionths of a US dollar; none or 0 takes the limit off.
 */
microDollars: number | null, };

/**
 * A named plan in a workspace.
 */
export type Calendar = { 
/**
 * Identifier.
 */
id: CalendarId, 
/**
 * The workspace it belongs to.
 */
workspaceId: WorkspaceId, 
/**
 * Its name.
 */
name: string, 
/**
 * What it is for.
 */
description: string, 
/**
 * The zone people schedule in.
 */
zone: Zone, 
/**
 * When people work on it; hours outside are shaded.
 */
workingHours: Array<WorkingHours>, 
/**
 * Accounts a new post starts with.
 */
defaultAccounts: Array<AccountId>, 
/**
 * How late a post may still go out by itself, in minutes.
 */
graceMinutes: number, 
/**
 * Most posts it holds, those in the bin not counted; none without limit.
 */
mostPosts: number | null, 
/**
 * Active or archived.
 */
status: CalendarStatus, 
/**
 * Publishing from this calendar is paused; the text is the reason shown.
 */
paused: string | null, 
/**
 * When it was made.
 */
createdAt: Timestamp, };

/**
 * Archive a calendar or take it back into use.
 */
export type CalendarArchive = { 
/**
 * Which.
 */
id: CalendarId, 
/**
 * Archive or not.
 */
archived: boolean, };

/**
 * A new calendar.
 */
export type CalendarCreate = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * What was chosen.
 */
draft: CalendarDraft, };

/**
 * What a person chooses for a calendar.
 */
export type CalendarDraft = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it is for.
 */
description: string, 
/**
 * The zone people schedule in.
 */
zone: Zone, 
/**
 * When people work on it.
 */
workingHours: Array<WorkingHours>, 
/**
 * Accounts a new post starts with.
 */
defaultAccounts: Array<AccountId>, 
/**
 * How late a post may still go out by itself, in minutes.
 */
graceMinutes: number, 
/**
 * Most posts it holds, those in the bin not counted; none without limit.
 */
mostPosts: number | null, };

/**
 * Write calendars to a file.
 */
export type CalendarExport = { 
/**
 * Absolute path of the file to write.
 */
path: string, 
/**
 * Calendars; empty for all.
 */
calendars: Array<CalendarId>, };

/**
 * A named plan in a workspace.
 */
export type CalendarId = string;

/**
 * Pause publishing from a calendar, or go on.
 */
export type CalendarPause = { 
/**
 * Which.
 */
id: CalendarId, 
/**
 * The reason shown; none goes on.
 */
reason: string | null, };

/**
 * Whether a calendar takes part in daily work.
 */
export type CalendarStatus = "active" | "archived";

/**
 * Change a calendar.
 */
export type CalendarUpdate = { 
/**
 * Which.
 */
id: CalendarId, 
/**
 * What was chosen. A changed zone does not move posts: they keep wall time and zone as typed.
 */
draft: CalendarDraft, };

/**
 * What an account can do: what its network can, with what is the account's own.
 */
export type Capabilities = { 
/**
 * Whether it can publish now, and what it lacks.
 */
readiness: AccountReadiness, 
/**
 * Longest text of one part for this account, in the network's unit; none without limit. Servers and
 * subscriptions make it differ from the network's usual one.
 */
maxText: number | null, 
/**
 * What the network publishes: limits, options, quotas, prices.
 */
network: Entry, };

/**
 * The format of a file of captions.
 */
export type CaptionFormat = "srt" | "vtt";

/**
 * How a network names the language of captions; what it has no name for does not go along.
 */
export type CaptionLanguages = "any" | "two_letters" | "with_country";

/**
 * What a network takes of the captions of a video.
 */
export type CaptionLimits = { 
/**
 * What they are sent as, whatever they came as.
 */
format: CaptionFormat, 
/**
 * Most languages of one video; none when the network names no number.
 */
maxCount: number | null, 
/**
 * Largest file in bytes; none when the network names no number.
 */
maxBytes: number | null, 
/**
 * Which languages it has a name for.
 */
languages: CaptionLanguages, };

/**
 * The captions of one language.
 */
export type Captions = { 
/**
 * Which, as BCP 47 names it: `en`, `pt-BR`.
 */
language: string, 
/**
 * In order of time.
 */
cues: Array<Cue>, };

/**
 * A file of captions on this computer.
 */
export type CaptionsFile = { 
/**
 * Where it lies.
 */
path: string, };

/**
 * What is in a file of captions.
 */
export type CaptionsRead = { 
/**
 * The language that the file's name tells; none when it tells none.
 */
language: string | null, 
/**
 * What is said, and when.
 */
cues: Array<Cue>, };

/**
 * The kind of failure, as shown to people and in the API.
 */
export type Category = "rate_limited" | "network_error" | "auth_error" | "media_error" | "media_processing" | "duplicate" | "validation" | "over_budget" | "your_turn" | "unknown";

/**
 * One row of the change feed. Its reader fetches the thing itself; a row whose thing is gone says
 * that it was deleted.
 */
export type Change = { 
/**
 * Grows by at least one with each change, never reused.
 */
seq: number, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Who.
 */
actor: Actor, 
/**
 * What sort of thing.
 */
subject: Subject, 
/**
 * Its identifier as text; empty where the subject says so.
 */
id: string, };

/**
 * A part of the change feed.
 */
export type ChangeBatch = { 
/**
 * In order.
 */
changes: Array<Change>, 
/**
 * The number to ask from next.
 */
lastSeq: number, 
/**
 * Too many or already pruned: read everything anew.
 */
reload: boolean, };

/**
 * Changes after a number.
 */
export type ChangesSince = { 
/**
 * The last number the reader has seen.
 */
seq: number, };

/**
 * What is tried.
 */
export type CheckPart = "put" | "fetch" | "list" | "remove";

/**
 * What came of one part.
 */
export type CheckStep = { 
/**
 * Which part.
 */
part: CheckPart, 
/**
 * Why it did not work, and what to do; none when it worked.
 */
message: string | null, 
/**
 * The storage's own words.
 */
detail: string | null, };

/**
 * What the check found.
 */
export type Checked = { 
/**
 * Everything wrong, errors first.
 */
problems: Array<Problem>, 
/**
 * One entry per chosen account, in the draft's order.
 */
accounts: Array<CheckedAccount>, 
/**
 * Why it cannot be scheduled, as one sentence; none when it can.
 */
blocked: string | null, 
/**
 * The instant it would stand at and what a clock change did to it.
 */
resolved: ResolvedPlace | null, };

/**
 * A draft as one account would send it.
 */
export type CheckedAccount = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * One entry a segment of what this account gets.
 */
segments: Array<CheckedSegment>, 
/**
 * What sending it costs, in millionths of a US dollar, as far as is known before; none where it
 * costs nothing.
 */
cost: number | null, 
/**
 * The same as a sentence: "Costs about $0.02 on X."
 */
costs: string | null, 
/**
 * Videos that go out otherwise than they lie in the library.
 */
videos: Array<SentVideo>, };

/**
 * A segment as one account would send it.
 */
export type CheckedSegment = { 
/**
 * What was typed for it.
 */
segment: Segment, 
/**
 * How long it is as it goes out; what is too much is shown in the typed text.
 */
measure: Measure, 
/**
 * Links, mentions, tags of the typed text.
 */
spans: Array<TextSpan>, 
/**
 * The first link, that a card would be made of.
 */
cardUrl: string | null, 
/**
 * The text as it goes out, where links get parameters; none where it goes out as typed.
 */
sent: SentText | null, };

/**
 * A post as a calendar, a queue or a list shows it: light, so that ten thousand fit in one answer.
 */
export type Chip = { 
/**
 * The post.
 */
id: PostId, 
/**
 * Its calendar.
 */
calendarId: CalendarId, 
/**
 * The instant it stands at; none on the shelf. For a planned date without time: start of day.
 */
at: Timestamp | null, 
/**
 * It has a date but no time of day.
 */
allDay: boolean, 
/**
 * First words, at most 80 graphemes.
 */
words: string, 
/**
 * The status as shown.
 */
status: ShownStatus, 
/**
 * Accounts with their states.
 */
targets: Array<ChipTarget>, 
/**
 * Labels.
 */
labels: Array<string>, 
/**
 * How many files it has.
 */
mediaCount: number, 
/**
 * The first file, for the thumbnail.
 */
thumb: MediaId | null, 
/**
 * Whose time that is.
 */
timeSource: TimeSource, 
/**
 * It has an unconfirmed edit, or was held for one.
 */
editing: boolean, 
/**
 * The post's version, for optimistic changes.
 */
version: number, };

/**
 * A target as a chip shows it.
 */
export type ChipTarget = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * Where it is on its way.
 */
state: DeliveryState, 
/**
 * It lies ready and the person posts it; otherwise missing.
 */
yourTurn?: boolean, };

/**
 * Chips in order of time; those without a date by last change, newest first.
 */
export type Chips = { 
/**
 * The chips.
 */
chips: Array<Chip>, 
/**
 * Number of the newest change they include.
 */
lastSeq: number, };

/**
 * Something a network offers an account, such as a board or a channel.
 */
export type Choice = { 
/**
 * The value of the option.
 */
value: string, 
/**
 * How it is shown.
 */
label: string, };

/**
 * What a network offers.
 */
export type Choices = { 
/**
 * At most 200.
 */
choices: Array<Choice>, };

/**
 * What was found inside a video file besides its size. What could not be found is none, and then
 * stops nothing.
 */
export type Clip = { 
/**
 * How long it runs, in milliseconds.
 */
lengthMs: number | null, 
/**
 * Thousandths of a picture a second: 29,970 for 29.97.
 */
frameRate: number | null, 
/**
 * How its pictures are packed.
 */
codec: Codec | null, 
/**
 * How its sound is packed; none when it is silent.
 */
sound: SoundCodec | null, 
/**
 * It tells where it was filmed, or may.
 */
located: boolean, };

/**
 * What a network takes of videos. Each number stands in what the network says; none where it says
 * nothing.
 */
export type ClipLimits = { 
/**
 * Shortest, in milliseconds.
 */
minMs: number | null, 
/**
 * Longest, in milliseconds.
 */
maxMs: number | null, 
/**
 * How pictures may be packed; empty where it says nothing.
 */
codecs: Array<Codec>, 
/**
 * Fewest pictures a second, in thousandths.
 */
minRate: number | null, 
/**
 * Most pictures a second, in thousandths.
 */
maxRate: number | null, 
/**
 * Least pixels of the shorter side.
 */
minSide: number | null, 
/**
 * Most pixels across.
 */
maxWidth: number | null, 
/**
 * Most pixels of the longer and of the shorter side.
 */
frame: [number, number] | null, 
/**
 * Most pixels of one picture.
 */
maxPixels: number | null, 
/**
 * Most upright shape: width and height.
 */
narrowest: [number, number] | null, 
/**
 * Widest shape: width and height.
 */
widest: [number, number] | null, 
/**
 * Most bits a second, sound included.
 */
maxBitRate: number | null, };

/**
 * How a wall time met the zone's clock changes.
 */
export type ClockChange = "none" | "gap" | "fold";

/**
 * How the pictures of a video are packed.
 */
export type Codec = "h264" | "h265" | "av1" | "vp8" | "vp9" | "other";

/**
 * A colour as pages write it: `#1a2b3c`, or `#1a2b3c80` where some of what lies below shines
 * through.
 */
export type Colour = string;

/**
 * How far the first comment below a published post is.
 */
export type CommentState = "due" | "written" | "failed" | "left";

/**
 * How an uncertain send is decided.
 */
export type Confirms = "chosen_id" | "read_back" | "idempotency_key" | "two_phase" | "ask_person";

/**
 * What sort of content a post is.
 */
export type ContentType = "post" | "thread" | "story" | "reel" | "video" | "article";

/**
 * How a text is counted.
 */
export type CountUnit = "graphemes" | "utf16" | "bytes";

/**
 * What a limit counts.
 */
export type Counted = "posts" | "parts" | "files" | "replies" | "calls";

/**
 * How many things were taken in or written.
 */
export type Counts = { 
/**
 * Posts.
 */
posts: number, 
/**
 * Files.
 */
files: number, 
/**
 * Left out.
 */
leftOut: number, };

/**
 * How a network is told which moment of a video stands for it.
 */
export type Cover = "moment" | "picture";

/**
 * A day on which more is planned for an account than its network takes.
 */
export type CrowdedDay = { 
/**
 * The day.
 */
date: string, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * How many are planned, those that went out that day among them.
 */
planned: number, 
/**
 * How many the network takes.
 */
most: number, 
/**
 * Which account, how many, what limit, and what will happen.
 */
message: string, };

/**
 * Look for days on which more is planned than networks take.
 */
export type CrowdedQuery = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * First day.
 */
from: string, 
/**
 * Last day; at most 400 days after the first.
 */
to: string, 
/**
 * The zone of the days.
 */
zone: Zone, };

/**
 * Crowded days, in order.
 */
export type Crowding = { 
/**
 * The days.
 */
days: Array<CrowdedDay>, };

/**
 * A column of a CSV file.
 */
export type CsvColumn = { 
/**
 * Its heading.
 */
heading: string, 
/**
 * What it was taken for.
 */
means: string | null, };

/**
 * Look at a CSV file before taking it in.
 */
export type CsvImport = { 
/**
 * Absolute path of the file.
 */
path: string, 
/**
 * The calendar its posts go to.
 */
calendarId: CalendarId, 
/**
 * Zone of times that name none; the calendar's when missing.
 */
zone: Zone | null, 
/**
 * Schedule rows that are ready; otherwise all become plans.
 */
schedule: boolean, };

/**
 * What a CSV file would give.
 */
export type CsvPreview = { 
/**
 * Columns found and what each was taken for; none when it is not used.
 */
columns: Array<CsvColumn>, 
/**
 * Rows that are fine.
 */
good: number, 
/**
 * Rows that are not.
 */
bad: number, 
/**
 * The first 500 rows.
 */
rows: Array<CsvRow>, 
/**
 * What to know of the file as a whole, such as how dates are read that can mean two days.
 */
notes: Array<string>, };

/**
 * A row of a CSV file.
 */
export type CsvRow = { 
/**
 * Line in the file, from 1.
 */
line: number, 
/**
 * First words.
 */
words: string, 
/**
 * When, as it would be.
 */
at: Timestamp | null, 
/**
 * Why it is left out; none when it is fine.
 */
problem: string | null, 
/**
 * What it lacks to be scheduled, when it becomes a plan instead.
 */
note: string | null, };

/**
 * What is shown for a while.
 */
export type Cue = { 
/**
 * When it appears, in milliseconds of the original video.
 */
fromMs: number, 
/**
 * When it goes.
 */
toMs: number, 
/**
 * Plain text of one or more lines, none of them empty.
 */
text: string, };

/**
 * The data folder.
 */
export type DataStatus = { 
/**
 * Where it lies.
 */
folder: string, 
/**
 * Bytes of the database.
 */
databaseBytes: number, 
/**
 * Bytes of media.
 */
mediaBytes: number, 
/**
 * Backups, newest first.
 */
backups: Array<Backup>, };

/**
 * Order of day, month and year in a typed date such as `5/14`.
 */
export type DateOrder = "dmy" | "mdy" | "ymd";

/**
 * Order of day, month and year.
 */
export type DateOrderSetting = "system" | "dmy" | "mdy" | "ymd";

/**
 * Read a typed date.
 */
export type DateParse = { 
/**
 * What was typed: "fri 9", "+2w", "14.5. 16:30".
 */
text: string, 
/**
 * The zone it is meant in.
 */
zone: Zone, 
/**
 * The time it is meant relative to, when a post has one already.
 */
base: WallTime | null, 
/**
 * Order of day and month, as the screen writes them.
 */
order: DateOrder, 
/**
 * First day of the week as the screen shows it, 1 = Monday … 7 = Sunday: "next mon" lies in
 * the week after this one.
 */
weekStart: number, };

/**
 * A typed date, understood.
 */
export type DateParsed = { 
/**
 * A day was typed; otherwise it is the post's, or the next on which the time happens.
 */
dateGiven: boolean, 
/**
 * A time of day was typed; otherwise it is the post's, or a usual one.
 */
timeGiven: boolean, 
/**
 * The instant.
 */
at: Timestamp, 
/**
 * The wall time in the zone.
 */
wall: WallTime, 
/**
 * The zone.
 */
zone: Zone, 
/**
 * Whether the time is skipped or happens twice that day.
 */
clockChange: ClockChange, 
/**
 * It lies in the past.
 */
past: boolean, 
/**
 * A sentence when a clock change touched it.
 */
note: string | null, };

/**
 * A day of an account's queue.
 */
export type DayOfQueue = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The day, as the wall in the zone of its slots shows it.
 */
date: string, };

/**
 * What pausing a day would do.
 */
export type DayPausePreview = { 
/**
 * Queued posts that would move on to the next free slots.
 */
posts: number, 
/**
 * The day is paused already.
 */
paused: boolean, };

/**
 * Pause the weekly plan of an account for one day, or let its slots count again.
 */
export type DayPauseSet = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The day, as the wall in the zone of its slots shows it.
 */
date: string, 
/**
 * Why; the day is not paused any more when missing.
 */
reason: string | null, };

/**
 * Where a target is on its way to its network.
 */
export type DeliveryState = "waiting" | "sending" | "placed" | "unconfirmed" | "published" | "failed" | "missed" | "cancelled";

/**
 * What was found inside a PDF. What could not be found is none, and then stops nothing.
 */
export type DocumentFacts = { 
/**
 * How many pages it has.
 */
pages: number | null, 
/**
 * What is in it is encrypted, with a password or without one.
 */
locked: boolean, };

/**
 * What a person writes: the same shape for the post and for its working copy.
 */
export type Draft = { 
/**
 * A name for people; never sent unless a network wants a title.
 */
title: string, 
/**
 * Text and media, one entry a segment, at least one.
 */
segments: Array<Segment>, 
/**
 * Notes for people; never sent.
 */
notes: string, 
/**
 * Labels, in order, without repeats.
 */
labels: Array<string>, 
/**
 * What sort of content.
 */
contentType: ContentType, 
/**
 * How much it matters.
 */
priority: Priority, 
/**
 * Who looks after it, as free text.
 */
assignee: string, 
/**
 * Where it goes and what differs there.
 */
targets: Array<TargetDraft>, };

/**
 * How far the writing of a post is, set by people.
 */
export type EditorialStatus = "draft" | "in_review" | "approved" | "scheduled" | "cancelled";

/**
 * A network in the catalogue.
 */
export type Entry = { 
/**
 * Key, such as `bluesky`; stable for ever.
 */
key: string, 
/**
 * Its name, such as `Bluesky`.
 */
name: string, 
/**
 * How much of the network the program serves.
 */
support: Support, 
/**
 * What kinds of content it publishes.
 */
publishes: Publishes, 
/**
 * Limits of text.
 */
text: TextLimits, 
/**
 * Limits of pictures; none when it takes none.
 */
images: ImageLimits | null, 
/**
 * Limits of videos; none when it takes none.
 */
video: VideoLimits | null, 
/**
 * Limits of other files, such as documents; none when it takes none.
 */
files: FileLimits | null, 
/**
 * Options a person may set per target.
 */
options: Array<OptionField>, 
/**
 * How one signs in: fields of the form.
 */
signIn: SignIn, 
/**
 * How an unknown send is decided.
 */
confirms: Confirms, 
/**
 * Whether a published post can be deleted through the network.
 */
canDelete: boolean, 
/**
 * Most targets sent to one account in an hour and a day; none when the network names no number.
 */
quota: Quota, 
/**
 * Limits besides: of some posts only, or of something else than posts.
 */
moreLimits: Array<Limit>, 
/**
 * What its calls cost; empty where they cost nothing.
 */
prices: Array<Price>, 
/**
 * Whether it can keep a post and publish it by itself; none when it cannot.
 */
nativeSchedule: NativeSchedule | null, 
/**
 * Whether a program may write the first comment below a post of its own account; none when it may
 * not, or where posts in a row do the same.
 */
firstComment: FirstCommentLimits | null, 
/**
 * What it fetches from a public address instead of taking it as bytes, such as `photos`; none when it
 * takes everything.
 */
fetches: string | null, 
/**
 * What it holds against the same text on several of its accounts, as a sentence; none where it does not
 * mind.
 */
sameTextOnSeveralAccounts: string | null, 
/**
 * Names of the numbers it gives.
 */
metrics: Array<string>, 
/**
 * Whether people can be looked up by name for a mention in a text
 * ([`Connector::choices`](crate::connector::Connector::choices) under `mention`).
 */
findsPeople: boolean, 
/**
 * Whether a preview can be exact; otherwise it is marked "about like this".
 */
exactPreview: boolean, 
/**
 * Whether sending needs the internet.
 */
needsInternet: boolean, 
/**
 * Notes for people, one sentence each.
 */
notes: Array<string>, };

/**
 * What kind of thing went wrong, for every door (window, HTTP, command line).
 */
export type ErrorCode = "validation" | "not_found" | "conflict" | "permission" | "rate_limited" | "network" | "account" | "media" | "storage" | "internal";

/**
 * What went wrong last with a target.
 */
export type Failure = { 
/**
 * The kind.
 */
category: Category, 
/**
 * A sentence for a person.
 */
message: string, 
/**
 * The network's own words and code, cleaned of secrets, for *Details*.
 */
detail: string | null, 
/**
 * The next try, if there is one.
 */
nextTryAt: Timestamp | null, 
/**
 * Which try this was, from 1.
 */
attempt: number, };

/**
 * Which part of the program fills a field.
 */
export type FieldKind = "text" | "long_text" | "number" | "list" | "address" | "secret" | "folder" | "toggle" | "choice" | "lookup";

/**
 * An account that has to be able to take a file.
 */
export type FileFits = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * As which sort of post, where its network has several, such as `reel`.
 */
kind: string | null, };

/**
 * Limits of files that are neither pictures nor videos.
 */
export type FileLimits = { 
/**
 * Most files of one segment.
 */
maxCount: number, 
/**
 * Largest file in bytes; none when the network names no number.
 */
maxBytes: number | null, 
/**
 * Media types it takes.
 */
formats: Array<string>, 
/**
 * Most pages of a document; none when the network names no number.
 */
maxPages: number | null, };

/**
 * In which order files stand.
 */
export type FileOrder = "newest" | "name" | "largest" | "unused_first";

/**
 * Which files are wanted; every condition has to hold. The empty query is the whole library.
 */
export type FileQuery = { 
/**
 * Words that all have to stand in the name, a label or the description, in any part of a word;
 * small and capital letters and accents are alike.
 */
words: string, 
/**
 * What the file may be; empty for anything.
 */
sorts: Array<FileSort>, 
/**
 * Used or not; both when missing.
 */
usage: FileUse | null, 
/**
 * Only files of this post.
 */
usedIn: PostId | null, 
/**
 * Only files with this label.
 */
label: string | null, 
/**
 * Only files that this account takes.
 */
fits: FileFits | null, 
/**
 * The order.
 */
order: FileOrder, };

/**
 * What a file is to a person.
 */
export type FileSort = "picture" | "moving" | "video" | "document";

/**
 * Whether posts use a file. Posts in the bin do not count.
 */
export type FileUse = "used" | "unused";

/**
 * What became of the first comment of a post on one account. The post is published whatever this says.
 */
export type FirstComment = { 
/**
 * How far it is.
 */
state: CommentState, 
/**
 * Why it is not there, in a sentence; none when nothing is wrong.
 */
message: string | null, 
/**
 * The network's own words, cleaned of secrets, for *Details*.
 */
detail: string | null, 
/**
 * When it is tried or looked for again by itself.
 */
nextTryAt: Timestamp | null, 
/**
 * Tries so far.
 */
tries: number, };

/**
 * What a network says of the first comment below a post.
 */
export type FirstCommentLimits = { 
/**
 * Most graphemes of it.
 */
max: number, 
/**
 * Only such posts take one; all when none.
 */
when: ShownWhen | null, };

/**
 * Whether a file goes to an account.
 */
export type Fits = "as_it_is" | "changed" | "no";

/**
 * An account that files may go to.
 */
export type FitsAccount = { 
/**
 * Which.
 */
id: AccountId, 
/**
 * Options as the catalogue names them.
 */
options: Record<string, unknown>, };

/**
 * Ask what accounts get of files.
 */
export type FitsWanted = { 
/**
 * Files of one segment, with their edits, in order.
 */
media: Array<MediaUse>, 
/**
 * The accounts and what is chosen for each.
 */
accounts: Array<FitsAccount>, };

/**
 * What mends a problem; the screen draws it as one button.
 */
export type Fix = { "kind": "split_thread" } | { "kind": "shorten", 
/**
 * UTF-16 offset of the first unit too many, as text fields count.
 */
from: number, } | { "kind": "tailor" } | { "kind": "use_shared" } | { "kind": "add_media" } | { "kind": "remove_media", 
/**
 * Position of the file in the segment.
 */
index: number, } | { "kind": "remove_extra", 
/**
 * Positions of the files in the segment, in order.
 */
indexes: Array<number>, } | { "kind": "join_parts" } | { "kind": "add_alt", 
/**
 * Position of the picture in the segment.
 */
index: number, } | { "kind": "crop", 
/**
 * Position of the picture in the segment.
 */
index: number, 
/**
 * The most upright shape it takes: width and height.
 */
narrowest: [number, number], 
/**
 * The widest: width and height.
 */
widest: [number, number], } | { "kind": "trim", 
/**
 * Position of the video in the segment.
 */
index: number, 
/**
 * The longest it takes, in milliseconds.
 */
mostMs: number, } | { "kind": "add_account" } | { "kind": "reconnect" } | { "kind": "resume_account" } | { "kind": "write_text" } | { "kind": "use_time", 
/**
 * The proposed instant.
 */
at: Timestamp, } | { "kind": "raise_budget" } | { "kind": "raise_post_limit" } | { "kind": "open_public_files" } | { "kind": "ask_vault" } | { "kind": "open_secrets" } | { "kind": "take_back" } | { "kind": "set_option", 
/**
 * Name of the option in the catalogue.
 */
name: string, } | { "kind": "clear_option", 
/**
 * Name of the option in the catalogue.
 */
name: string, };

/**
 * One of several accounts a sign-in gives access to.
 */
export type FoundAccount = { 
/**
 * The network's id of it.
 */
remoteId: string, 
/**
 * The name people know it by.
 */
handle: string, 
/**
 * The name it shows.
 */
displayName: string, };

/**
 * Posts that have them.
 */
export type FoundPosts = { 
/**
 * All of them, in no order.
 */
ids: Array<PostId>, };

/**
 * The next free slot.
 */
export type FreeSlot = { 
/**
 * The slot; none when no account has a plan or all is taken.
 */
slot: SlotTime | null, };

/**
 * A post that is handed over, as it lies ready.
 */
export type HandedOver = { 
/**
 * Its folder on this computer; none on networks that are posted to.
 */
folder: string | null, 
/**
 * Its words as they are to be posted, parts after each other: the account's own text where it has one,
 * with the parameters that its workspace wants in links.
 */
text: string, };

/**
 * What can be undone and redone, newest first, at most 100 each.
 */
export type HistoryList = { 
/**
 * To undo.
 */
undo: Array<UndoStep>, 
/**
 * To redo.
 */
redo: Array<UndoStep>, };

/**
 * What undo or redo did.
 */
export type HistoryMoved = { 
/**
 * What was undone or redone, as a sentence; none when there was nothing.
 */
words: string | null, 
/**
 * Posts it touched.
 */
posts: Array<PostId>, 
/**
 * Where to look: an instant on the calendar.
 */
lookAt: Timestamp | null, 
/**
 * Something came back differently, such as without a date since it lay in the past.
 */
notes: Array<string>, };

/**
 * Hold everything.
 */
export type Hold = { 
/**
 * The reason shown; a usual one when empty.
 */
reason: string, };

/**
 * How hours are written.
 */
export type HourCycle = "system" | "h24" | "h12";

/**
 * Limits of pictures.
 */
export type ImageLimits = { 
/**
 * Most pictures of one segment.
 */
maxCount: number, 
/**
 * Largest picture in bytes; larger ones are shrunk and re-encoded.
 */
maxBytes: number | null, 
/**
 * Media types taken as they are; others are re-encoded.
 */
formats: Array<string>, 
/**
 * Whether pictures carry a description.
 */
alt: boolean, 
/**
 * Longest description in graphemes.
 */
maxAlt: number | null, };

/**
 * What is kept of the person's app at a network, so that it need not be typed again.
 */
export type KeptApp = { 
/**
 * Fields that are no secrets, with their values.
 */
fields: { [key in string]: string }, 
/**
 * Names of the secret fields that are kept.
 */
secrets: Array<string>, };

/**
 * Make a key for another program.
 */
export type KeyCreate = { 
/**
 * The only workspace it reaches.
 */
workspaceId: WorkspaceId, 
/**
 * What to call it.
 */
name: string, 
/**
 * What it is for.
 */
role: KeyRole, 
/**
 * What it may do besides reading; what its role says when missing.
 */
permissions: Array<Permission> | null, 
/**
 * From when on it is refused; none for never.
 */
expiresAt: Timestamp | null, };

/**
 * A key with which another program works.
 */
export type KeyId = string;

/**
 * A new key. The only time that it is shown.
 */
export type KeyMade = { 
/**
 * What is kept of it.
 */
key: ApiKey, 
/**
 * The key itself; never logged, never kept.
 */
secret: string, };

/**
 * What a key is for, as a name for a usual set of permissions.
 */
export type KeyRole = "owner" | "admin" | "member" | "editor" | "viewer";

/**
 * A label and how often it is used.
 */
export type LabelCount = { 
/**
 * The label.
 */
label: string, 
/**
 * Posts that carry it, the bin not counted.
 */
posts: number, };

/**
 * Something that an account lacks.
 */
export type Lack = { 
/**
 * What sort.
 */
kind: LackKind, 
/**
 * What is missing and how to get it, for people.
 */
message: string, 
/**
 * Nothing can be published before it is mended; otherwise some posts can, or it is only soon.
 */
stops: boolean, 
/**
 * What mends it.
 */
next: NextStep, };

/**
 * What sort of thing an account lacks.
 */
export type LackKind = "unknown_network" | "signed_out" | "sign_in_ends" | "setup" | "secrets" | "paused";

/**
 * Ask for what words or a mark lay over a picture.
 */
export type LayerWanted = { 
/**
 * The words or the mark.
 */
operation: Operation, 
/**
 * Width of the picture in pixels, at most 4096.
 */
width: number, 
/**
 * Its height in pixels, at most 4096.
 */
height: number, };

/**
 * How letters look.
 */
export type Letters = { 
/**
 * Family of the font, such as `DejaVu Sans`; empty for the usual one of this computer. One that
 * is not installed where the picture is made is replaced by the usual one.
 */
font: string, 
/**
 * In the heavy version of the font.
 */
bold: boolean, 
/**
 * Their size (an em), in millionths of the picture's shorter side.
 */
size: number, 
/**
 * Their colour.
 */
colour: Colour, 
/**
 * A line around them.
 */
outline: Outline | null, 
/**
 * A box behind all of them.
 */
ground: Colour | null, };

/**
 * A limit of a network for one account.
 */
export type Limit = { 
/**
 * Most of them.
 */
most: number, 
/**
 * In this time.
 */
span: Span, 
/**
 * What is counted.
 */
counts: Counted, 
/**
 * The posts it holds for; all when none.
 */
only: Only | null, 
/**
 * What they are called in sentences: "posts", "reels".
 */
noun: string, };

/**
 * A link card as networks would draw it.
 */
export type LinkCard = { 
/**
 * The address.
 */
url: string, 
/**
 * The page's title.
 */
title: string, 
/**
 * What it says about itself.
 */
description: string, 
/**
 * The picture, in the library's cache.
 */
image: MediaId | null, };

/**
 * Patterns of the parameters on one network: texts with the placeholders `{network}`, `{account}`,
 * `{date}` and `{title-slug}`. An empty one gives no parameter.
 */
export type LinkPatterns = { 
/**
 * Of `utm_source`.
 */
source: string, 
/**
 * Of `utm_medium`.
 */
medium: string, 
/**
 * Of `utm_campaign`.
 */
campaign: string, };

/**
 * What a workspace wants on the links of its posts. A network that is not named leaves links alone.
 */
export type LinkRules = { 
/**
 * Patterns by the key of their network.
 */
networks: { [key in string]: LinkPatterns }, 
/**
 * Domains whose links stay as they are, with everything below them.
 */
except: Array<string>, };

/**
 * Say which parameters links get.
 */
export type LinkRulesSet = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * All of it.
 */
rules: LinkRules, };

/**
 * Lines of the log, oldest first, already without secrets.
 */
export type LogLines = { 
/**
 * The lines.
 */
lines: Array<string>, };

/**
 * Read the end of the log.
 */
export type LogTail = { 
/**
 * At most this many lines, 1 to 5,000.
 */
lines: number, };

/**
 * An attempt with what it was for.
 */
export type LoggedAttempt = { 
/**
 * The post.
 */
postId: PostId, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The account's network.
 */
network: string, 
/**
 * The attempt.
 */
attempt: Attempt, };

/**
 * The log of deliveries, newest first.
 */
export type LoggedAttempts = { 
/**
 * The attempts.
 */
attempts: Array<LoggedAttempt>, };

/**
 * A look that many knobs give together.
 */
export type Look = "mono" | "sepia" | "vivid" | "faded" | "warm" | "cool";

/**
 * A mark on a picture.
 */
export type Mark = { 
/**
 * What it is.
 */
what: MarkOf, 
/**
 * Where it stands from left to right.
 */
across: Stand, 
/**
 * Where it stands from top to bottom.
 */
down: Stand, 
/**
 * How much it covers, in percent; 1 to 100.
 */
strength: number, };

/**
 * What a mark is.
 */
export type MarkOf = { "of": "picture", 
/**
 * Which.
 */
mediaId: MediaId, 
/**
 * Its longer side, in millionths of the marked picture's shorter side.
 */
size: number, } | { "of": "words", 
/**
 * What they say.
 */
text: string, 
/**
 * How they look.
 */
letters: Letters, };

/**
 * How long a text is as the network counts, for the counter beside the text.
 */
export type Measure = { 
/**
 * What counts, in the network's unit.
 */
used: number, 
/**
 * What the network allows; none when it has no limit.
 */
limit: number | null, 
/**
 * UTF-16 offset of the first unit too many, as text fields count; none while it fits.
 */
overFrom: number | null, };

/**
 * Which files, and which part of them.
 */
export type MediaAsk = { 
/**
 * Which and in which order.
 */
query: FileQuery, 
/**
 * How many to leave out from the start.
 */
offset: number, 
/**
 * How many to give, at most 500.
 */
limit: number, };

/**
 * A file from the clipboard.
 */
export type MediaBytes = { 
/**
 * A name for it.
 */
name: string, 
/**
 * Base64.
 */
data: string, };

/**
 * Where a copy of a file goes.
 */
export type MediaCopy = { 
/**
 * Which.
 */
id: MediaId, 
/**
 * Absolute path of the copy.
 */
path: string, };

/**
 * A picture that is to be cut to another shape.
 */
export type MediaCrop = { 
/**
 * Which.
 */
id: MediaId, 
/**
 * What is done to it before.
 */
edits: Array<Operation>, 
/**
 * Width and height of the shape, such as 4 and 5.
 */
ratio: [number, number], };

/**
 * Words about a file; what is missing stays as it is.
 */
export type MediaDescribe = { 
/**
 * Which.
 */
id: MediaId, 
/**
 * Its name.
 */
name: string | null, 
/**
 * What new uses start with as their description.
 */
alt: string | null, 
/**
 * Who owns it and what is allowed.
 */
rights: string | null, };

/**
 * Whether an account takes a file.
 */
export type MediaFit = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * As which sort of post: the option's value. None where the network has one sort only.
 */
kind: string | null, 
/**
 * The sort of post as people call it, such as "Reel".
 */
kindName: string | null, 
/**
 * Why not, and what would help; empty when it fits.
 */
problems: Array<Problem>, };

/**
 * A file and the accounts it might go to.
 */
export type MediaFitsAsk = { 
/**
 * The file.
 */
id: MediaId, 
/**
 * Whose accounts.
 */
workspaceId: WorkspaceId, };

/**
 * A file in the library, named by the BLAKE3 hash of its bytes: 64 lower-case hex digits.
 */
export type MediaId = string;

/**
 * Files by id.
 */
export type MediaIds = { 
/**
 * Which.
 */
ids: Array<MediaId>, };

/**
 * What came of taking files in.
 */
export type MediaImported = { 
/**
 * Files taken in, in the order given; those that were there before are among them.
 */
files: Array<MediaInfo>, 
/**
 * Files refused: name and a sentence.
 */
refused: Array<MediaRefused>, 
/**
 * How many of the files were in the library already.
 */
joined: number, 
/**
 * How many were not taken in, since the person stopped.
 */
left: number, };

/**
 * How far taking files in has come. All zero when nothing is on its way.
 */
export type MediaImporting = { 
/**
 * Files that were asked for since the last time nothing was on its way.
 */
files: number, 
/**
 * Of these, how many are done.
 */
done: number, 
/**
 * Bytes of all of them as far as they are known.
 */
bytes: number, 
/**
 * Bytes read.
 */
read: number, 
/**
 * The name of one that is on its way.
 */
name: string, 
/**
 * The version of a video that is being made just now.
 */
making: VideoMaking | null, };

/**
 * A file of the library.
 */
export type MediaInfo = { 
/**
 * Which.
 */
id: MediaId, 
/**
 * The name it came with.
 */
name: string, 
/**
 * Media type found in its bytes.
 */
mime: string, 
/**
 * Size in bytes.
 */
bytes: number, 
/**
 * Width in pixels.
 */
width: number | null, 
/**
 * Height in pixels.
 */
height: number | null, 
/**
 * What is inside a video; none of other files, and while nothing is known of it.
 */
clip: Clip | null, 
/**
 * What is inside a document; none of other files, and while nothing is known of it.
 */
document: DocumentFacts | null, 
/**
 * The library has lost the file.
 */
missing: boolean, 
/**
 * A picture with more than one frame.
 */
moving: boolean, 
/**
 * What new uses start with as their description.
 */
alt: string, 
/**
 * Labels.
 */
labels: Array<string>, 
/**
 * A note on who owns it and what is allowed.
 */
rights: string, 
/**
 * When it came.
 */
importedAt: Timestamp, 
/**
 * How many posts use it, the bin not counted.
 */
used: number, };

/**
 * A file that was not deleted.
 */
export type MediaKept = { 
/**
 * Which.
 */
id: MediaId, 
/**
 * Its name.
 */
name: string, 
/**
 * Why, as a sentence.
 */
message: string, };

/**
 * Changes labels of files.
 */
export type MediaLabel = { 
/**
 * Which.
 */
ids: Array<MediaId>, 
/**
 * Labels to add.
 */
add: Array<string>, 
/**
 * Labels to take off.
 */
remove: Array<string>, };

/**
 * A label of files.
 */
export type MediaLabelCount = { 
/**
 * The label.
 */
label: string, 
/**
 * How many files have it.
 */
files: number, };

/**
 * Files of the library.
 */
export type MediaPage = { 
/**
 * Those asked for.
 */
files: Array<MediaInfo>, 
/**
 * How many the query finds.
 */
total: number, 
/**
 * How many the library has.
 */
whole: number, 
/**
 * Every label of the library.
 */
labels: Array<MediaLabelCount>, };

/**
 * A file that was not taken in.
 */
export type MediaRefused = { 
/**
 * Its name.
 */
name: string, 
/**
 * Why, and what to do.
 */
message: string, };

/**
 * What came of deleting files.
 */
export type MediaRemoved = { 
/**
 * Those in the bin now.
 */
removed: Array<MediaId>, 
/**
 * Those that posts still to go out need.
 */
kept: Array<MediaKept>, };

/**
 * A file used in a segment.
 */
export type MediaUse = { 
/**
 * The file.
 */
mediaId: MediaId, 
/**
 * Description for people who cannot see it; empty when none was written.
 */
alt: string, 
/**
 * What is done to the picture, in order, for every account.
 */
edits?: Array<Operation>, 
/**
 * What is done after that for single accounts, such as cutting it to a network's shape.
 */
accountEdits?: { [key in AccountId]: Array<Operation> }, };

/**
 * Posts that use a file.
 */
export type MediaUses = { 
/**
 * The posts, at most a hundred, latest first.
 */
chips: Array<Chip>, 
/**
 * How many there are.
 */
total: number, };

/**
 * Which way a picture is mirrored.
 */
export type Mirror = "sideways" | "upside";

/**
 * A move of one post.
 */
export type Move = { 
/**
 * Which post.
 */
id: PostId, 
/**
 * Where to.
 */
place: Place, };

/**
 * How far ahead a network keeps a post until its minute.
 */
export type NativeSchedule = { 
/**
 * Least time ahead, in minutes.
 */
minMinutes: number, 
/**
 * Most time ahead, in days; none without limit.
 */
maxDays: number | null, 
/**
 * Most posts that it keeps of one account for one day of UTC; none without limit.
 */
maxADay: number | null, 
/**
 * Most posts that it keeps of one account in all; none without limit.
 */
maxInAll: number | null, };

/**
 * A network that fetches files.
 */
export type NeedsAddress = { 
/**
 * Key of the network.
 */
network: string, 
/**
 * What it fetches and why that needs an address, as a sentence.
 */
why: string, };

/**
 * Look for the next free slot of accounts.
 */
export type NextFree = { 
/**
 * The accounts, in the order in which their plans are tried.
 */
accountIds: Array<AccountId>, 
/**
 * Not before this instant; now when missing.
 */
after: Timestamp | null, };

/**
 * A post by name, for the tray, the status line and the queue.
 */
export type NextPost = { 
/**
 * The post.
 */
id: PostId, 
/**
 * Its first words.
 */
words: string, 
/**
 * When it goes out or went out.
 */
at: Timestamp, };

/**
 * What mends something that an account lacks.
 */
export type NextStep = "reconnect" | "resume" | "open_secrets" | "open_public_files" | "update";

/**
 * A command without input.
 */
export type Nothing = Record<symbol, never>;

/**
 * Calendars to look at.
 */
export type OfCalendars = { 
/**
 * Calendars; empty for all active ones.
 */
calendars: Array<CalendarId>, };

/**
 * Slots of a workspace.
 */
export type OfWorkspace = { 
/**
 * Which.
 */
id: WorkspaceId, };

/**
 * One program of a workspace.
 */
export type OneAccessProgram = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which.
 */
id: string, };

/**
 * One account.
 */
export type OneAccount = { 
/**
 * Which.
 */
id: AccountId, };

/**
 * One calendar.
 */
export type OneCalendar = { 
/**
 * Which.
 */
id: CalendarId, };

/**
 * One key of a workspace.
 */
export type OneKey = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which.
 */
id: KeyId, };

/**
 * One file.
 */
export type OneMedia = { 
/**
 * Which.
 */
id: MediaId, };

/**
 * One network.
 */
export type OneNetwork = { 
/**
 * Its key.
 */
network: string, };

/**
 * One file on this computer.
 */
export type OnePath = { 
/**
 * Absolute path.
 */
path: string, };

/**
 * One post.
 */
export type OnePost = { 
/**
 * Which.
 */
id: PostId, };

/**
 * One sign-in that is under way.
 */
export type OneSignIn = { 
/**
 * Which.
 */
id: string, };

/**
 * One target.
 */
export type OneTarget = { 
/**
 * Which.
 */
id: TargetId, };

/**
 * One address of a workspace.
 */
export type OneWebhook = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which.
 */
id: WebhookId, };

/**
 * One delivery of a workspace.
 */
export type OneWebhookDelivery = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which.
 */
id: WebhookDeliveryId, };

/**
 * One workspace.
 */
export type OneWorkspace = { 
/**
 * Which.
 */
id: WorkspaceId, };

/**
 * The posts a limit holds for: those whose option has one of these values.
 */
export type Only = { 
/**
 * Name of the option in the catalogue.
 */
option: string, 
/**
 * Its values.
 */
values: unknown[], };

/**
 * One thing done to a picture.
 */
export type Operation = { "do": "crop", 
/**
 * What stays.
 */
area: Area, } | { "do": "turn", 
/**
 * Quarter turns, 1 to 3.
 */
quarters: number, } | { "do": "flip", 
/**
 * Which way.
 */
mirror: Mirror, } | { "do": "resize", 
/**
 * Pixels of the longer side.
 */
side: number, } | { "do": "adjust", 
/**
 * Lighter or darker.
 */
brightness: number, 
/**
 * Distance of light and dark from the middle.
 */
contrast: number, 
/**
 * Strength of colours; -100 leaves grey.
 */
saturation: number, 
/**
 * Towards yellow, or blue when negative.
 */
warmth: number, } | { "do": "look", 
/**
 * Which.
 */
look: Look, 
/**
 * How much of it, 0 to 100.
 */
strength: number, } | { "do": "blur", 
/**
 * Where.
 */
area: Area, 
/**
 * How much, 1 to 100: in hundredths of a tenth of the picture's shorter side.
 */
strength: number, } | { "do": "trim", 
/**
 * Where it begins.
 */
fromMs: number, 
/**
 * Where it ends.
 */
toMs: number, } | { "do": "poster", 
/**
 * When.
 */
atMs: number, } | { "do": "mute" } | { "do": "convert" } | { "do": "captions", 
/**
 * What is said, and when.
 */
captions: Captions, } | { "do": "words", 
/**
 * What they say and how.
 */
words: Words, } | { "do": "mark", 
/**
 * Which and where.
 */
mark: Mark, } | { "do": "unmarked" };

/**
 * An option of a target.
 */
export type OptionField = { 
/**
 * Name in the target's options.
 */
name: string, 
/**
 * Label on screen.
 */
label: string, 
/**
 * One sentence of help.
 */
help: string, 
/**
 * How it is entered.
 */
kind: FieldKind, 
/**
 * Values of a choice, each with its label.
 */
choices: Array<[string, string]>, 
/**
 * Value while none is set.
 */
default: unknown, 
/**
 * Longest text in graphemes, largest number, or most entries of a list; none without limit.
 */
max: number | null, 
/**
 * Shown only when this holds; always when none.
 */
when: ShownWhen | null, 
/**
 * Has to be set before anything can be published.
 */
required: boolean, };

/**
 * A line around letters.
 */
export type Outline = { 
/**
 * Its colour.
 */
colour: Colour, 
/**
 * Its width, in percent of the letters' size; 1 to 40.
 */
width: number, };

/**
 * Order of a list of posts.
 */
export type PageOrder = "earliest" | "latest";

/**
 * A passphrase for the sealed file.
 */
export type Passphrase = { 
/**
 * The passphrase; never logged.
 */
passphrase: string, };

/**
 * Files on this computer.
 */
export type Paths = { 
/**
 * Absolute paths.
 */
paths: Array<string>, };

/**
 * A day of a queue that is paused: its slots are not offered.
 */
export type PausedDay = { 
/**
 * The day.
 */
date: string, 
/**
 * When it starts.
 */
starts: Timestamp, 
/**
 * Why, for people.
 */
reason: string, };

/**
 * What a key may do besides reading. The words are those of the contracts that programs speak.
 */
export type Permission = "create_events" | "edit_events" | "delete_events" | "publish_content" | "view_analytics" | "manage_accounts" | "manage_keys";

/**
 * What an account gets of a file.
 */
export type PictureFit = { 
/**
 * The file.
 */
mediaId: MediaId, 
/**
 * Its position among the files that were asked for.
 */
index: number, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * Whether it goes.
 */
fits: Fits, 
/**
 * What goes, in a sentence; or why nothing does.
 */
words: string, 
/**
 * The picture as it is sent; none of other files, and where none is sent.
 */
sent: SentPicture | null, 
/**
 * What is wrong with it on this account's network, with what mends it.
 */
problems: Array<Problem>, };

/**
 * What lies over a picture, in its pixels.
 */
export type PictureLayer = { 
/**
 * Distance from the left edge; less than nothing where it begins outside.
 */
left: number, 
/**
 * Distance from the upper edge.
 */
top: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, 
/**
 * Height of the lines of words together; 0 of a mark.
 */
lines: number, 
/**
 * A PNG with what is transparent in it, in base64.
 */
png: string, 
/**
 * Family of the font that was used; empty of a mark.
 */
font: string, 
/**
 * The font that was asked for is not installed on this computer; another one was used.
 */
replaced: boolean, };

/**
 * A place in time as a person gives it.
 */
export type Place = { "kind": "shelf" } | { "kind": "day", 
/**
 * The day, in the zone.
 */
date: string, 
/**
 * The zone; the calendar's when missing.
 */
zone: Zone | null, } | { "kind": "date", 
/**
 * The day, in the zone.
 */
date: string, 
/**
 * The zone; the calendar's when missing.
 */
zone: Zone | null, } | { "kind": "wall", 
/**
 * The wall time.
 */
wall: WallTime, 
/**
 * The zone; the calendar's when missing.
 */
zone: Zone | null, };

/**
 * A post as stored.
 */
export type Post = { 
/**
 * Identifier.
 */
id: PostId, 
/**
 * The calendar it stands on.
 */
calendarId: CalendarId, 
/**
 * Title.
 */
title: string, 
/**
 * Text and media.
 */
segments: Array<Segment>, 
/**
 * Notes for people.
 */
notes: string, 
/**
 * Labels.
 */
labels: Array<string>, 
/**
 * What sort of content.
 */
contentType: ContentType, 
/**
 * How much it matters.
 */
priority: Priority, 
/**
 * Who looks after it.
 */
assignee: string, 
/**
 * How far the writing is.
 */
editorial: EditorialStatus, 
/**
 * When it happens.
 */
when: When, 
/**
 * Whose time that is.
 */
timeSource: TimeSource, 
/**
 * Where it goes.
 */
targets: Array<Target>, 
/**
 * The status as shown, derived.
 */
status: ShownStatus, 
/**
 * An edit of a scheduled post that was not confirmed yet; what goes out is the rest of this struct.
 */
workingCopy: Draft | null, 
/**
 * Held at its minute since the working copy was open and differed: the person decides.
 */
held: boolean, 
/**
 * Grows by one with each change; a save names the version it started from.
 */
version: number, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * When a person last changed it.
 */
updatedAt: Timestamp, 
/**
 * When it went to the bin.
 */
deletedAt: Timestamp | null, };

/**
 * Look at a draft as every chosen network does. Pure and instant; called while typing.
 */
export type PostCheck = { 
/**
 * The calendar.
 */
calendarId: CalendarId, 
/**
 * The post, when it exists, so that it is not warned against itself.
 */
id: PostId | null, 
/**
 * What it says.
 */
draft: Draft, 
/**
 * Where it would stand; the shelf when missing.
 */
place: Place | null, };

/**
 * Make a post.
 */
export type PostCreate = { 
/**
 * The calendar.
 */
calendarId: CalendarId, 
/**
 * What it says.
 */
draft: Draft, 
/**
 * Where it stands.
 */
place: Place, 
/**
 * Whether it is scheduled at once.
 */
scheduling: Scheduling, };

/**
 * One piece of content.
 */
export type PostId = string;

/**
 * Posts by id.
 */
export type PostIds = { 
/**
 * At most 10,000.
 */
ids: Array<PostId>, };

/**
 * Save what was typed: into the post, or into its working copy when it is scheduled.
 */
export type PostSave = { 
/**
 * Which post.
 */
id: PostId, 
/**
 * All of what it says now.
 */
draft: Draft, 
/**
 * The version the composer started from; a newer one is a conflict that loses nothing.
 */
version: number, 
/**
 * One value per opening of the composer: all its saves are one step of the history.
 */
session: string, 
/**
 * The draft holds all that was kept apart for this session when an earlier save was refused:
 * once this one is in place, that copy goes to the bin.
 */
holdsKept: boolean, };

/**
 * What was written, with the post it gave.
 */
export type PostsChanged = { 
/**
 * The posts as they stand now.
 */
posts: Array<Post>, };

/**
 * Copy posts, all or none, in one step. Copies have no delivery of their own yet.
 */
export type PostsCopy = { 
/**
 * What to copy and where to.
 */
copies: Array<Move>, };

/**
 * Change the editorial status of posts.
 */
export type PostsEditorial = { 
/**
 * Which posts.
 */
ids: Array<PostId>, 
/**
 * The status; `scheduled` only for posts with a time and without errors.
 */
status: EditorialStatus, };

/**
 * Find out which posts have some words.
 */
export type PostsFind = { 
/**
 * Words; each may be a beginning.
 */
query: string, 
/**
 * Calendars; empty for all that are in use.
 */
calendars: Array<CalendarId>, };

/**
 * Change labels of posts.
 */
export type PostsLabel = { 
/**
 * Which posts.
 */
ids: Array<PostId>, 
/**
 * Labels to add.
 */
add: Array<string>, 
/**
 * Labels to take off.
 */
remove: Array<string>, };

/**
 * Move posts, all or none, in one step.
 */
export type PostsMove = { 
/**
 * The moves.
 */
moves: Array<Move>, 
/**
 * Whether drafts become scheduled. For a key that may not publish, `if_ready` only plans.
 */
scheduling: Scheduling, };

/**
 * A page of posts.
 */
export type PostsPage = { 
/**
 * The posts.
 */
posts: Array<Post>, 
/**
 * There are more.
 */
more: boolean, };

/**
 * Read whole posts page by page.
 */
export type PostsPageQuery = { 
/**
 * Calendars; at least one.
 */
calendars: Array<CalendarId>, 
/**
 * First instant; then posts without a date are left out.
 */
from: Timestamp | null, 
/**
 * One past the last instant; then posts without a date are left out.
 */
to: Timestamp | null, 
/**
 * Only posts with one of these; all when empty.
 */
statuses: Array<ShownStatus>, 
/**
 * Only posts that go to one of these; all when empty.
 */
accounts: Array<AccountId>, 
/**
 * Only posts of whoever looks after them by this name.
 */
assignee: string | null, 
/**
 * Leave posts without a date out.
 */
datedOnly: boolean, 
/**
 * Order.
 */
order: PageOrder, 
/**
 * At most this many, 1 to 500.
 */
limit: number, 
/**
 * Leave so many out first.
 */
offset: number, };

/**
 * Something the screen remembers for itself. Not undoable, not exported.
 */
export type PreferencePut = { 
/**
 * At most 64 characters.
 */
key: string, 
/**
 * At most 64 kB as JSON.
 */
value: unknown, };

/**
 * What a call costs.
 */
export type Price = { 
/**
 * What it is for.
 */
of: PricedFor, 
/**
 * Millionths of a US dollar.
 */
microDollars: number, };

/**
 * What a price is for.
 */
export type PricedFor = "segment" | "segment_with_link" | "file" | "alt_text" | "look_up" | "delete" | "numbers";

/**
 * How much it matters, for people to sort by.
 */
export type Priority = "low" | "normal" | "high" | "urgent";

/**
 * One thing wrong with a post, beside its cause.
 */
export type Problem = { 
/**
 * Error or warning.
 */
severity: Severity, 
/**
 * Stable name for tests and translations, such as `text_too_long`.
 */
rule: string, 
/**
 * A sentence for a person, naming the network where it concerns one.
 */
message: string, 
/**
 * The account it concerns; none when it concerns the post as a whole.
 */
accountId: AccountId | null, 
/**
 * The segment it concerns, from 0.
 */
segment: number | null, 
/**
 * What mends it, best first; two at most are shown.
 */
fixes: Array<Fix>, };

/**
 * Where files are lent from to networks that fetch them.
 */
export type PublicFiles = { 
/**
 * The storage; none when there is none.
 */
storage: StorageSettings | null, 
/**
 * Whether its key is kept; none when passwords cannot be read just now.
 */
hasKey: boolean | null, 
/**
 * Networks that need a public address, and for what.
 */
neededBy: Array<NeedsAddress>, };

/**
 * What came of trying it.
 */
export type PublicFilesChecked = { 
/**
 * Everything worked.
 */
works: boolean, 
/**
 * The parts in order; what follows from one that did not work is left out.
 */
steps: Array<CheckStep>, };

/**
 * Use this storage.
 */
export type PublicFilesSet = { 
/**
 * Where.
 */
storage: StorageSettings, 
/**
 * What the service calls the key; empty to keep the one that is kept.
 */
keyId: string, 
/**
 * Its secret; empty to keep the one that is kept.
 */
secret: string, };

/**
 * What the publisher is doing.
 */
export type PublisherStatus = { 
/**
 * Everything is held; the text is the reason shown.
 */
held: string | null, 
/**
 * Posts being sent right now.
 */
sending: Array<NextPost>, 
/**
 * How many posts need the person.
 */
needsPerson: number, 
/**
 * What goes out next.
 */
next: NextPost | null, 
/**
 * Posts due within the next hour.
 */
dueWithinHour: number, 
/**
 * No internet since; none while it works or was not needed.
 */
offlineSince: Timestamp | null, 
/**
 * Why sending is delayed though nothing is held: no internet, a locked keyring, a full disk.
 */
delayed?: string, };

/**
 * Kinds of content a network takes.
 */
export type Publishes = { 
/**
 * Text alone.
 */
text: boolean, 
/**
 * Pictures.
 */
images: boolean, 
/**
 * Videos.
 */
video: boolean, 
/**
 * Several segments in a row.
 */
thread: boolean, 
/**
 * A post without a picture, video or file is refused.
 */
needsMedia: boolean, 
/**
 * Pictures and videos may stand in one post.
 */
mixed: boolean, 
/**
 * A post with neither text nor media is refused when false.
 */
empty: boolean, };

/**
 * The queue, one column per account.
 */
export type Queue = { 
/**
 * Columns in order of account.
 */
columns: Array<QueueColumn>, 
/**
 * What goes out next of all.
 */
next: NextPost | null, };

/**
 * The queue of one account.
 */
export type QueueColumn = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * Slots and posts in order of time.
 */
entries: Array<QueueEntry>, 
/**
 * Days on which its weekly plan is paused, in order; days that are over are left out.
 */
pausedDays: Array<PausedDay>, 
/**
 * The account has a weekly plan.
 */
hasSlots: boolean, };

/**
 * One line of a queue.
 */
export type QueueEntry = { 
/**
 * The instant.
 */
at: Timestamp, 
/**
 * The slot, when one stands there.
 */
slot: SlotTime | null, 
/**
 * The post; none for a free slot.
 */
chip: Chip | null, };

/**
 * Put a queued post into a free slot.
 */
export type QueueIntoSlot = { 
/**
 * The account whose slot it is.
 */
accountId: AccountId, 
/**
 * The post; it is queued for that account.
 */
id: PostId, 
/**
 * When the slot is.
 */
at: Timestamp, };

/**
 * Read the queue.
 */
export type QueueQuery = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Until when empty slots are shown.
 */
until: Timestamp, };

/**
 * Put queued posts of an account into this order; their times are dealt out anew among them. Posts
 * with times of their own do not move.
 */
export type QueueReorder = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The queued posts in their new order.
 */
ids: Array<PostId>, };

/**
 * Quota of sends.
 */
export type Quota = { 
/**
 * Most posts in an hour on one account.
 */
perHour: number | null, 
/**
 * Most posts in a day on one account.
 */
perDay: number | null, };

/**
 * Posts standing in a span of time.
 */
export type Range = { 
/**
 * Calendars; empty for all active ones.
 */
calendars: Array<CalendarId>, 
/**
 * First instant.
 */
from: Timestamp, 
/**
 * One past the last instant.
 */
to: Timestamp, };

/**
 * Whether the accounts of a workspace can publish.
 */
export type Readiness = { 
/**
 * One entry an account.
 */
accounts: Array<AccountReadiness>, };

/**
 * Where a browser comes back to after the person agreed.
 */
export type Redirect = { "kind": "loopback", 
/**
 * `127.0.0.1` or `localhost`, as the network wants it spelt; it listens on 127.0.0.1.
 */
host: string, 
/**
 * Ports in order. With more than one, each has to be registered.
 */
ports: Array<number>, 
/**
 * The path, such as `/callback`.
 */
path: string, } | { "kind": "pasted", 
/**
 * The address to register.
 */
address: string, };

/**
 * A place resolved to an instant.
 */
export type ResolvedPlace = { 
/**
 * The instant.
 */
at: Timestamp, 
/**
 * The wall time in the zone.
 */
wall: WallTime, 
/**
 * The zone.
 */
zone: Zone, 
/**
 * Whether the time is skipped or happens twice that day.
 */
clockChange: ClockChange, 
/**
 * It lies in the past.
 */
past: boolean, 
/**
 * A sentence when a clock change touched it.
 */
note: string | null, };

/**
 * The person says that an unconfirmed post is on the network.
 */
export type SayPublished = { 
/**
 * The target.
 */
id: TargetId, 
/**
 * Its address, when the person has it.
 */
url: string | null, };

/**
 * Schedule one post into the next free slot of an account.
 */
export type ScheduleNext = { 
/**
 * Which post.
 */
id: PostId, 
/**
 * The account whose plan is used; the post's first account with slots when missing.
 */
accountId: AccountId | null, };

/**
 * Whether giving a draft a time also schedules it.
 */
export type Scheduling = "if_ready" | "must" | "plan";

/**
 * Find posts by words.
 */
export type Search = { 
/**
 * Words; the last may be a beginning.
 */
query: string, 
/**
 * Calendars; empty for all.
 */
calendars: Array<CalendarId>, 
/**
 * At most this many, 1 to 200.
 */
limit: number, };

/**
 * One part of a thread; an ordinary post has exactly one.
 */
export type Segment = { 
/**
 * The text as typed.
 */
text: string, 
/**
 * Files, in order.
 */
media: Array<MediaUse>, };

/**
 * The picture that an account gets.
 */
export type SentPicture = { 
/**
 * Its name, to show it by: `media://localhost/sent/<id>/<file>`.
 */
file: string, 
/**
 * Media type.
 */
mime: string, 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, 
/**
 * Size in bytes.
 */
bytes: number, 
/**
 * It has more than one frame.
 */
moving: boolean, };

/**
 * A text as it goes out.
 */
export type SentText = { 
/**
 * The text.
 */
text: string, 
/**
 * Links, mentions, tags.
 */
spans: Array<TextSpan>, 
/**
 * UTF-16 offset of the first unit too many; none while it fits.
 */
overFrom: number | null, };

/**
 * A video as it goes out.
 */
export type SentVideo = { 
/**
 * The part, from 0.
 */
segment: number, 
/**
 * The file's place in it.
 */
index: number, 
/**
 * What goes out: "The video is sent as MP4, 1080 × 1920, about 12 MB."
 */
words: string, 
/**
 * It is made already.
 */
ready: boolean, };

/**
 * Settings. Each takes effect at once and can be undone.
 */
export type Settings = { 
/**
 * First day of the week.
 */
weekStart: WeekStart, 
/**
 * 12 or 24 hours.
 */
hourCycle: HourCycle, 
/**
 * Order of dates.
 */
dateOrder: DateOrderSetting, 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * Chips a day in the month view, 1 to 8.
 */
chipsPerDay: number, 
/**
 * Where a post dropped on a later day without a slot lands: wall time.
 */
usualTime: string, 
/**
 * Language tag a new post starts with, such as `en`; empty for none.
 */
language: string, 
/**
 * Start with the computer, hidden in the tray.
 */
startAtLogin: boolean, 
/**
 * Closing the window keeps the program publishing in the tray.
 */
keepInTray: boolean, 
/**
 * Keys of the global shortcut for a new post, such as `Ctrl+Alt+N`; empty for none.
 */
globalShortcut: string, 
/**
 * Tell when something was published.
 */
notifyPublished: boolean, 
/**
 * Tell when something failed or needs the person.
 */
notifyProblems: boolean, 
/**
 * Keys that differ from the built-in ones: command id to keys.
 */
keys: { [key in string]: string }, 
/**
 * A file of extra certificates to trust (PEM), empty for none.
 */
extraCertificates: string, 
/**
 * The program `ffmpeg`, which changes videos; empty to look for it.
 */
ffmpeg: string, 
/**
 * Other programs on this computer may work with this one, over HTTP.
 */
programsOn: boolean, 
/**
 * The port at which they find it.
 */
programsPort: number, };

/**
 * How bad a problem is.
 */
export type Severity = "error" | "warning";

/**
 * What would move, to be shown before `posts.move` does it.
 */
export type ShiftPreview = { 
/**
 * The moves, in order of time.
 */
moves: Array<Move>, 
/**
 * The chips as they stand now, in the same order.
 */
chips: Array<Chip>, };

/**
 * Move a post and all later ones of its calendar: what would move.
 */
export type ShiftRest = { 
/**
 * The post that is moved.
 */
id: PostId, 
/**
 * Where to.
 */
place: Place, };

/**
 * The status as shown. The screen gives each a shape and a colour.
 */
export type ShownStatus = "draft" | "in_review" | "approved" | "scheduled" | "placed" | "publishing" | "unconfirmed" | "your_turn" | "published" | "partly_published" | "failed" | "missed" | "cancelled";

/**
 * Another option that has to have one of these values.
 */
export type ShownWhen = { 
/**
 * Name of the other option.
 */
option: string, 
/**
 * Its values.
 */
values: unknown[], };

/**
 * How one signs in: at least one way, the best first.
 */
export type SignIn = { 
/**
 * The ways.
 */
methods: Array<SignInMethod>, };

/**
 * How far a sign-in is.
 */
export type SignInAnswer = { "kind": "connected", 
/**
 * What was written.
 */
written: Written<Account>, } | { "kind": "choose", 
/**
 * The sign-in.
 */
id: string, 
/**
 * The accounts.
 */
accounts: Array<FoundAccount>, } | { "kind": "browser", 
/**
 * The sign-in.
 */
id: string, 
/**
 * Where to send the browser.
 */
address: string, 
/**
 * Where it comes back to.
 */
redirect: string, 
/**
 * It does not come back by itself: the person copies the final address.
 */
pasted: boolean, };

/**
 * Take one of the accounts a sign-in gives access to.
 */
export type SignInChoose = { 
/**
 * Which sign-in.
 */
id: string, 
/**
 * The network's id of the account.
 */
remoteId: string, };

/**
 * A field of the sign-in form.
 */
export type SignInField = { 
/**
 * Name in `SignInFields`.
 */
name: string, 
/**
 * Label on screen.
 */
label: string, 
/**
 * What it is and where to find it, one sentence.
 */
help: string, 
/**
 * How it is entered.
 */
kind: FieldKind, 
/**
 * May stay empty.
 */
optional: boolean, 
/**
 * Shown while empty.
 */
placeholder: string, 
/**
 * Belongs to the person's app and not to the account: kept in the keyring for the next account of
 * this network.
 */
ofApp: boolean, };

/**
 * One way to sign in.
 */
export type SignInMethod = { 
/**
 * Key, such as `oauth` or `token`; stable for ever.
 */
key: string, 
/**
 * Label on screen, such as "With your browser".
 */
label: string, 
/**
 * What to do, in steps, as shown above the form.
 */
guide: Array<string>, 
/**
 * The form.
 */
fields: Array<SignInField>, 
/**
 * Goes through the browser; none when the form is all.
 */
browser: Browser | null, };

/**
 * The final address of a sign-in, copied out of the browser.
 */
export type SignInPaste = { 
/**
 * Which sign-in.
 */
id: string, 
/**
 * The address; never logged.
 */
address: string, };

/**
 * A weekly time at which an account likes to post, in wall time of `zone`.
 */
export type Slot = { 
/**
 * Identifier.
 */
id: SlotId, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * 1 = Monday … 7 = Sunday (ISO 8601).
 */
weekday: number, 
/**
 * Time of day.
 */
time: string, 
/**
 * The zone it is meant in.
 */
zone: Zone, };

/**
 * A slot as a person gives it.
 */
export type SlotDraft = { 
/**
 * 1 = Monday … 7 = Sunday.
 */
weekday: number, 
/**
 * Time of day.
 */
time: string, };

/**
 * A weekly time at which an account likes to post.
 */
export type SlotId = string;

/**
 * One occurrence of a slot.
 */
export type SlotTime = { 
/**
 * The slot.
 */
slotId: SlotId, 
/**
 * Its account.
 */
accountId: AccountId, 
/**
 * The instant.
 */
at: Timestamp, 
/**
 * The wall time in the slot's zone.
 */
wall: WallTime, 
/**
 * The slot's zone.
 */
zone: Zone, };

/**
 * Slots.
 */
export type Slots = { 
/**
 * By account, weekday and time.
 */
slots: Array<Slot>, };

/**
 * What replacing the plan would do to queued posts.
 */
export type SlotsPreview = { 
/**
 * Queued posts whose slot would vanish.
 */
affected: number, };

/**
 * Replace the weekly plan of an account.
 */
export type SlotsReplace = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * The zone the times are meant in.
 */
zone: Zone, 
/**
 * The whole plan.
 */
slots: Array<SlotDraft>, 
/**
 * Queued posts follow the new plan in their order; otherwise they keep their times and become
 * posts with times of their own. `slots.preview` says how many would.
 */
follow: boolean, };

/**
 * How the sound of a video is packed.
 */
export type SoundCodec = "aac" | "opus" | "vorbis" | "mp3" | "other";

/**
 * The time a limit counts over. It slides: what is older than this counts no more.
 */
export type Span = "hour" | "day";

/**
 * Kinds of text spans a network recognises.
 */
export type SpanKind = "link" | "mention" | "tag";

/**
 * What a workspace spends on paid calls in the present calendar month.
 */
export type Spending = { 
/**
 * The month, such as `2026-05`, in the zone of the workspace's oldest calendar.
 */
month: string, 
/**
 * Its first instant.
 */
from: Timestamp, 
/**
 * One past its last instant.
 */
to: Timestamp, 
/**
 * The budget in millionths of a US dollar; none without limit.
 */
budget: number | null, 
/**
 * What was spent so far, in millionths of a US dollar. What may have been paid counts as paid.
 */
spent: number, 
/**
 * What the scheduled posts of the rest of the month will cost, as far as is known before.
 */
planned: number, 
/**
 * How many posts that are, each account counted.
 */
posts: number, 
/**
 * An account of the workspace is on a network that charges.
 */
charged: boolean, 
/**
 * All of it in a sentence or two.
 */
summary: string, };

/**
 * Where along one side a mark stands.
 */
export type Stand = "start" | "middle" | "end";

/**
 * Where files are lent from. No secrets.
 */
export type StorageSettings = { 
/**
 * Address of the service, such as `https://s3.eu-central-1.amazonaws.com`.
 */
endpoint: string, 
/**
 * Name of the bucket.
 */
bucket: string, 
/**
 * Region of the bucket; empty where the service has none.
 */
region: string, 
/**
 * Folder in the bucket; may be empty.
 */
prefix: string, 
/**
 * Address under which everybody reads the bucket; empty where nobody may, and addresses are signed.
 */
publicAddress: string, };

/**
 * What sort of thing changed.
 */
export type Subject = "workspace" | "calendar" | "post" | "account" | "slots" | "media" | "settings" | "publisher" | "key" | "webhook";

/**
 * How much of a network the program serves.
 */
export type Support = "full" | "partial" | "hand_off";

/**
 * What the system's language says where the settings leave it to the system.
 */
export type SystemFormats = { 
/**
 * The system said so. Otherwise these are only what is used in its place, and a screen that knows the
 * language of its own system goes by that.
 */
known: boolean, 
/**
 * Hours run from 1 to 12.
 */
twelveHours: boolean, 
/**
 * Order of day, month and year.
 */
order: DateOrder, 
/**
 * First day of the week, 1 = Monday … 7 = Sunday.
 */
weekStart: number, };

/**
 * Hashtags that are used together.
 */
export type TagGroup = { 
/**
 * Its name, unique in its workspace.
 */
name: string, 
/**
 * The hashtags in order, without their sign.
 */
tags: Array<string>, };

/**
 * Make a group of hashtags, or change one.
 */
export type TagGroupPut = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * The name it has now; none for a new one.
 */
was: string | null, 
/**
 * The group; hashtags with or without their sign.
 */
group: TagGroup, };

/**
 * Remove a group of hashtags.
 */
export type TagGroupRemove = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Its name.
 */
name: string, };

/**
 * A post on one account with its delivery.
 */
export type Target = { 
/**
 * Identifier.
 */
id: TargetId, 
/**
 * Where it is on its way.
 */
state: DeliveryState, 
/**
 * Not sent before this instant (a retry).
 */
notBefore: Timestamp | null, 
/**
 * When it was on the network.
 */
publishedAt: Timestamp | null, 
/**
 * The network's id of the first segment.
 */
remoteId: string | null, 
/**
 * Address for people.
 */
remoteUrl: string | null, 
/**
 * The last failure, in a sentence; none when nothing is wrong.
 */
failure: Failure | null, 
/**
 * What became of its first comment; missing while there is none to write.
 */
firstComment?: FirstComment, 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * Segments of its own instead of the shared ones; none when it follows the shared text.
 */
overrideSegments: Array<Segment> | null, 
/**
 * Options as the catalogue names them, a JSON object.
 */
options: Record<string, unknown>, };

/**
 * What a person chooses for one account.
 */
export type TargetDraft = { 
/**
 * The account.
 */
accountId: AccountId, 
/**
 * Segments of its own instead of the shared ones; none when it follows the shared text.
 */
overrideSegments: Array<Segment> | null, 
/**
 * Options as the catalogue names them, a JSON object.
 */
options: Record<string, unknown>, };

/**
 * A post on one account.
 */
export type TargetId = string;

/**
 * Limits of text.
 */
export type TextLimits = { 
/**
 * The unit of `max`.
 */
unit: CountUnit, 
/**
 * Most units of one segment; none without limit.
 */
max: number | null, 
/**
 * Most UTF-8 bytes besides; none without limit.
 */
maxBytes: number | null, 
/**
 * Units that any link counts; none when it counts like other text.
 */
link: number | null, };

/**
 * Texts of a thread.
 */
export type TextParts = { 
/**
 * One entry a segment.
 */
parts: Array<string>, };

/**
 * What a part of a text is, for tinting and previews. Offsets are UTF-16 units, end exclusive.
 */
export type TextSpan = { 
/**
 * First unit.
 */
from: number, 
/**
 * One past the last unit.
 */
to: number, 
/**
 * What it is.
 */
kind: SpanKind, };

/**
 * Split a text into a thread that fits the strictest of the accounts.
 */
export type TextSplit = { 
/**
 * The text.
 */
text: string, 
/**
 * Accounts it goes to, with their options, some of which count as text.
 */
targets: Array<TargetDraft>, 
/**
 * Files of the text; they stay with the first part.
 */
media: Array<MediaUse>, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Whether a time belongs to the post or to a slot of the weekly plan.
 */
export type TimeSource = "own" | "slot";

/**
 * An instant: milliseconds since 1970-01-01 UTC. On the wire and in the database a plain integer.
 */
export type Timestamp = number;

/**
 * The same trouble on one or many posts.
 */
export type Trouble = { 
/**
 * What it is.
 */
kind: TroubleKind, 
/**
 * What did not happen, why, what is safe, what happens next.
 */
message: string, 
/**
 * Words of the network, for *Details*.
 */
detail: string | null, 
/**
 * The account.
 */
accountId: AccountId | null, 
/**
 * The posts, oldest first, at most 200.
 */
posts: Array<TroublePost>, 
/**
 * How many posts there are in all.
 */
count: number, };

/**
 * Kinds of trouble; each has its own buttons.
 */
export type TroubleKind = "unconfirmed" | "your_turn" | "over_budget" | "failed" | "not_commented" | "missed" | "held_edit" | "asked" | "reconnect" | "vault";

/**
 * A post in trouble.
 */
export type TroublePost = { 
/**
 * The post.
 */
id: PostId, 
/**
 * The target.
 */
targetId: TargetId, 
/**
 * First words.
 */
words: string, 
/**
 * When it was due.
 */
at: Timestamp | null, 
/**
 * What a program asks for; an answer says it again. Missing in other trouble.
 */
asked?: AskSeen, };

/**
 * What needs the person.
 */
export type Troubles = { 
/**
 * Worst first.
 */
troubles: Array<Trouble>, };

/**
 * A step of the history that can be undone.
 */
export type UndoStep = { 
/**
 * Its number.
 */
id: number, 
/**
 * What was done, as the status line says it: "Moved to Tue 14 May, 09:05".
 */
words: string, 
/**
 * When.
 */
at: Timestamp, };

/**
 * Places for secrets.
 */
export type VaultKind = "keyring" | "sealed_file";

/**
 * Where secrets are kept and whether they can be reached.
 */
export type VaultStatus = { 
/**
 * Which kind.
 */
kind: VaultKind, 
/**
 * A sentence when it cannot be reached now; none when all is well.
 */
problem: string | null, };

/**
 * What a video becomes by an option, such as a reel or a story.
 */
export type VideoKind = { 
/**
 * The option that makes it that.
 */
when: ShownWhen, 
/**
 * In a sentence: `as a reel`.
 */
becomes: string, 
/**
 * Largest video in bytes; none where it is that of other videos.
 */
maxBytes: number | null, 
/**
 * What it shows of one while it stands still; none where it chooses by itself.
 */
cover: Cover | null, 
/**
 * Length, shape, size and packing.
 */
clip: ClipLimits, };

/**
 * Limits of videos.
 */
export type VideoLimits = { 
/**
 * Most videos of one segment.
 */
maxCount: number, 
/**
 * Largest video in bytes; none when the network names no number.
 */
maxBytes: number | null, 
/**
 * Media types it takes.
 */
formats: Array<string>, 
/**
 * Whether videos carry a description.
 */
alt: boolean, 
/**
 * Captions in files beside the video; none where it takes none.
 */
captions: CaptionLimits | null, 
/**
 * What it shows of a video while it stands still, as a person chose it; none where it chooses by itself.
 */
cover: Cover | null, 
/**
 * Length, shape, size and packing.
 */
clip: ClipLimits, 
/**
 * What else a video may become by an option, with limits of its own.
 */
kinds: Array<VideoKind>, };

/**
 * A version of a video that is being made.
 */
export type VideoMaking = { 
/**
 * The video it is made of.
 */
mediaId: MediaId, 
/**
 * How much of it is made, in milliseconds of the version.
 */
doneMs: number, 
/**
 * How long it will run; none where that is not known.
 */
lengthMs: number | null, };

/**
 * The program that changes videos.
 */
export type VideoTool = { 
/**
 * Videos can be changed on this computer.
 */
ready: boolean, 
/**
 * Its version; none where it is not there.
 */
version: string | null, 
/**
 * What to do where it is missing or too old; empty where it is ready.
 */
advice: string, };

/**
 * A date and time as a clock on the wall shows it, without zone: `2026-05-14T09:05:00`.
 */
export type WallTime = string;

/**
 * What a workspace wants on its pictures.
 */
export type Watermark = { 
/**
 * Whether pictures get it.
 */
on: boolean, 
/**
 * The mark; kept while it is off.
 */
mark: Mark, };

/**
 * Say which mark pictures get.
 */
export type WatermarkSet = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * The mark; none to forget it.
 */
watermark: Watermark | null, };

/**
 * A web address.
 */
export type WebAddress = { 
/**
 * The address.
 */
url: string, };

/**
 * An address that is told what happens. Its secret is not here.
 */
export type Webhook = { 
/**
 * Which.
 */
id: WebhookId, 
/**
 * Whose events it gets.
 */
workspaceId: WorkspaceId, 
/**
 * In whose words.
 */
contract: string, 
/**
 * Where.
 */
url: string, 
/**
 * Names of events; `*` for all.
 */
events: Array<string>, 
/**
 * How often one is tried again before it is given up.
 */
maxRetries: number, 
/**
 * The person wants it told.
 */
active: boolean, 
/**
 * It may lie in a private network or on this computer.
 */
private: boolean, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * Since when nothing arrived; none when the last one did.
 */
failingSince: Timestamp | null, 
/**
 * When it was switched off after failures; none while it is told.
 */
offAt: Timestamp | null, 
/**
 * Why.
 */
offReason: string | null, 
/**
 * When it was last tried.
 */
lastAt: Timestamp | null, 
/**
 * Whether that arrived.
 */
lastOk: boolean | null, };

/**
 * Change an address; what is missing stays.
 */
export type WebhookChange = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * Which.
 */
id: WebhookId, 
/**
 * Where.
 */
url: string | null, 
/**
 * Names of events.
 */
events: Array<string> | null, 
/**
 * How often one is tried again.
 */
maxRetries: number | null, 
/**
 * Whether it is told; turning it on also forgets failures.
 */
active: boolean | null, 
/**
 * It may lie in a private network or on this computer. When missing, another address has to be
 * allowed anew.
 */
private: boolean | null, };

/**
 * In whose words an address can be told.
 */
export type WebhookContract = { 
/**
 * Its key, such as `scheduler`.
 */
key: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Its events.
 */
events: Array<WebhookEvent>, };

/**
 * Tell an address what happens.
 */
export type WebhookCreate = { 
/**
 * Whose events.
 */
workspaceId: WorkspaceId, 
/**
 * In whose words.
 */
contract: string, 
/**
 * Where.
 */
url: string, 
/**
 * Names of events; `*` for all.
 */
events: Array<string>, 
/**
 * What its signature is made with; one is made when missing. Never logged.
 */
secret: string | null, 
/**
 * How often one is tried again; 3 when missing.
 */
maxRetries: number | null, 
/**
 * It may lie in a private network or on this computer.
 */
private: boolean, };

/**
 * What an address was told, newest first.
 */
export type WebhookDeliveries = { 
/**
 * The deliveries.
 */
deliveries: Array<WebhookDelivery>, };

/**
 * Read what an address was told.
 */
export type WebhookDeliveriesQuery = { 
/**
 * The workspace.
 */
workspaceId: WorkspaceId, 
/**
 * The address.
 */
id: WebhookId, 
/**
 * At most this many, 1 to 500.
 */
limit: number, };

/**
 * Something that an address is told.
 */
export type WebhookDelivery = { 
/**
 * Which; the same however often it is sent.
 */
id: WebhookDeliveryId, 
/**
 * Where it goes.
 */
webhookId: WebhookId, 
/**
 * Name of the event.
 */
event: string, 
/**
 * How far it is.
 */
state: WebhookDeliveryState, 
/**
 * All tries so far.
 */
attempts: number, 
/**
 * When it is tried next; none when at once, or never.
 */
nextAt: Timestamp | null, 
/**
 * The status of the last answer.
 */
status: number | null, 
/**
 * Why it did not arrive.
 */
message: string | null, 
/**
 * How the last answer began.
 */
answer: string | null, 
/**
 * When it came in line.
 */
createdAt: Timestamp, 
/**
 * When it arrived or was given up.
 */
endedAt: Timestamp | null, 
/**
 * Its tries, the oldest first.
 */
tries: Array<WebhookTry>, 
/**
 * The text that is sent; none before the first try.
 */
body: string | null, };

/**
 * One event on its way to such an address.
 */
export type WebhookDeliveryId = string;

/**
 * How far a delivery is.
 */
export type WebhookDeliveryState = "waiting" | "delivered" | "failed";

/**
 * An event as a contract names it.
 */
export type WebhookEvent = { 
/**
 * Its name, such as `post.published`.
 */
name: string, 
/**
 * When it is told, in a sentence.
 */
about: string, 
/**
 * A feature that it waits for; it can be asked for and does not come yet.
 */
waitsFor: string | null, };

/**
 * An address to which another program is told what happens.
 */
export type WebhookId = string;

/**
 * A new address, or one with a new secret.
 */
export type WebhookMade = { 
/**
 * The address.
 */
webhook: Webhook, 
/**
 * The secret, where Almanac made it: the only time that it is shown.
 */
secret: string | null, };

/**
 * One try of a delivery.
 */
export type WebhookTry = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * The status of the answer; none when there was none.
 */
status: number | null, 
/**
 * Why it did not arrive; none when it did.
 */
message: string | null, };

/**
 * The addresses of a workspace, the oldest first, and what there is to choose from.
 */
export type Webhooks = { 
/**
 * The addresses.
 */
webhooks: Array<Webhook>, 
/**
 * In whose words one can be told.
 */
contracts: Array<WebhookContract>, };

/**
 * First day of the week.
 */
export type WeekStart = "system" | "monday" | "sunday" | "saturday";

/**
 * When a post happens.
 */
export type When = { "kind": "unplanned" } | { "kind": "planned", 
/**
 * The day.
 */
date: string, 
/**
 * The time of day, when one was given.
 */
time: string | null, 
/**
 * The zone both are meant in.
 */
zone: Zone, } | { "kind": "scheduled", 
/**
 * The wall time as typed.
 */
wall: WallTime, 
/**
 * The zone it is meant in.
 */
zone: Zone, 
/**
 * The instant computed from both; computed again when zone rules change.
 */
at: Timestamp, };

/**
 * Words on a picture.
 */
export type Words = { 
/**
 * What they say; a line break is kept, longer lines are broken between words.
 */
text: string, 
/**
 * How they look.
 */
letters: Letters, 
/**
 * Distance of the box from the left edge, in millionths of the picture's width.
 */
left: number, 
/**
 * Distance of the box from the upper edge, in millionths of the picture's height.
 */
top: number, 
/**
 * Width of the box, in millionths of the picture's width.
 */
width: number, 
/**
 * Where lines stand in the box.
 */
align: Align, };

/**
 * Working hours of one weekday, wall time of the calendar's zone.
 */
export type WorkingHours = { 
/**
 * 1 = Monday … 7 = Sunday (ISO 8601).
 */
weekday: number, 
/**
 * Start.
 */
from: string, 
/**
 * End, after the start.
 */
to: string, };

/**
 * Everything one brand or client owns.
 */
export type Workspace = { 
/**
 * Identifier.
 */
id: WorkspaceId, 
/**
 * Its name, unique among workspaces that are not in the bin.
 */
name: string, 
/**
 * Most that paid calls may cost in a calendar month, in millionths of a US dollar; none without
 * limit.
 */
monthlyBudget: number | null, 
/**
 * When it was made.
 */
createdAt: Timestamp, };

/**
 * A new workspace. It starts with one calendar of the same name.
 */
export type WorkspaceCreate = { 
/**
 * Its name.
 */
name: string, 
/**
 * Zone of its first calendar; the computer's when missing.
 */
zone: Zone | null, };

/**
 * Everything one brand or client owns.
 */
export type WorkspaceId = string;

/**
 * Rename a workspace.
 */
export type WorkspaceRename = { 
/**
 * Which.
 */
id: WorkspaceId, 
/**
 * The new name.
 */
name: string, };

/**
 * What a workspace keeps for writing.
 */
export type Writing = { 
/**
 * Groups of hashtags, by name.
 */
tagGroups: Array<TagGroup>, 
/**
 * Parameters that are put into links, by network.
 */
links: LinkRules, 
/**
 * The mark of its pictures, on or off; none when there is none.
 */
watermark: Watermark | null, };

/**
 * What every write answers: its result and what undoes it.
 */
export type Written<T> = { 
/**
 * The result.
 */
value: T, 
/**
 * The step that undoes it; none when nothing changed or it cannot be undone.
 */
undo: UndoStep | null, 
/**
 * Sentences the person should read: a time moved by a clock change, an edit that is held.
 */
notes: Array<string>, };

/**
 * An IANA time zone name that exists, such as `Europe/Berlin`.
 */
export type Zone = string;

/** Every command with its input and output. */
export interface Commands {
  /** Everything the screen needs to draw its first frame. */
  'session.boot': { input: Nothing; output: Boot; write: false };
  /** Changes after a number, for a window that was away. */
  'changes.since': { input: ChangesSince; output: ChangeBatch; write: false };
  /** Replace the settings. */
  'settings.set': { input: Settings; output: Written<Settings>; write: true };
  /** Remember something for the screen. */
  'preferences.put': { input: PreferencePut; output: Nothing; write: true };
  /** Undo the last step. */
  'history.undo': { input: Nothing; output: HistoryMoved; write: true };
  /** Do the last undone step again. */
  'history.redo': { input: Nothing; output: HistoryMoved; write: true };
  /** What can be undone and redone. */
  'history.list': { input: Nothing; output: HistoryList; write: false };
  /** What the publisher is doing. */
  'publisher.status': { input: Nothing; output: PublisherStatus; write: false };
  /** Hold all posts. */
  'publisher.hold': { input: Hold; output: PublisherStatus; write: true };
  /** Let posts go out again. */
  'publisher.release': { input: Nothing; output: PublisherStatus; write: true };
  /** Where files are lent from to networks that fetch them, and which networks need that. */
  'public_files.get': { input: Nothing; output: PublicFiles; write: false };
  /** Lend files from this storage. */
  'public_files.set': { input: PublicFilesSet; output: Written<PublicFiles>; write: true };
  /** Lend files from no storage any more. */
  'public_files.remove': { input: Nothing; output: Written<PublicFiles>; write: true };
  /** Try a storage: put a file there, fetch it back over its public address, take it away. */
  'public_files.check': { input: PublicFilesSet; output: PublicFilesChecked; write: true };
  /** Where secrets are kept and whether they can be reached. */
  'vault.status': { input: Nothing; output: VaultStatus; write: false };
  /** Keep secrets in a file sealed with a passphrase from now on. */
  'vault.use_sealed_file': { input: Passphrase; output: VaultStatus; write: true };
  /** Open the sealed file for this run. */
  'vault.unlock': { input: Passphrase; output: VaultStatus; write: true };
  /** Make a workspace with its first calendar. */
  'workspaces.create': { input: WorkspaceCreate; output: Written<Workspace>; write: true };
  /** Rename a workspace. */
  'workspaces.rename': { input: WorkspaceRename; output: Written<Workspace>; write: true };
  /** Move a workspace with all it owns to the bin. */
  'workspaces.remove': { input: OneWorkspace; output: Written<Nothing>; write: true };
  /** Set how much paid calls may cost in a calendar month. */
  'workspaces.set_budget': { input: BudgetSet; output: Written<Workspace>; write: true };
  /** What paid calls cost this month so far, and what is still to come. */
  'workspaces.spending': { input: OneWorkspace; output: Spending; write: false };
  /** Make a calendar. */
  'calendars.create': { input: CalendarCreate; output: Written<Calendar>; write: true };
  /** Change a calendar. */
  'calendars.update': { input: CalendarUpdate; output: Written<Calendar>; write: true };
  /** Archive a calendar or take it back into use. */
  'calendars.archive': { input: CalendarArchive; output: Written<Calendar>; write: true };
  /** Pause publishing from a calendar, or go on. */
  'calendars.pause': { input: CalendarPause; output: Written<Calendar>; write: true };
  /** Move a calendar with its posts to the bin. */
  'calendars.remove': { input: OneCalendar; output: Written<Nothing>; write: true };
  /** Sign in to a network and keep the account. */
  'accounts.connect': { input: AccountConnect; output: SignInAnswer; write: true };
  /** Sign in again with an account. */
  'accounts.reconnect': { input: AccountReconnect; output: SignInAnswer; write: true };
  /** Wait until the browser comes back from a network. */
  'accounts.sign_in_wait': { input: OneSignIn; output: SignInAnswer; write: true };
  /** Go on with the final address copied out of the browser. */
  'accounts.sign_in_paste': { input: SignInPaste; output: SignInAnswer; write: true };
  /** Take one of the accounts a sign-in gives access to. */
  'accounts.sign_in_choose': { input: SignInChoose; output: SignInAnswer; write: true };
  /** Give up a sign-in that is under way. */
  'accounts.sign_in_cancel': { input: OneSignIn; output: Nothing; write: true };
  /** Whether the accounts of a workspace can publish, and what they lack. */
  'accounts.readiness': { input: OfWorkspace; output: Readiness; write: false };
  /** What an account can publish, within which limits and with which options. */
  'accounts.capabilities': { input: OneAccount; output: Capabilities; write: false };
  /** What is kept of the person's app at a network. */
  'accounts.kept_app': { input: OneNetwork; output: KeptApp; write: false };
  /** What a network offers an account for an option. */
  'accounts.choices': { input: AccountChoices; output: Choices; write: false };
  /** Ask the network who the account is now. */
  'accounts.check': { input: OneAccount; output: Account; write: true };
  /** Pause publishing to an account, or go on. */
  'accounts.pause': { input: AccountPause; output: Written<Account>; write: true };
  /** Move an account to the bin; its secrets stay until the bin empties. */
  'accounts.remove': { input: OneAccount; output: Written<Nothing>; write: true };
  /** Posts standing in a span of time. */
  'posts.range': { input: Range; output: Chips; write: false };
  /** Posts without a date. */
  'posts.shelf': { input: OfCalendars; output: Chips; write: false };
  /** Posts that are not scheduled, with or without a date. */
  'posts.drafts': { input: OfCalendars; output: Chips; write: false };
  /** Chips of these posts; those in the bin are left out. */
  'posts.chips': { input: PostIds; output: Chips; write: false };
  /** One post, whole. */
  'posts.get': { input: OnePost; output: Post; write: false };
  /** Make a post. */
  'posts.create': { input: PostCreate; output: Written<Post>; write: true };
  /** Save what was typed. */
  'posts.save': { input: PostSave; output: Written<Post>; write: true };
  /** The composer opened the post: an edit is in progress. */
  'posts.open': { input: OnePost; output: Post; write: true };
  /** The composer closed: the edit no longer holds the post back. */
  'posts.close': { input: OnePost; output: Post; write: true };
  /** What was edited replaces what goes out. */
  'posts.confirm_edit': { input: OnePost; output: Written<Post>; write: true };
  /** Forget the edit of a scheduled post. */
  'posts.discard_edit': { input: OnePost; output: Written<Post>; write: true };
  /** Move posts in time, or to the shelf and back. */
  'posts.move': { input: PostsMove; output: Written<PostsChanged>; write: true };
  /** Copy posts. */
  'posts.copy': { input: PostsCopy; output: Written<PostsChanged>; write: true };
  /** Schedule a post into the next free slot. */
  'posts.schedule_next': { input: ScheduleNext; output: Written<Post>; write: true };
  /** Publish a post at once. */
  'posts.publish_now': { input: OnePost; output: Written<Post>; write: true };
  /** Let a post go out that a program without the right to publish asked for, or say no. */
  'posts.answer_ask': { input: AskAnswer; output: Written<Post>; write: true };
  /** Call posts off. */
  'posts.cancel': { input: PostIds; output: Written<PostsChanged>; write: true };
  /** Call posts for again that were called off. */
  'posts.use_again': { input: PostIds; output: Written<PostsChanged>; write: true };
  /** Change labels of posts. */
  'posts.label': { input: PostsLabel; output: Written<PostsChanged>; write: true };
  /** Change the editorial status of posts. */
  'posts.editorial': { input: PostsEditorial; output: Written<PostsChanged>; write: true };
  /** Move posts to the bin. */
  'posts.remove': { input: PostIds; output: Written<Nothing>; write: true };
  /** What would move if all later posts moved along. */
  'posts.shift_preview': { input: ShiftRest; output: ShiftPreview; write: false };
  /** Look at a draft as every chosen network does. */
  'posts.check': { input: PostCheck; output: Checked; write: false };
  /** Days on which more is planned for an account than its network takes. */
  'posts.crowded': { input: CrowdedQuery; output: Crowding; write: false };
  /** Find posts by words. */
  'posts.search': { input: Search; output: Chips; write: false };
  /** Which posts have some words, all of them. */
  'posts.find': { input: PostsFind; output: FoundPosts; write: false };
  /** The job log of a post. */
  'posts.attempts': { input: OnePost; output: Attempts; write: false };
  /** All labels in use. */
  'labels.list': { input: Nothing; output: Array<LabelCount>; write: false };
  /** Split a text into a thread. */
  'text.split': { input: TextSplit; output: TextParts; write: false };
  /** Read a typed date. */
  'dates.parse': { input: DateParse; output: DateParsed; write: false };
  /** Fetch what a link card would show. */
  'links.card': { input: WebAddress; output: LinkCard; write: false };
  /** What a workspace keeps for writing: hashtag groups, parameters of links. */
  'writing.get': { input: OneWorkspace; output: Writing; write: false };
  /** Make a group of hashtags, or change one. */
  'writing.put_tags': { input: TagGroupPut; output: Written<Writing>; write: true };
  /** Remove a group of hashtags. */
  'writing.remove_tags': { input: TagGroupRemove; output: Written<Writing>; write: true };
  /** Say which mark the pictures of a workspace get; none to forget it. */
  'writing.set_watermark': { input: WatermarkSet; output: Written<Writing>; write: true };
  /** Say which parameters the links of a workspace get. */
  'writing.set_links': { input: LinkRulesSet; output: Written<Writing>; write: true };
  /** Try a failed or missed target now. */
  'targets.retry': { input: OneTarget; output: Written<Post>; write: true };
  /** Call one target off. */
  'targets.cancel': { input: OneTarget; output: Written<Post>; write: true };
  /** Call one target for again that was called off. */
  'targets.use_again': { input: OneTarget; output: Written<Post>; write: true };
  /** The person says it is on the network. */
  'targets.say_published': { input: SayPublished; output: Written<Post>; write: true };
  /** The person says it is not there: send again. */
  'targets.send_again': { input: OneTarget; output: Written<Post>; write: true };
  /** The person gives up on an unconfirmed send. */
  'targets.give_up': { input: OneTarget; output: Written<Post>; write: true };
  /** Look for a first comment that was not written, and write it when it is not there. */
  'targets.comment_again': { input: OneTarget; output: Written<Post>; write: true };
  /** The person leaves a post without its first comment. */
  'targets.leave_comment': { input: OneTarget; output: Written<Post>; write: true };
  /** What the person is to post of a post that is handed over, and where it lies ready. */
  'targets.handed_over': { input: OneTarget; output: HandedOver; write: false };
  /** Delete on its network what the network holds until its time. Cannot be undone. */
  'targets.take_back': { input: OneTarget; output: Written<Post>; write: true };
  /** Delete a published post on its network. Cannot be undone. */
  'targets.delete_on_network': { input: OneTarget; output: Written<Post>; write: true };
  /** What happened, newest first. */
  'activity.list': { input: ActivityQuery; output: Activity; write: false };
  /** What needs the person. */
  'activity.troubles': { input: Nothing; output: Troubles; write: false };
  /** Weekly plans of a workspace. */
  'slots.list': { input: OfWorkspace; output: Slots; write: false };
  /** What a new weekly plan would do to queued posts. */
  'slots.preview': { input: SlotsReplace; output: SlotsPreview; write: false };
  /** Replace the weekly plan of an account. */
  'slots.replace': { input: SlotsReplace; output: Written<Slots>; write: true };
  /** The queue, one column per account. */
  'queue.view': { input: QueueQuery; output: Queue; write: false };
  /** The next free slot of accounts. */
  'queue.next_free': { input: NextFree; output: FreeSlot; write: false };
  /** Put queued posts into another order. */
  'queue.reorder': { input: QueueReorder; output: Written<PostsChanged>; write: true };
  /** Put a queued post into a free slot. */
  'queue.into_slot': { input: QueueIntoSlot; output: Written<Post>; write: true };
  /** What pausing a day would do to queued posts. */
  'queue.pause_day_preview': { input: DayOfQueue; output: DayPausePreview; write: false };
  /** Pause a weekly plan for one day, or go on. */
  'queue.pause_day': { input: DayPauseSet; output: Written<PostsChanged>; write: true };
  /** Whole posts, page by page. */
  'posts.page': { input: PostsPageQuery; output: PostsPage; write: false };
  /** The log of deliveries of a workspace. */
  'attempts.list': { input: AttemptsQuery; output: LoggedAttempts; write: false };
  /** Make a key for another program; it is shown once. */
  'keys.create': { input: KeyCreate; output: Written<KeyMade>; write: true };
  /** The keys of a workspace. */
  'keys.list': { input: OneWorkspace; output: ApiKeys; write: false };
  /** Revoke a key at once. Cannot be undone. */
  'keys.revoke': { input: OneKey; output: Written<Nothing>; write: true };
  /** Programs that may ask for access to a workspace, and what they ask. */
  'access.list': { input: OneWorkspace; output: AccessList; write: false };
  /** Let a program ask for access; its secret is shown once. */
  'access.register': { input: AccessRegister; output: Written<AccessRegistered>; write: true };
  /** Shut out a program that was let in. Cannot be undone. */
  'access.remove': { input: OneAccessProgram; output: Written<Nothing>; write: true };
  /** Answer a program that asks for access. */
  'access.answer': { input: AccessAnswer; output: Written<Nothing>; write: true };
  /** Addresses that are told what happens in a workspace, and in whose words that can be. */
  'webhooks.list': { input: OneWorkspace; output: Webhooks; write: false };
  /** Tell an address what happens; its secret is shown once. */
  'webhooks.create': { input: WebhookCreate; output: Written<WebhookMade>; write: true };
  /** Change an address that is told what happens, or turn it on or off. */
  'webhooks.change': { input: WebhookChange; output: Written<Webhook>; write: true };
  /** Tell an address nothing any more. */
  'webhooks.remove': { input: OneWebhook; output: Written<Nothing>; write: true };
  /** Sign with a new secret from now on. Cannot be undone. */
  'webhooks.new_secret': { input: OneWebhook; output: Written<WebhookMade>; write: true };
  /** Send a test to an address at once. */
  'webhooks.test': { input: OneWebhook; output: WebhookDelivery; write: true };
  /** What an address was told, and whether it arrived. */
  'webhooks.deliveries': { input: WebhookDeliveriesQuery; output: WebhookDeliveries; write: false };
  /** Send something again to its address. Cannot be undone. */
  'webhooks.send_again': { input: OneWebhookDelivery; output: Written<WebhookDelivery>; write: true };
  /** What is in the bin. */
  'bin.list': { input: Nothing; output: Bin; write: false };
  /** Take things out of the bin. */
  'bin.restore': { input: BinItems; output: Written<Nothing>; write: true };
  /** Remove things for good. Cannot be undone. */
  'bin.purge': { input: BinItems; output: Nothing; write: true };
  /** Take files into the library. */
  'media.import': { input: Paths; output: MediaImported; write: true };
  /** Take a pasted picture into the library. */
  'media.import_bytes': { input: MediaBytes; output: MediaImported; write: true };
  /** Fetch a file from a web address into the library. */
  'media.import_address': { input: WebAddress; output: MediaImported; write: true };
  /** How far taking files in has come. */
  'media.importing': { input: Nothing; output: MediaImporting; write: false };
  /** Stop taking files in; what is in stays. */
  'media.import_stop': { input: Nothing; output: Nothing; write: true };
  /** Files of the library, some at a time. */
  'media.list': { input: MediaAsk; output: MediaPage; write: false };
  /** Every file that a query finds. */
  'media.ids': { input: FileQuery; output: Array<MediaId>; write: false };
  /** Posts that use a file. */
  'media.uses': { input: OneMedia; output: MediaUses; write: false };
  /** Whether the accounts of a workspace take a file, and why not. */
  'media.fits': { input: MediaFitsAsk; output: Array<MediaFit>; write: false };
  /** Where a file lies on this computer, or lay. */
  'media.place': { input: OneMedia; output: OnePath; write: false };
  /** Write a copy of a file somewhere else. */
  'media.save_copy': { input: MediaCopy; output: Nothing; write: true };
  /** Change name, description or note on rights of a file. */
  'media.describe': { input: MediaDescribe; output: Written<MediaInfo>; write: true };
  /** Change labels of files. */
  'media.label': { input: MediaLabel; output: Written<Nothing>; write: true };
  /** Move files to the bin, but for those that posts still to go out need. */
  'media.remove': { input: MediaIds; output: Written<MediaRemoved>; write: true };
  /** Facts on files. */
  'media.info': { input: MediaIds; output: Array<MediaInfo>; write: false };
  /** Look for the program that changes videos. */
  'media.tools': { input: Nothing; output: VideoTool; write: false };
  /** Stop the version of a video that is being made. */
  'media.making_stop': { input: Nothing; output: Nothing; write: true };
  /** Read a file of captions for a video. */
  'media.captions': { input: CaptionsFile; output: CaptionsRead; write: false };
  /** The part of a picture worth keeping in another shape; faces come first. */
  'media.best_part': { input: MediaCrop; output: Area; write: false };
  /** Families of fonts that words on pictures can be drawn with. */
  'media.fonts': { input: Nothing; output: Array<string>; write: false };
  /** What words or a mark lay over a picture of some size. */
  'media.layer': { input: LayerWanted; output: PictureLayer; write: false };
  /** What accounts get of pictures, whether they fit, and why not. */
  'media.as_sent': { input: FitsWanted; output: Array<PictureFit>; write: false };
  /** Look at a CSV file before taking it in. */
  'csv.preview': { input: CsvImport; output: CsvPreview; write: false };
  /** Take the good rows of a CSV file in, as one step. */
  'csv.import': { input: CsvImport; output: Written<Counts>; write: true };
  /** Write posts as CSV. */
  'csv.export': { input: CalendarExport; output: Counts; write: false };
  /** Write a calendar file. */
  'ics.export': { input: CalendarExport; output: Counts; write: false };
  /** Write everything, media included, into one file. */
  'bundle.export': { input: OnePath; output: Counts; write: false };
  /** Take a full export into an empty program. */
  'bundle.import': { input: OnePath; output: Counts; write: true };
  /** Where the data lies and its backups. */
  'data.status': { input: Nothing; output: DataStatus; write: false };
  /** Make a backup now. */
  'data.backup': { input: Nothing; output: DataStatus; write: true };
  /** Go back to a backup. Everything is held afterwards. */
  'data.restore': { input: OnePath; output: DataStatus; write: true };
  /** Move the data folder. */
  'data.move': { input: OnePath; output: DataStatus; write: true };
  /** The end of the log. */
  'logs.tail': { input: LogTail; output: LogLines; write: false };
  /** Write a bundle for a bug report, without secrets and texts. */
  'diagnostics.export': { input: OnePath; output: Nothing; write: false };
}

/** New red, green and blue from the old, each 0 to 1: three factors and what is added. */
export type Colours = readonly (readonly [number, number, number, number])[];
/** Each knob of `adjust` at -100 and at 100. */
export const KNOBS: Record<'brightness' | 'contrast' | 'saturation' | 'warmth', { least: Colours; most: Colours }> = {"brightness":{"least":[[1.0,0.0,0.0,-0.4000000059604645],[0.0,1.0,0.0,-0.4000000059604645],[0.0,0.0,1.0,-0.4000000059604645]],"most":[[1.0,0.0,0.0,0.4000000059604645],[0.0,1.0,0.0,0.4000000059604645],[0.0,0.0,1.0,0.4000000059604645]]},"contrast":{"least":[[0.4000000059604645,0.0,0.0,0.30000001192092896],[0.0,0.4000000059604645,0.0,0.30000001192092896],[0.0,0.0,0.4000000059604645,0.30000001192092896]],"most":[[2.0,0.0,0.0,-0.5],[0.0,2.0,0.0,-0.5],[0.0,0.0,2.0,-0.5]]},"saturation":{"least":[[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0],[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0],[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0]],"most":[[1.7874000072479248,-0.7152000069618225,-0.0722000002861023,0.0],[-0.2125999927520752,1.2848000526428223,-0.0722000002861023,0.0],[-0.2125999927520752,-0.7152000069618225,1.927799940109253,0.0]]},"warmth":{"least":[[0.800000011920929,0.0,0.0,0.0],[0.0,0.9800000190734863,0.0,0.0],[0.0,0.0,1.2000000476837158,0.0]],"most":[[1.1799999475479126,0.0,0.0,0.0],[0.0,1.0299999713897705,0.0,0.0],[0.0,0.0,0.7799999713897705,0.0]]}};
/** Each look at full strength. */
export const LOOKS: Record<Look, Colours> = {"cool":[[0.8314959406852722,-0.03504476696252823,-0.004331996198743582,0.0],[-0.008503991179168224,0.9939552545547485,-0.004331996198743582,0.0],[-0.008503991179168224,-0.03504476696252823,1.2556679248809814,0.0]],"faded":[[0.6023625135421753,0.13410000503063202,0.01353750005364418,0.1850000023841858],[0.0398624986410141,0.6965999603271484,0.01353750005364418,0.1850000023841858],[0.0398624986410141,0.13410000503063202,0.5760375261306763,0.1850000023841858]],"mono":[[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0],[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0],[0.2125999927520752,0.7152000069618225,0.0722000002861023,0.0]],"sepia":[[0.3930000066757202,0.7689999938011169,0.1889999955892563,0.0],[0.3490000069141388,0.6859999895095825,0.1679999977350235,0.0],[0.2720000147819519,0.5339999794960022,0.13099999725818634,0.0]],"vivid":[[1.5609439611434937,-0.4005120098590851,-0.040431998670101166,-0.06000000238418579],[-0.11905599385499954,1.2794880867004395,-0.040431998670101166,-0.06000000238418579],[-0.11905599385499954,-0.4005120098590851,1.6395679712295532,-0.06000000238418579]],"warm":[[1.2729130983352661,-0.07366561144590378,-0.005631601437926292,0.0],[-0.02508680336177349,1.059334397315979,-0.005631601437926292,0.0],[-0.02508680336177349,-0.07366561144590378,0.8523683547973633,0.0]]};
