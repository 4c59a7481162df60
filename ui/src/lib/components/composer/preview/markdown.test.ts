import { describe, expect, it } from 'vitest';
import { firstWords, markdown, stem } from './markdown';

describe('the Markdown file', () => {
  it('is named after the day and the first words, in any script', () => {
    expect(stem('2026-05-14', "Spring Sale: it's on!")).toBe('2026-05-14-spring-sale-its-on');
    expect(stem('2026-05-14', 'Скидки весны')).toBe('2026-05-14-скидки-весны');
    expect(stem('2026-05-14', '🎉 !!! …')).toBe('2026-05-14');
    expect(stem('2026-05-14', 'a'.repeat(300))).toHaveLength(80);
  });

  it('takes the first line that says something', () => {
    expect(firstWords('', [{ text: '\n  \nHello\nmore' }])).toBe('Hello');
    expect(firstWords('Title', [])).toBe('Title');
  });

  it('carries front matter, parts and pictures', () => {
    const file = markdown({
      title: 'He said "hi"',
      date: '2026-05-14',
      at: '2026-05-14T09:05:00+02:00',
      labels: ['sale'],
      account: 'Site',
      id: 't1',
      segments: [
        { text: 'One\n', media: [{ mediaId: 'm', alt: 'A [press]' }] },
        { text: 'Two', media: [] },
      ],
      media: new Map([
        [
          'm',
          {
            id: 'm',
            name: 'x',
            mime: 'image/png',
            bytes: 1,
            width: 1,
            height: 1,
            clip: null,
            document: null,
            missing: false,
            moving: false,
            alt: '',
            labels: [],
            rights: '',
            importedAt: 0,
            used: 0,
          },
        ],
      ]),
    });
    expect(file).toBe(
      [
        '---',
        'title: "He said \\"hi\\""',
        'date: 2026-05-14T09:05:00+02:00',
        'labels:',
        '  - "sale"',
        'account: "Site"',
        'id: "t1"',
        'parts: 2',
        'media:',
        '  - file: "media/2026-05-14-he-said-hi.1.png"',
        '    alt: "A [press]"',
        '    part: 1',
        '---',
        '',
        'One',
        '',
        '![A \\[press\\]](<media/2026-05-14-he-said-hi.1.png>)',
        '',
        '---',
        '',
        '<!-- part 2 -->',
        '',
        'Two',
        '',
      ].join('\n'),
    );
  });
});
