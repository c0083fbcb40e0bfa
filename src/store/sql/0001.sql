-- One dialect for SQLite and PostgreSQL (docs/decisions/0002). Times are ms since 1970 UTC, flags are
-- 0 or 1, enumerations are the numbers of the C enums named beside them, ids are made by base/id.

-- One row per setting of the workspace: name, zone, reach, the last id given before this start.
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);

-- The event log: ids and numbers only, never names, addresses or text (store/event.h).
CREATE TABLE event (
  seq BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  known_ms BIGINT NOT NULL,
  kind INTEGER NOT NULL,               -- enum event_kind
  version INTEGER NOT NULL,
  actor_kind INTEGER NOT NULL,         -- enum actor_kind
  actor_id BIGINT NOT NULL,
  origin_id BIGINT NOT NULL,
  customer_id BIGINT,
  conversation_id BIGINT,
  interaction_id BIGINT,
  data BYTEA NOT NULL,
  hash BYTEA NOT NULL
);
-- The history of one conversation. Captured interactions (kind 1) are left out: the timeline has
-- them, and they would put a random index on the hot path.
CREATE INDEX event_conversation ON event (conversation_id, seq) WHERE kind > 1 AND conversation_id IS NOT NULL;
-- The audit: definitions, settings and access (store/event.h), rare among millions of others.
CREATE INDEX event_audit ON event (seq) WHERE kind >= 80;

CREATE TABLE timer (
  id BIGINT PRIMARY KEY,
  due_ms BIGINT NOT NULL,
  kind INTEGER NOT NULL,               -- enum timer_kind
  subject_id BIGINT NOT NULL,
  epoch BIGINT NOT NULL
);
CREATE INDEX timer_due ON timer (due_ms, id);
CREATE UNIQUE INDEX timer_subject ON timer (subject_id, kind);

-- A POST that named an Idempotency-Key, kept 24 h.
CREATE TABLE idempotency (
  principal BIGINT NOT NULL,
  route TEXT NOT NULL,
  name TEXT NOT NULL,
  body_hash BYTEA NOT NULL,
  status INTEGER NOT NULL,
  reply TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (principal, route, name)
);
CREATE INDEX idempotency_created ON idempotency (created_at_ms);

-- Uploaded bytes by their BLAKE2b-256 (store/file.h).
CREATE TABLE file (
  hash BYTEA NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  stored_at_ms BIGINT NOT NULL,
  unused_since_ms BIGINT               -- NULL while something refers to it
);
CREATE INDEX file_unused ON file (unused_since_ms) WHERE unused_since_ms IS NOT NULL;

