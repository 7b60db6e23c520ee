-- Who a member of staff is at a provider elsewhere (OpenID Connect). The tag is a keyed hash of the
-- issuer and of the name that it gives the person, which stands nowhere; one person there is one
-- account here.
CREATE TABLE staff_openid (
  staff_id  TEXT PRIMARY KEY REFERENCES staff (id),
  issuer    TEXT NOT NULL,
  tag       BYTEA NOT NULL UNIQUE,
  linked_at BIGINT NOT NULL
);
