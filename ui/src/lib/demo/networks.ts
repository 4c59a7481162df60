/** The networks of the program in memory: every way to sign in, and every kind of option. */
import type { Entry, FieldKind, OptionField, Redirect, SignInField, SignInMethod } from '$lib/api';

const field = (
  name: string,
  label: string,
  kind: FieldKind,
  help: string,
  more: Partial<SignInField> = {},
): SignInField => ({
  name,
  label,
  kind,
  help,
  optional: false,
  placeholder: '',
  ofApp: false,
  ...more,
});
const option = (
  name: string,
  label: string,
  kind: FieldKind,
  help: string,
  more: Partial<OptionField> = {},
): OptionField => ({
  name,
  label,
  kind,
  help,
  choices: [],
  max: null,
  when: null,
  required: false,
  default: '',
  ...more,
});
const way = (
  key: string,
  label: string,
  guide: string[],
  fields: SignInField[],
  redirect?: Redirect,
  registerAt: string | null = null,
): SignInMethod => ({
  key,
  label,
  guide,
  fields,
  browser: redirect ? { redirect, registerAt, scopes: [] } : null,
});
const here = (ports: number[]): Redirect => ({
  kind: 'loopback',
  host: '127.0.0.1',
  ports,
  path: '/callback',
});
const nowhere: Redirect = { kind: 'pasted', address: 'https://almanac.example/done' };

const token = (help: string) => field('token', 'Token', 'secret', help);
const server = field('server', 'Server', 'address', 'The server the account lives on.', {
  placeholder: 'mastodon.example',
});
/** The fields of an app that a person registered. */
const app = [
  field('clientId', 'Client ID', 'text', "On the app's page.", { ofApp: true }),
  field('clientSecret', 'Client secret', 'secret', 'Beside it.', { ofApp: true }),
];

const BLUESKY: Entry = {
  key: 'bluesky',
  name: 'Bluesky',
  support: 'full',
  publishes: {
    text: true,
    images: true,
    video: false,
    thread: true,
    empty: false,
    mixed: false,
    needsMedia: false,
  },
  text: { unit: 'graphemes', max: 300, maxBytes: 3000, link: null },
  images: {
    maxCount: 4,
    maxBytes: 1_000_000,
    formats: ['image/jpeg', 'image/png', 'image/webp'],
    alt: true,
    maxAlt: 2000,
  },
  video: null,
  files: null,
  prices: [],
  nativeSchedule: null,
  firstComment: null,
  fetches: null,
  sameTextOnSeveralAccounts: null,
  options: [
    option(
      'langs',
      'Languages',
      'text',
      'Up to three language codes such as en or pt-BR, separated by commas.',
    ),
    option(
      'linkCard',
      'Card for the first link',
      'toggle',
      "Shows the page's title and picture under a post without pictures.",
      { default: true },
    ),
  ],
  signIn: {
    methods: [
      way(
        'app_password',
        'With an app password',
        ['On Bluesky open Settings, then Privacy and security, then App passwords.'],
        [
          field('identifier', 'Handle', 'text', 'Your name on Bluesky.', {
            placeholder: 'ana.bsky.social',
          }),
          field('password', 'App password', 'secret', 'Four groups of four letters.', {
            placeholder: 'xxxx-xxxx-xxxx-xxxx',
          }),
        ],
      ),
    ],
  },
  confirms: 'chosen_id',
  canDelete: true,
  quota: { perHour: null, perDay: null },
  moreLimits: [],
  metrics: [],
  findsPeople: true,
  exactPreview: false,
  needsInternet: true,
  notes: [],
};

const FOLDER: Entry = {
  ...BLUESKY,
  key: 'folder',
  name: 'Folder',
  text: { unit: 'graphemes', max: null, maxBytes: null, link: null },
  images: { maxCount: 100, maxBytes: null, formats: [], alt: true, maxAlt: null },
  options: [],
  findsPeople: false,
  exactPreview: true,
  signIn: {
    methods: [
      way(
        'folder',
        'Choose a folder',
        ['Choose a folder. Each post becomes a Markdown file in it.'],
        [field('folder', 'Folder', 'folder', 'Posts and their pictures are written into it.')],
      ),
    ],
  },
  needsInternet: false,
};