-- The text values of dimensions: product, country, topic and the workspace's own ones.
CREATE TABLE dimension (
  number INTEGER NOT NULL PRIMARY KEY, -- enum dimension; own ones from DIMENSION_OWN_FIRST
  name TEXT NOT NULL,
  value_count INTEGER NOT NULL
);
CREATE UNIQUE INDEX dimension_name ON dimension (name);
CREATE TABLE dimension_value (
  id BIGINT PRIMARY KEY,
  dimension INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE UNIQUE INDEX dimension_value_text ON dimension_value (dimension, text);

-- ---- access ----

CREATE TABLE team (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX team_name ON team (name);

-- A person who serves, or one that only imported data knows: then without password and e-mail.
CREATE TABLE agent (
  id BIGINT PRIMARY KEY,
  email TEXT,                          -- lower case
  name TEXT NOT NULL,
  external_id TEXT,                    -- how imports name this agent
  role INTEGER NOT NULL,               -- enum role
  password_hash TEXT,
  state INTEGER NOT NULL,              -- enum agent_state
  state_since_ms BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  disabled_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX agent_email ON agent (email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX agent_external ON agent (external_id) WHERE external_id IS NOT NULL;

CREATE TABLE team_member (
  team_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  PRIMARY KEY (team_id, agent_id)
);
CREATE INDEX team_member_agent ON team_member (agent_id, team_id);

CREATE TABLE session (
  id BIGINT PRIMARY KEY,
  token_hash BYTEA NOT NULL,
  agent_id BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  seen_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_agent ON session (agent_id);
CREATE INDEX session_expires ON session (expires_at_ms);

CREATE TABLE api_key (
  id BIGINT PRIMARY KEY,
  token_hash BYTEA NOT NULL,
  hint TEXT NOT NULL,                  -- the last four characters
  name TEXT NOT NULL,
  scope INTEGER NOT NULL,              -- enum scope
  agent_id BIGINT,                     -- scope agent acts as this one
  created_by BIGINT,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT,
  used_at_ms BIGINT,                   -- to the minute
  revoked_at_ms BIGINT
);
CREATE UNIQUE INDEX api_key_token ON api_key (token_hash);

-- ---- customers ----

CREATE TABLE customer (
  id BIGINT PRIMARY KEY,
  name TEXT,
  attributes TEXT,                     -- JSON object
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL,
  merged_into BIGINT,                  -- the customer this one was merged into, one step
  root_id BIGINT NOT NULL,             -- where the steps end; itself if not merged
  erased_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE INDEX customer_root ON customer (root_id, id) WHERE merged_into IS NOT NULL;

CREATE TABLE identity (
  kind INTEGER NOT NULL,               -- enum identity_kind
  text TEXT NOT NULL,                  -- normalised (customer/identity.h)
  customer_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  is_verified INTEGER NOT NULL,
  created_at_ms BIGINT NOT NULL,
  PRIMARY KEY (kind, text)
);
CREATE INDEX identity_customer ON identity (customer_id);

-- ---- conversations ----

CREATE TABLE channel (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,                  -- how interactions name it
  kind INTEGER NOT NULL,               -- enum channel_kind
  is_configured INTEGER NOT NULL,      -- 0: made by an import or an API call that named it
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX channel_name ON channel (name);

CREATE TABLE touchpoint (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX touchpoint_name ON touchpoint (name);

CREATE TABLE label (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  colour TEXT,
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX label_name ON label (name);

CREATE TABLE conversation (
  id BIGINT PRIMARY KEY,
  external_id TEXT,                    -- how the sender names it
  customer_id BIGINT,
  channel_id BIGINT NOT NULL,
  touchpoint_id BIGINT,
  team_id BIGINT,
  agent_id BIGINT,
  state INTEGER NOT NULL,              -- enum conversation_state
  state_label TEXT,                    -- free label below the state
  priority INTEGER NOT NULL,           -- enum priority
  topic_id BIGINT,                     -- dimension_value
  product_id BIGINT,
  segment_id BIGINT,
  country_id BIGINT,
  language_id BIGINT,
  own_values BYTEA,                    -- the workspace's own dimensions (store/dimension.h)
  subject TEXT,
  attributes TEXT,                     -- JSON object
  created_at_ms BIGINT NOT NULL,       -- when it began
  activity_at_ms BIGINT NOT NULL,      -- the last interaction or change of state
  waiting_since_ms BIGINT,             -- the customer's first message that nobody answered yet
  inbound_at_ms BIGINT,                -- the customer's first message
  first_reply_at_ms BIGINT,
  first_solved_at_ms BIGINT,
  solved_at_ms BIGINT,                 -- the last solving; NULL while unsolved
  closed_at_ms BIGINT,
  snoozed_until_ms BIGINT,
  snoozed_from INTEGER,                -- the state to come back to
  last_interaction_id BIGINT,
  interaction_count INTEGER NOT NULL,
  reassignment_count INTEGER NOT NULL,
  reopen_count INTEGER NOT NULL,
  sla_met INTEGER,                     -- NULL: no promise known
  merged_into BIGINT,
  version INTEGER NOT NULL
);
-- Lists order by (time, id). SQLite ends every index entry with the id; PostgreSQL sorts the few rows of
-- one millisecond. So the id is not named in these indexes.
CREATE UNIQUE INDEX conversation_external ON conversation (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX conversation_customer ON conversation (customer_id, state) WHERE customer_id IS NOT NULL;
CREATE INDEX conversation_running ON conversation (customer_id, channel_id, created_at_ms)
  WHERE state < 6 AND customer_id IS NOT NULL;
CREATE INDEX conversation_activity ON conversation (state, activity_at_ms);
CREATE INDEX conversation_created ON conversation (state, created_at_ms);
-- Those without a team are in it too: every agent reaches them.
CREATE INDEX conversation_team ON conversation (team_id, state, activity_at_ms);
CREATE INDEX conversation_agent ON conversation (agent_id, state, activity_at_ms) WHERE agent_id IS NOT NULL;

CREATE TABLE conversation_label (
  conversation_id BIGINT NOT NULL,
  label_id BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_label_label ON conversation_label (label_id, conversation_id);

-- Agents who were mentioned in a note: they reach the conversation.
CREATE TABLE conversation_mention (
  conversation_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, agent_id)
);
CREATE INDEX conversation_mention_agent ON conversation_mention (agent_id, conversation_id);

-- Customers who wrote in a conversation that is another customer's: erasing must find their words.
CREATE TABLE conversation_guest (
  customer_id BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  PRIMARY KEY (customer_id, conversation_id)
);

CREATE TABLE interaction (
  id BIGINT PRIMARY KEY,
  external_id TEXT,
  channel_id BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  kind INTEGER NOT NULL,               -- enum interaction_kind
  direction INTEGER NOT NULL,          -- enum direction
  customer_id BIGINT,
  conversation_id BIGINT,
  touchpoint_id BIGINT,
  team_id BIGINT,
  agent_id BIGINT,
  outcome INTEGER NOT NULL,            -- enum outcome
  wait_ms BIGINT,
  handle_ms BIGINT,
  text TEXT,
  attributes TEXT,                     -- JSON object
  captured_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX interaction_external ON interaction (channel_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX interaction_conversation ON interaction (conversation_id, at_ms) WHERE conversation_id IS NOT NULL;
-- Those of a conversation are found through it: so a message costs one random index less.
CREATE INDEX interaction_customer ON interaction (customer_id, at_ms)
  WHERE conversation_id IS NULL AND customer_id IS NOT NULL;

-- ---- surveys: the standard questions in their final tables ----

CREATE TABLE survey (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  is_standard INTEGER NOT NULL,        -- 1: nps, csat and ces, which every workspace has
  created_at_ms BIGINT NOT NULL,
  archived_at_ms BIGINT,
  version INTEGER NOT NULL
);
CREATE UNIQUE INDEX survey_name ON survey (name);

CREATE TABLE question (
  id BIGINT PRIMARY KEY,
  survey_id BIGINT NOT NULL,
  survey_version INTEGER NOT NULL,
  place INTEGER NOT NULL,              -- 1 is the first
  kind INTEGER NOT NULL,               -- enum question_kind
  text TEXT NOT NULL
);
CREATE INDEX question_survey ON question (survey_id, survey_version, place);

CREATE TABLE invitation (
  id BIGINT PRIMARY KEY,
  survey_id BIGINT NOT NULL,
  survey_version INTEGER NOT NULL,
  customer_id BIGINT,
  conversation_id BIGINT,
  channel_id BIGINT,
  token_hash BYTEA,
  created_at_ms BIGINT NOT NULL,
  delivered_at_ms BIGINT,
  answered_at_ms BIGINT,
  expires_at_ms BIGINT
);
CREATE INDEX invitation_conversation ON invitation (conversation_id) WHERE conversation_id IS NOT NULL;

CREATE TABLE answer (
  id BIGINT PRIMARY KEY,
  question_id BIGINT NOT NULL,
  survey_id BIGINT NOT NULL,
  survey_version INTEGER NOT NULL,
  invitation_id BIGINT,
  interaction_id BIGINT NOT NULL,
  customer_id BIGINT,
  conversation_id BIGINT,
  score INTEGER,                       -- on the question's own scale
  text TEXT,
  at_ms BIGINT NOT NULL
);
CREATE INDEX answer_interaction ON answer (interaction_id);

-- ---- imports ----

CREATE TABLE import (
  id BIGINT PRIMARY KEY,
  format INTEGER NOT NULL,             -- the number of a struct import_format
  file_name TEXT NOT NULL,
  file_hash BYTEA NOT NULL,
  settings TEXT NOT NULL,              -- JSON: zone, map, dry run
  state INTEGER NOT NULL,              -- enum import_state
  created_by BIGINT,
  created_at_ms BIGINT NOT NULL,
  finished_at_ms BIGINT,
  bytes_read BIGINT NOT NULL,
  bytes_total BIGINT NOT NULL,
  rows_read BIGINT NOT NULL,
  rows_stored BIGINT NOT NULL,         -- new interactions or changes
  rows_known BIGINT NOT NULL,          -- stored by an earlier run
  rows_refused BIGINT NOT NULL,
  conversations BIGINT NOT NULL,
  reason TEXT                          -- why it failed, in words
);
CREATE TABLE import_refusal (
  import_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (import_id, line)
);
-- Rows that were taken over already, by the hash of their key, so that a repeat changes nothing.
CREATE TABLE import_row (
  format INTEGER NOT NULL,
  key_hash BYTEA NOT NULL,
  PRIMARY KEY (format, key_hash)
);
