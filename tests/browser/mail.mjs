// Exim as the mail server of a browser test: it takes mail for anybody and sends nothing on.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = new URL('../support/smtp_daemon.sh', import.meta.url).pathname;

/** A port that is free now. */
function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** Starts Exim; `url` is for the setting smtp_url. */
export async function startMail() {
  const folder = mkdtempSync(join(tmpdir(), 'fairdraw-mail-'));
  // Exim runs as its own user and must reach its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const daemon = spawn('bash', [SCRIPT, String(port), folder, '0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((ready, failed) => {
    daemon.stdout.once('data', ready);
    daemon.once('exit', (code) => failed(new Error(`the mail server ended with ${code}`)));
  });
  const inbox = join(folder, 'mail', 'new');
  const letters = () =>
    existsSync(inbox)
      ? readdirSync(inbox)
          .sort()
          .map((name) => readFileSync(join(inbox, name), 'utf8'))
      : [];
  return {
    url: `smtp://127.0.0.1:${port}`,
    /** Every letter that was delivered, as it came, the earliest first. */
    letters,
    /** The letters to one address. */
    to: (address) => letters().filter((letter) => letter.includes(`\nTo: ${address}`)),
    /** The letter to somebody that comes after `count` others; `meanwhile` lets time pass. */
    async nextTo(address, count, meanwhile) {
      for (let tries = 0; tries < 150; tries += 1) {
        const own = this.to(address);
        if (own.length > count) return own[count];
        await meanwhile();
        await new Promise((later) => setTimeout(later, 40));
      }
      throw new Error(`letter ${count + 1} to ${address} did not come`);
    },
    stop() {
      return new Promise((ended) => {
        daemon.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          ended();
        });
        daemon.stdin.end();
      });
    },
  };
}

/** The plain text of a letter, whatever it travels in. */
export function textOf(letter) {
  const source = letter.replaceAll('\r\n', '\n');
  const boundary = /boundary="?([^"\n;]+)/.exec(source);
  const part = boundary
    ? source.split(`--${boundary[1]}`).find((each) => /content-type: text\/plain/i.test(each))
    : source;
  const cut = part.trimStart().indexOf('\n\n');
  const head = part.trimStart().slice(0, cut);
  const coded = part.trimStart().slice(cut + 2);
  if (/base64/i.test(head)) return Buffer.from(coded, 'base64').toString('utf8');
  if (/quoted-printable/i.test(head)) {
    const joined = coded.replace(/=\n/g, '');
    const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return coded;
}

/** The path of the first link in a letter that leads to such a page. */
export const linkOf = (letter, start) => new RegExp(`https?://[^/\\s]+(\\S*${start}\\S+)`).exec(textOf(letter))[1];
