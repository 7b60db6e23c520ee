// What each process of a running Fairdraw may open, asked of the processes themselves.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startFairdraw } from './support.mjs';

const PERMISSION_DENIED = 13;

let fairdraw;
before(async () => {
  fairdraw = await startFairdraw();
});
after(() => fairdraw?.stop());

/** What the system tells the web side when it opens a path: 0, or the number of the error. */
async function opened(path) {
  const answer = await fetch(`${fairdraw.url}/test-clock/open?path=${encodeURIComponent(path)}`, {
    method: 'POST',
    headers: { Origin: fairdraw.url },
  });
  assert.equal(answer.status, 200);
  return Number(await answer.text());
}

test('the web side cannot open the key folder', async () => {
  const keys = `${fairdraw.data}-keys`;
  assert.ok(existsSync(join(keys, 'site.signing.key')), 'the keys are beside the data folder');
  assert.equal(await opened(keys), PERMISSION_DENIED);
  assert.equal(await opened(join(keys, 'site.signing.key')), PERMISSION_DENIED);
  assert.equal(await opened(join(fairdraw.data, '..', `${keys.split('/').pop()}`, 'lock')), PERMISSION_DENIED);
});

test('the web side opens its own folder and nothing of anybody else', async () => {
  mkdirSync(join(fairdraw.data, 'folder'), { recursive: true });
  writeFileSync(join(fairdraw.data, 'folder', 'own'), 'text');
  assert.equal(await opened(join(fairdraw.data, 'folder', 'own')), 0);
  const other = `${fairdraw.data}-other`;
  writeFileSync(other, 'text');
  assert.equal(await opened(other), PERMISSION_DENIED);
  assert.equal(await opened('/root'), PERMISSION_DENIED);
});

test('both processes say at the start what they gave up', () => {
  for (const who of ['web', 'vault']) {
    const line = fairdraw.printed.find((text) => text.includes(`${who}: no dumps`));
    assert.match(line ?? '', /no dumps yes · memory locked .* · files confined .* · calls filtered yes/);
  }
});
