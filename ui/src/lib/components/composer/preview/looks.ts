/**
 * How each network looks, as data: the one place of the preview that knows them. A network that is not
 * here is drawn by what its entry in the catalogue says. Their colours stand in `looks.css`.
 */
import type { Entry } from '$lib/api';

/** What a post is drawn as. */
export type Family = 'feed' | 'article' | 'video' | 'gallery' | 'chat' | 'pin' | 'handoff' | 'file';

/** What an option is to the preview, whatever its network calls it. */
export type Role =
  | 'answers'
  | 'blur'
  | 'board'
  | 'button'
  | 'card'
  | 'cardOn'
  | 'cardText'
  | 'cardTitle'
  | 'captionAbove'
  | 'comment'
  | 'document'
  | 'ends'
  | 'excerpt'
  | 'featured'
  | 'flair'
  | 'kind'
  | 'labels'
  | 'link'
  | 'marks'
  | 'multiple'
  | 'name'
  | 'note'
  | 'poll'
  | 'silent'
  | 'tags'
  | 'title'
  | 'together'
  | 'topic'
  | 'warning';

/** Things one can do with a post, drawn as icons below it. */
export type Deed =
  | 'reply'
  | 'repost'
  | 'like'
  | 'heart'
  | 'boost'
  | 'favourite'
  | 'views'
  | 'bookmark'
  | 'comment'
  | 'share'
  | 'send'
  | 'zap'
  | 'vote';

export interface Look {
  family: Family;
  /** Options by what is drawn of them; several where a role is spread over more than one. */
  roles?: Partial<Record<Role, string | readonly string[]>>;
  face?: 'round' | 'square';
  /** Name and handle in one line, or below each other. */
  who?: 'line' | 'stack' | 'name';
  /** Stands before handles. */
  at?: '@' | '' | 'r/';
  deeds?: readonly Deed[];
  /** Deeds have words beside them. */
  labelled?: boolean;
  /** Pictures reach from edge to edge. */
  bleed?: boolean;
  /** After so many lines one has to open the rest. */
  foldLines?: number;
  /** A chat's manner: a bubble, or lines below a name. */
  chat?: 'bubble' | 'rows';
  /** How marks in the text become bold and italic; some networks read them only when asked. */
  marks?: 'markdown' | 'telegram' | 'slack';
  /** The option `marks` has to have this value before marks are read. */
  marksWhen?: string;
  /** A link's card: a picture above the words, or one beside them. */
  cards?: 'above' | 'beside' | 'none';
  /** The video stands upright. */
  upright?: boolean;
  /** Values of the option `kind` that fill the whole screen. */
  fullScreen?: readonly string[];
  /** Only some video sizes: what the title is when none is given. */
  titleFrom?: 'text' | 'post';
  /** Says what becomes of the post where nobody sees it as a post. */
  receiver?: boolean;
}

const FEED: Look = { family: 'feed', face: 'round', who: 'line', at: '@', cards: 'above' };

