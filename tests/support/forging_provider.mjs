#!/usr/bin/env node
// A provider of OpenID Connect that lies as it is told; it lives as long as this script's standard input
// is open.
//
// Usage: forging_provider.mjs PORT
// POST /orders takes JSON: `claims` (put over the right ones; null leaves one away), `sign` ("RS256",
// "other-key", "none", "HS256-secret", "HS256-public"), `iss` (what it calls itself on the way back; null:
// nothing), `about` (put over its own document), `down` (answers 503). Prints `ready`.

import { createHmac, generateKeyPairSync, sign as signed } from 'node:crypto';
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const codes = new Map();
let orders = {};

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims) {
  const how = orders.sign ?? 'RS256';
  const alg = how.startsWith('HS256') ? 'HS256' : how === 'none' ? 'none' : 'RS256';
  const text = `${part({ alg, kid: 'first', typ: 'JWT' })}.${part(claims)}`;
  const mac = (secret) => createHmac('sha256', secret).update(text).digest('base64url');
  const rsa = (pair) => signed('sha256', Buffer.from(text), pair.privateKey).toString('base64url');
  const signature = {
    RS256: () => rsa(key),
    'other-key': () => rsa(other),
    none: () => '',
    'HS256-secret': () => mac('not-a-secret'),
    'HS256-public': () => mac(key.publicKey.export({ type: 'spki', format: 'pem' })),
  }[how]();
  return `${text}.${signature}`;
}

function put(right, wrong = {}) {
  const all = { ...right, ...wrong };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

const about = () => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  authorization_response_iss_parameter_supported: true,
});

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  const json = (value, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  };
  if (pathname === '/orders') {
    orders = JSON.parse(await body(request));
    return json({});
  }
  if (orders.down) return json({}, 503);
  if (pathname === '/.well-known/openid-configuration') return json(put(about(), orders.about));
  if (pathname === '/keys') {
    const shown = key.publicKey.export({ format: 'jwk' });
    return json({ keys: [{ ...shown, kid: 'first', use: 'sig', alg: 'RS256' }] });
  }
  if (pathname === '/authorize') {
    const code = `code-${codes.size}`;
    codes.set(code, searchParams.get('nonce'));
    const back = new URL(searchParams.get('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', searchParams.get('state'));
    const iss = orders.iss === undefined ? issuer : orders.iss;
    if (iss !== null) back.searchParams.set('iss', iss);
    return response.writeHead(303, { Location: back.href }).end();
  }
  if (pathname === '/token') {
    const code = new URLSearchParams(await body(request)).get('code');
    if (!codes.has(code)) return json({ error: 'invalid_grant' }, 400);
    const nonce = codes.get(code);
    codes.delete(code);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'fairdraw', sub: 'mei', nonce, iat: now, exp: now + 600, auth_time: now };
    return json({ access_token: 'a', token_type: 'Bearer', id_token: token(put(claims, orders.claims)) });
  }
  return json({}, 404);
});
server.listen(port, '127.0.0.1', () => console.log('ready'));
process.stdin.resume().once('end', () => {
  server.closeAllConnections();
  process.exit(0);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
