#!/usr/bin/env node
// A real OpenID Connect provider (the certified npm package `oidc-provider`) that lives as long as this
// script's standard input is open.
//
// Usage: oidc_provider.mjs HOST PORT REDIRECT...
// Its issuer is http://HOST:PORT, it knows the client `fairdraw` (secret `not-a-secret`) with these
// addresses to send people back to, and it signs with a key that is made at each start. Whoever types a
// name and any password is that person; with the box for a code ticked, by two factors. The address
// NAME@example.org is verified unless the name begins with "unverified". Prints `ready`.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// What it says about itself while it runs would meet a closed pipe.
console.info = console.warn = () => {};
const fromTests = createRequire(new URL('../browser/package.json', import.meta.url));
const { default: Provider } = await import(pathToFileURL(fromTests.resolve('oidc-provider')));

const [host, port, ...redirects] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };

const provider = new Provider(`http://${host}:${port}`, {
  clients: [
    {
      client_id: 'fairdraw',
      client_secret: 'not-a-secret',
      redirect_uris: redirects,
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  acrValues: ['two'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], acr: null, amr: null, auth_time: null },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: !id.startsWith('unverified') }),
  }),
});

const page = (title, form) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${form}</html>`;
const login = (at) =>
  page(
    'City sign-in',
    `<form method="post" action="${at}/login"><label>Name <input name="login"></label>
     <label>Password <input name="password" type="password"></label>
     <label><input name="code" type="checkbox" value="yes"> with a code</label>
     <button>Sign in</button></form><form method="post" action="${at}/abort"><button>Cancel</button></form>`,
  );
const consent = (at) =>
  page('City consent', `<form method="post" action="${at}/consent"><button>Continue</button></form>`);

async function form(request) {
  let body = '';
  for await (const piece of request) body += piece;
  return new URLSearchParams(body);
}

async function grant(details) {
  const { grantId, session, params, prompt } = details;
  const given = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) given.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) given.addOIDCClaims(prompt.details.missingOIDCClaims);
  return given.save();
}

provider.use(async (ctx, next) => {
  const found = /^(\/interaction\/[^/]+)(?:\/(login|consent|abort))?$/.exec(ctx.path);
  if (!found) return next();
  const [, at, act] = found;
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = details.prompt.name === 'login' ? login(at) : consent(at);
    return;
  }
  const typed = await form(ctx.req);
  const result = {
    login: () => ({
      login: {
        accountId: typed.get('login'),
        ...(typed.get('code') ? { acr: 'two', amr: ['pwd', 'otp'] } : { amr: ['pwd'] }),
      },
    }),
    consent: async () => ({ consent: { grantId: await grant(details) } }),
    abort: () => ({ error: 'access_denied', error_description: 'the person turned back' }),
  }[act];
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, await result(), { mergeWithLastSubmission: act === 'consent' });
});

// What goes wrong in the provider is news for whoever runs the test.
provider.on('server_error', (_, error) => console.error(error));
const server = provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.stdin.resume().once('end', () => {
  server.closeAllConnections();
  process.exit(0);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