const LOOKS: Readonly<Record<string, Look>> = {
  bluesky: {
    ...FEED,
    deeds: ['reply', 'repost', 'heart', 'share'],
    roles: { cardOn: 'linkCard' },
  },
  mastodon: {
    ...FEED,
    face: 'square',
    who: 'stack',
    deeds: ['reply', 'boost', 'favourite', 'bookmark'],
    roles: {
      warning: 'contentWarning',
      blur: 'sensitive',
      poll: 'poll',
      answers: 'pollAnswers',
      multiple: 'pollMultiple',
      ends: 'pollEnds',
    },
  },
  x: {
    ...FEED,
    deeds: ['reply', 'repost', 'heart', 'views', 'bookmark'],
    roles: { note: ['paidPartnership', 'madeWithAi'] },
  },
  threads: {
    ...FEED,
    who: 'name',
    deeds: ['heart', 'comment', 'repost', 'send'],
    roles: { topic: 'topicTag' },
  },
  nostr: {
    ...FEED,
    who: 'name',
    deeds: ['comment', 'repost', 'heart', 'zap'],
    roles: { warning: 'contentWarning' },
  },
  linkedin: {
    ...FEED,
    who: 'stack',
    at: '',
    bleed: true,
    labelled: true,
    foldLines: 3,
    cards: 'beside',
    deeds: ['like', 'comment', 'repost', 'send'],
    roles: {
      link: 'link',
      cardTitle: 'linkTitle',
      cardText: 'linkDescription',
      document: 'documentTitle',
    },
  },
  facebook: {
    ...FEED,
    who: 'stack',
    at: '',
    bleed: true,
    labelled: true,
    foldLines: 5,
    deeds: ['like', 'comment', 'share'],
    fullScreen: ['reel', 'story'],
    roles: { kind: 'kind', link: 'link', title: 'title' },
  },
  reddit: {
    ...FEED,
    who: 'name',
    at: '',
    cards: 'beside',
    deeds: ['vote', 'comment', 'share'],
    roles: {
      board: ['subreddit', 'community'],
      title: 'title',
      flair: 'flair',
      labels: ['nsfw', 'spoiler'],
      link: ['link', 'url'],
    },
  },
  instagram: {
    family: 'gallery',
    face: 'round',
    who: 'name',
    at: '',
    deeds: ['heart', 'comment', 'send', 'bookmark'],
    foldLines: 2,
    fullScreen: ['reel', 'story'],
    roles: { kind: 'kind', together: 'collaborators' },
  },
  tiktok: {
    family: 'video',
    face: 'round',
    at: '@',
    upright: true,
    foldLines: 2,
    deeds: ['heart', 'comment', 'bookmark', 'share'],
    roles: { title: 'title', note: ['brandContent', 'brandOrganic', 'madeWithAi'] },
  },
  youtube: {
    family: 'video',
    face: 'round',
    at: '@',
    foldLines: 3,
    titleFrom: 'text',
    deeds: ['like', 'share', 'bookmark'],
    roles: { title: 'title', tags: 'tags', note: ['madeForKids', 'synthetic'] },
  },
  pinterest: {
    family: 'pin',
    face: 'round',
    at: '',
    roles: { title: 'title', link: 'link', board: 'board' },
  },
  telegram: {
    family: 'chat',
    face: 'round',
    at: '@',
    chat: 'bubble',
    marks: 'telegram',
    marksWhen: 'marks',
    cards: 'above',
    roles: {
      marks: 'format',
      card: 'preview',
      blur: 'spoiler',
      silent: 'silent',
      captionAbove: 'captionAbove',
    },
  },
  discord: {
    family: 'chat',
    face: 'round',
    at: '',
    chat: 'rows',
    marks: 'markdown',
    cards: 'beside',
    roles: {
      cardOn: 'previews',
      blur: 'spoiler',
      silent: 'silent',
      name: 'name',
      title: 'forumTitle',
      link: 'cardAddress',
      cardTitle: 'cardTitle',
      cardText: 'cardText',
    },
  },
  slack: {
    family: 'chat',
    face: 'square',
    at: '',
    chat: 'rows',
    marks: 'slack',
    marksWhen: 'marks',
    cards: 'beside',
    roles: { marks: 'format', cardOn: 'previews', title: 'headline', button: 'button' },
  },
  wordpress: {
    family: 'article',
    marks: 'markdown',
    marksWhen: 'markdown',
    titleFrom: 'post',
    roles: {
      title: 'title',
      marks: 'format',
      tags: 'tags',
      board: 'categories',
      excerpt: 'excerpt',
      featured: 'featured',
    },
  },
  webhook: {
    family: 'handoff',
    receiver: true,
    roles: { link: 'link', tags: 'tags' },
  },
  snapchat: { family: 'handoff' },
};

/** The look of a network, or the nearest one to what its entry says. */
export function lookOf(entry: Entry): Look {
  const known = LOOKS[entry.key];
  if (known) return known;
  if (entry.exactPreview) return { family: 'file' };
  if (entry.support === 'hand_off') return { family: 'handoff' };
  return { ...FEED, deeds: ['reply', 'repost', 'heart'] };
}