interface Facts {
  max: number | null;
  note: string;
  ways: SignInMethod[];
  options?: OptionField[];
  support?: Entry['support'];
}

const network = (key: string, name: string, facts: Facts): Entry => ({
  ...BLUESKY,
  key,
  name,
  support: facts.support ?? 'full',
  text: { unit: 'graphemes', max: facts.max, maxBytes: null, link: null },
  options: facts.options ?? [],
  findsPeople: key === 'mastodon',
  signIn: { methods: facts.ways },
  notes: [facts.note],
});

const throughApp = (name: string, at: string, redirect: Redirect) =>
  way(
    'oauth',
    'With your browser',
    [
      `Register an app of your own at ${at}.`,
      'Tick the boxes for reading your profile and for writing posts.',
      `Enter what ${name} shows as its ID and secret below.`,
    ],
    app,
    redirect,
    at,
  );

const poll = { option: 'poll', values: [true] };

const MASTODON = network('mastodon', 'Mastodon', {
  max: 500,
  note: 'Also servers that speak the same, such as Pleroma and GoToSocial.',
  ways: [
    way(
      'oauth',
      'With your browser',
      ['Enter your server. Your browser asks whether Almanac may post for you.'],
      [server],
      here([0]),
    ),
    way(
      'token',
      'With a token',
      [
        'On your server open Preferences, then Development, then New application.',
        'Tick write:statuses, write:media and read:accounts.',
        'Copy the access token.',
      ],
      [server, token('On the page of the application.')],
    ),
  ],
  options: [
    option('visibility', 'Who sees it', 'choice', '', {
      choices: [
        ['', 'As set in the account'],
        ['public', 'Everybody'],
        ['unlisted', 'Everybody, not in public lists'],
        ['private', 'Followers'],
      ],
    }),
    option('sensitive', 'Hide behind a warning', 'toggle', '', { default: false }),
    option('contentWarning', 'Warning', 'text', 'Shown instead of the post until it is opened.', {
      max: 100,
      required: true,
      when: { option: 'sensitive', values: [true] },
    }),
    option('poll', 'With a poll', 'toggle', '', { default: false }),
    option('pollAnswers', 'Answers', 'list', 'Two to four.', {
      max: 4,
      required: true,
      default: [],
      when: poll,
    }),
    option('minutes', 'How long it runs, in minutes', 'number', '', {
      max: 43_200,
      default: 1440,
      when: poll,
    }),
  ],
});

const YOUTUBE = network('youtube', 'YouTube', {
  max: 5000,
  note: 'Takes videos only.',
  support: 'partial',
  ways: [throughApp('Google', 'https://console.cloud.example/apis', here([0]))],
  options: [
    option('title', 'Title', 'text', '', { max: 100, required: true }),
    option('description', 'Description', 'long_text', 'Links in it can be clicked.', {
      max: 5000,
    }),
    option('tags', 'Tags', 'list', 'Words to be found by.', { max: 15, default: [] }),
    option('playlist', 'Playlist', 'lookup', ''),
    option('page', 'Page about it', 'address', 'Put under the description.'),
  ],
});

const PINTEREST = network('pinterest', 'Pinterest', {
  max: 500,
  note: 'A pin needs a picture or a video, and a board.',
  ways: [throughApp('Pinterest', 'https://developers.pinterest.example/apps', here([8085]))],
  options: [
    option('board', 'Board', 'lookup', 'Where the pin goes.', { required: true }),
    option('link', 'Link', 'address', 'Where a press on the pin leads.'),
  ],
});

