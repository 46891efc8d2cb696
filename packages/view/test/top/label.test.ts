import { describe, expect, test } from '@jest/globals';
import { labelOf, shortLabelOf, tellingTags } from '../../src/top/label.ts';

interface Named {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

const stage = (name: string, tags = {}): Named => ({ name: 'stage_time', tags: { pipeline: 'ocr', stage: name, ...tags } });

describe('labels in short', () => {
  test('have the tags that tell series of one name apart, and say that there are more', () => {
    const all: Named[] = [stage('read'), stage('"text"'), { name: 'items', tags: { pipeline: 'ocr' } }, { name: 'plain', tags: {} }];
    const telling = tellingTags(all);
    expect(all.map((each) => shortLabelOf(each, telling.get(each.name)!))).toEqual([
      'stage_time{stage="read",…}',
      'stage_time{stage="\\"text\\"",…}',
      'items{…}',
      'plain',
    ]);
  });

  test('have all tags where all of them tell', () => {
    const all = [stage('read'), stage('text', { pipeline: 'other' })];
    const telling = tellingTags(all);
    expect(all.map((each) => shortLabelOf(each, telling.get(each.name)!))).toEqual(all.map(labelOf));
  });

  test('tell a series by a tag that another one lacks', () => {
    const all = [stage('read'), stage('read', { error: 'type' })];
    expect([...tellingTags(all).get('stage_time')!]).toEqual(['error']);
  });
});
