# Signing in by a provider elsewhere, and what can go wrong on the way.

# $name what people call the provider
openid-away = { $name } does not answer at the moment.
    .next = Try again in a few minutes. Whoever has a passphrase here can sign in with it meanwhile.
# $name what people call the provider
openid-unusable = { $name } answered with something that cannot be used.
    .next = This is for the operator of the site to look into: fairdraw check names the cause. Whoever has a passphrase here can sign in with it meanwhile.
# $name what people call the provider
openid-left = { $name } sent you back without signing you in.
    .next = If you turned back yourself, there is nothing to do. Otherwise ask there whether you may use this site.
# $name what people call the provider
openid-refused = { $name } did not confirm the sign-in.
    .next = Begin again from here. If it happens each time, tell the library.
openid-strayed = This sign-in was begun in another browser, was used already, or took longer than 15 minutes.
    .next = Begin again from here. If cookies are blocked for this site, allow them first.
# $name what people call the provider
openid-other-issuer = Another site than { $name } sent you here, so nobody was signed in.
    .next = Begin again from here, and follow no link that offers to sign you in.
# $name what people call the provider
openid-token = What { $name } sent does not belong to this sign-in, so nobody was signed in.
    .next = Begin again from here. If it happens each time, tell the library.