/** The networks of the program in memory. */
export const catalogue: Entry[] = [
  BLUESKY,
  FOLDER,
  MASTODON,
  network('x', 'X', {
    max: 280,
    note: 'X asks a small sum for each post.',
    ways: [throughApp('X', 'https://developer.x.example/portal', here([8723, 8724]))],
  }),
  network('linkedin', 'LinkedIn', {
    max: 3000,
    note: 'Pages of organisations need a review by LinkedIn.',
    support: 'partial',
    ways: [
      throughApp('LinkedIn', 'https://developer.linkedin.example/apps', here([8712])),
      way(
        'token',
        'With a token',
        ['Make one at https://developer.linkedin.example/token, and copy it.'],
        [token('It holds for 60 days.')],
      ),
    ],
  }),
  network('facebook', 'Facebook Pages', {
    max: 63_206,
    note: 'Pages only: Facebook lets no program post to a person.',
    ways: [throughApp('Meta', 'https://developers.facebook.example/apps', nowhere)],
  }),
  network('instagram', 'Instagram', {
    max: 2200,
    note: 'Needs a professional account.',
    ways: [throughApp('Meta', 'https://developers.facebook.example/apps', nowhere)],
  }),
  network('threads', 'Threads', {
    max: 500,
    note: 'Posts cannot be deleted from here.',
    ways: [throughApp('Meta', 'https://developers.facebook.example/apps', nowhere)],
  }),
  network('tiktok', 'TikTok', {
    max: 2200,
    note: 'Until TikTok has looked at your app, only you see what it posts.',
    support: 'partial',
    ways: [throughApp('TikTok', 'https://developers.tiktok.example', here([8720]))],
  }),
  YOUTUBE,
  PINTEREST,
  network('reddit', 'Reddit', {
    max: 40_000,
    note: 'Each community has rules of its own.',
    ways: [throughApp('Reddit', 'https://www.reddit.example/prefs/apps', here([8080]))],
    options: [option('community', 'Community', 'lookup', '', { required: true })],
  }),
  network('telegram', 'Telegram', {
    max: 4096,
    note: 'Posts through a bot of yours into channels and groups.',
    ways: [
      way(
        'bot',
        'With a bot',
        ['Write /newbot to BotFather.', 'Add the bot to your channel as an administrator.'],
        [
          token('BotFather sends it.'),
          field('chat', 'Channel', 'text', 'Its name.', { placeholder: '@paperbench' }),
        ],
      ),
    ],
  }),
  network('discord', 'Discord', {
    max: 2000,
    note: 'Into a channel, through its webhook or a bot.',
    ways: [
      way(
        'webhook',
        'With a webhook',
        ['Open the settings of the channel, then Integrations, then Webhooks.'],
        [field('webhook', 'Webhook address', 'secret', 'Whoever has it can post.')],
      ),
    ],
  }),
  network('slack', 'Slack', {
    max: 40_000,
    note: 'Into channels that the bot was invited to.',
    ways: [way('token', 'With a token', [], [token('It begins with xoxb-.')])],
  }),
  network('wordpress', 'WordPress', {
    max: null,
    note: 'Publishes articles; the site keeps them until their minute.',
    ways: [
      way(
        'app_password',
        'With an application password',
        ['Open Users, then Profile, then Application Passwords.'],
        [
          field('server', 'Site', 'address', 'Its address.'),
          field('identifier', 'User name', 'text', 'As you log in.'),
          field('password', 'Application password', 'secret', 'Six groups of four letters.'),
        ],
      ),
    ],
  }),
  network('nostr', 'Nostr', {
    max: null,
    note: 'Notes go to the relays you name.',
    ways: [
      way(
        'key',
        'With your key',
        [],
        [
          field('key', 'Secret key', 'secret', 'It begins with nsec1.'),
          field('relays', 'Relays', 'long_text', 'One address a line.'),
        ],
      ),
    ],
  }),
  network('webhook', 'Webhook', {
    max: null,
    note: 'Each post as signed JSON to an address of yours.',
    ways: [
      way(
        'address',
        'An address of yours',
        [],
        [
          field('address', 'Address', 'address', 'It has to answer 2xx.'),
          field('secret', 'Secret', 'secret', 'Signs what is sent.'),
          field('files', 'Send files along', 'toggle', 'Otherwise only their names.'),
        ],
      ),
    ],
  }),
  network('snapchat', 'Snapchat', {
    max: null,
    note: 'Snapchat lets no program post: you get text and media at the minute.',
    support: 'hand_off',
    ways: [
      way(
        'name',
        'By hand',
        ['Nothing to sign in to. Name the account so that you know where to post.'],
        [field('identifier', 'Name', 'text', 'As you know it.')],
      ),
    ],
  }),
];
