-- People come in by invitation, prove who they are, and are written to.

-- What somebody shows of herself in the directory; the day of her last visit; since when it is
-- known that she reads what is sent to her address, NULL: it is not; erased: the row stays, for
-- what she did names it by its number.
ALTER TABLE people ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN shows_email INTEGER NOT NULL DEFAULT 1;
ALTER TABLE people ADD COLUMN shows_phone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN seen_on TEXT;
ALTER TABLE people ADD COLUMN email_proved_at INTEGER;
ALTER TABLE people ADD COLUMN erased_at INTEGER;

-- By what a session was begun, on what device, and whether it outlives the browser.
ALTER TABLE sessions ADD COLUMN proof TEXT NOT NULL DEFAULT 'password'
    CHECK (proof IN ('password', 'passkey', 'totp', 'recovery'));
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0;
-- When she last proved herself again in it, to change her keys; NULL: when it began.
ALTER TABLE sessions ADD COLUMN proved_at INTEGER;

-- Somebody whose password was right, and who has not shown her second factor yet.
CREATE TABLE sign_in_steps (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    is_kept INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX sign_in_steps_by_person ON sign_in_steps (person_id);

-- Public keys of devices (WebAuthn). `user_handle` is what a device knows its person by.
CREATE TABLE passkeys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    sign_count INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX passkeys_by_person ON passkeys (person_id);
ALTER TABLE people ADD COLUMN user_handle TEXT;
CREATE UNIQUE INDEX people_by_user_handle ON people (user_handle) WHERE user_handle IS NOT NULL;

-- What a browser must sign, once: asked for a registration by somebody, or for signing in by
-- nobody yet. `link_hash`: asked through this one-time link, for an account that is to be made.
CREATE TABLE passkey_challenges (
    challenge TEXT PRIMARY KEY,
    person_id INTEGER REFERENCES people (id),
    link_hash TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
);

-- An authenticator app (RFC 6238); unconfirmed until a first code came, beside the one that it
-- is to replace. No step is taken twice.
CREATE TABLE authenticators (
    person_id INTEGER NOT NULL REFERENCES people (id),
    secret TEXT NOT NULL,
    is_confirmed INTEGER NOT NULL DEFAULT 0,
    last_step INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, is_confirmed)
);
CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    used_at INTEGER
);
CREATE INDEX recovery_codes_by_person ON recovery_codes (person_id);

-- Invitations, to people who have no account yet. `folder_id` with `role`: what she was invited to.
CREATE TABLE invites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    organisation_id INTEGER REFERENCES organisations (id),
    function TEXT NOT NULL DEFAULT '',
    is_representative INTEGER NOT NULL DEFAULT 0,
    folder_id INTEGER REFERENCES folders (id),
    role TEXT NOT NULL DEFAULT '',
    until TEXT,
    message TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    invited_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    accepted_by INTEGER REFERENCES people (id),
    withdrawn_at INTEGER
);
CREATE INDEX invites_by_email ON invites (email_key);
CREATE INDEX invites_by_folder ON invites (folder_id);
CREATE INDEX invites_by_organisation ON invites (organisation_id);

-- One-time links, also for who has no account yet, and of several purposes. `is_mailed`: it left
-- by a letter and was shown to nobody else.
CREATE TABLE one_time_links (
    token_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('welcome', 'reset', 'invite', 'email_old', 'email_new')),
    person_id INTEGER REFERENCES people (id),
    invite_id INTEGER REFERENCES invites (id),
    issued_by INTEGER REFERENCES people (id),
    is_mailed INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    CHECK (person_id IS NOT NULL OR invite_id IS NOT NULL)
);
INSERT INTO one_time_links (token_hash, purpose, person_id, issued_by, expires_at, used_at)
    SELECT token_hash, 'welcome', person_id, issued_by, expires_at, used_at FROM sign_in_links;
DROP TABLE sign_in_links;
ALTER TABLE one_time_links RENAME TO sign_in_links;
CREATE INDEX sign_in_links_by_person ON sign_in_links (person_id);
CREATE INDEX sign_in_links_by_invite ON sign_in_links (invite_id);

-- An address that somebody changes hers to: it holds once both addresses have confirmed.
CREATE TABLE email_changes (
    person_id INTEGER PRIMARY KEY REFERENCES people (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    old_confirmed_at INTEGER,
    new_confirmed_at INTEGER,
    created_at INTEGER NOT NULL
);

-- Letters, in the transaction of what they tell; their words are made when they leave, by the
-- rights of then. `once` names what is told, so that it is told once.
CREATE TABLE letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    person_id INTEGER REFERENCES people (id),
    invite_id INTEGER REFERENCES invites (id),
    about_id INTEGER NOT NULL DEFAULT 0,
    once TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'handed', 'sent', 'refused', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    sent_to TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX letters_by_state ON letters (state, changed_at);
CREATE INDEX letters_by_person ON letters (person_id);
CREATE INDEX letters_by_about ON letters (about_id, kind);

-- Letters of a kind that somebody no longer wants; the secret that stops them without a visit.
CREATE TABLE letters_stopped (
    person_id INTEGER NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (person_id, kind)
);
ALTER TABLE people ADD COLUMN mail_secret TEXT NOT NULL DEFAULT '';

-- What people follow, and what they are told of it.

-- What somebody follows, and at what pace. `since` is the line of the journal after which she
-- may hear of it; through `told_through` she was told. `before_meeting_id` is the last meeting
-- before which she was told.
CREATE TABLE follows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    what TEXT NOT NULL CHECK (what IN ('folder', 'document', 'search', 'series')),
    what_id INTEGER NOT NULL,
    pace TEXT NOT NULL CHECK (pace IN ('at_once', 'daily', 'weekly', 'before_meeting')),
    since INTEGER NOT NULL,
    told_through INTEGER NOT NULL,
    before_meeting_id INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (person_id, what, what_id)
);
CREATE INDEX follows_of ON follows (what, what_id, pace);

-- What of a followed search she was told, or knew when she began to follow it. `digest_id` is
-- the digest that tells it, NULL for what she knew.
CREATE TABLE search_told (
    follow_id INTEGER NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    digest_id INTEGER,
    PRIMARY KEY (follow_id, document_id)
) WITHOUT ROWID;

-- When somebody's next digest of a pace is to be made; `at_once` stands here only while
-- something waits to be told.
CREATE TABLE digest_turns (
    person_id INTEGER NOT NULL REFERENCES people (id),
    pace TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, pace)
) WITHOUT ROWID;
CREATE INDEX digest_turns_due ON digest_turns (due_at);

-- Through which line of the journal, and which entry of the index, it is known who is to be
-- told at once.
CREATE TABLE digest_watch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journal_id INTEGER NOT NULL,
    entry_number INTEGER NOT NULL
);
INSERT INTO digest_watch (id, journal_id, entry_number)
    SELECT 1, (SELECT COALESCE(MAX(id), 0) FROM journal),
        (SELECT COALESCE(MAX(number), 0) FROM index_entries);

-- A digest that was made: lines of the journal, by what is followed; no words. These are put
-- together when the letter leaves, by the rights of then.
CREATE TABLE digests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    pace TEXT NOT NULL,
    through INTEGER NOT NULL,
    meeting_id INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX digests_by_time ON digests (created_at);
CREATE INDEX digests_by_person ON digests (person_id);
CREATE TABLE digest_parts (
    digest_id INTEGER NOT NULL REFERENCES digests (id) ON DELETE CASCADE,
    follow_id INTEGER NOT NULL,
    after INTEGER NOT NULL,
    PRIMARY KEY (digest_id, follow_id)
) WITHOUT ROWID;
