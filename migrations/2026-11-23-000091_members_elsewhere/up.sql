-- Who a member is at a provider elsewhere (OpenID Connect), as of staff: a keyed hash of the issuer and
-- of the name that it gives the person, under the key of members; and in which hour it was linked.
CREATE TABLE member_openid (
  member_id TEXT PRIMARY KEY REFERENCES members (id),
  issuer    TEXT NOT NULL,
  tag       BYTEA NOT NULL UNIQUE,
  linked_at BIGINT NOT NULL
);
