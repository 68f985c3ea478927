PRAGMA application_id = 1098148978;
PRAGMA user_version = 6;
BEGIN TRANSACTION;
CREATE TABLE access_log (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person INTEGER NOT NULL,
    document INTEGER NOT NULL,
    version INTEGER NOT NULL,
    act TEXT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO "access_log" VALUES(1,1778490000000,2,1,1,'download','c92de96060f7b95515757261380b297b0d68fbdc958890e0241e16944a0a10ce');
CREATE TABLE access_log_ends (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    first_number INTEGER NOT NULL,
    first_hash TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    last_hash TEXT NOT NULL
);
INSERT INTO "access_log_ends" VALUES(1,0,'',1,'c92de96060f7b95515757261380b297b0d68fbdc958890e0241e16944a0a10ce');
CREATE TABLE access_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    about TEXT NOT NULL CHECK (about IN ('folder', 'document')),
    about_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'contributor')),
    message TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'granted', 'refused')),
    answer TEXT NOT NULL DEFAULT '',
    answered_by INTEGER REFERENCES people (id),
    answered_at INTEGER,
    created_at INTEGER NOT NULL
);
INSERT INTO "access_requests" VALUES(1,5,NULL,'folder',1,'reader','à lire','waiting','',NULL,NULL,1778490000000);
CREATE TABLE agenda_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    title TEXT NOT NULL,
    allotted_minutes INTEGER,
    presenter TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    state INTEGER NOT NULL DEFAULT 1,
    is_left_over INTEGER NOT NULL DEFAULT 0,
    carried_from INTEGER REFERENCES agenda_items (id) ON DELETE SET NULL
);
INSERT INTO "agenda_items" VALUES(1,1,1,'Bilan à mi-année',20,'Awa Diallo','','## Échanges

Le **bilan** est *bon*.

- un
- deux',2,0,NULL);
INSERT INTO "agenda_items" VALUES(2,1,2,'Divers',NULL,'','','',1,0,NULL);
INSERT INTO "agenda_items" VALUES(3,2,1,'Bilan',NULL,'','','',1,0,NULL);
INSERT INTO "agenda_items" VALUES(4,2,2,'Divers',NULL,'','','',1,0,NULL);
CREATE TABLE calendar_feeds (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL
);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    way TEXT NOT NULL,
    votes_yes INTEGER,
    votes_no INTEGER,
    votes_abstained INTEGER,
    decided_on TEXT NOT NULL
);
INSERT INTO "decisions" VALUES(1,1,'Le budget est adopté.','le budget est adopte.','vote',7,2,1,'2026-03-10');
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
, removed_at INTEGER, removed_by INTEGER REFERENCES people (id), ended_version INTEGER NOT NULL DEFAULT 0);
INSERT INTO "documents" VALUES(1,2,'CR du 12 mars.txt','cr du 12 mars.txt',4,1775898000000,1778490000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(2,4,'jumeau.txt','jumeau.txt',1,1775898000000,1775898000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(3,3,'Été.html','ete.html',1,1775898000000,1775898000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(4,2,'vide.bin','vide.bin',1,1775898000000,1775898000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(5,6,'jeté.txt','jete.txt',1,1778490000000,1778490000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(6,1,'brouillon.txt','brouillon.txt',1,1778490000000,1778490000000,1778490000000,2,0);
INSERT INTO "documents" VALUES(7,1,'ordonnance.txt','ordonnance.txt',1,1778490000000,1778490000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(8,2,'budget.txt','budget.txt',1,1778490000000,1778490000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(9,7,'Compte rendu – Comité de l’été.odt','compte rendu – comite de l''ete.odt',1,1778490000000,1778490000000,NULL,NULL,0);
INSERT INTO "documents" VALUES(10,7,'Compte rendu – Comité de l’été.pdf','compte rendu – comite de l''ete.pdf',1,1778490000000,1778490000000,NULL,NULL,0);
CREATE TABLE drop_arrivals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    drop_folder_id INTEGER NOT NULL REFERENCES drop_folders (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('added', 'revised', 'unchanged', 'refused', 'left')),
    reason TEXT NOT NULL DEFAULT '',
    document_id INTEGER,
    version INTEGER,
    at INTEGER NOT NULL
);
CREATE TABLE drop_folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    bound_by INTEGER NOT NULL REFERENCES people (id),
    is_paused INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE TABLE findings (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('nir')),
    count INTEGER NOT NULL,
    page INTEGER,
    found_at INTEGER NOT NULL,
    settled_by INTEGER REFERENCES people (id),
    settled_at INTEGER,
    PRIMARY KEY (version_id, kind)
);
CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id INTEGER REFERENCES folders (id),
    name TEXT NOT NULL,
    is_closed INTEGER NOT NULL DEFAULT 0,
    created_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
, removed_at INTEGER, removed_by INTEGER REFERENCES people (id), quota_bytes INTEGER);
INSERT INTO "folders" VALUES(1,NULL,'Réunions',0,1,1773306000000,1778490000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(2,1,'2026 : printemps',0,1,1773306000000,1778490000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(3,1,'Bureau',1,1,1773306000000,1775898000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(4,NULL,'À tous',0,1,1773306000000,1778490000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(5,NULL,'À jeter',0,1,1778490000000,1778490000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(6,5,'dedans',0,1,1778490000000,1778490000000,1778490000000,1,NULL);
INSERT INTO "folders" VALUES(7,2,'2026-03-10 Comité de l’été',0,1,1778490000000,1778490000000,NULL,NULL,NULL);
INSERT INTO "folders" VALUES(8,2,'2026-09-10 Comité',0,1,1778490000000,1778490000000,NULL,NULL,NULL);
CREATE TABLE glossary (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    term TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    changed_by INTEGER NOT NULL REFERENCES people (id),
    changed_at INTEGER NOT NULL
);
CREATE TABLE glossary_meanings (
    glossary_id INTEGER NOT NULL REFERENCES glossary (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    meaning TEXT NOT NULL,
    PRIMARY KEY (glossary_id, place)
);
CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('network', 'organisation', 'group', 'person')),
    subject_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'contributor', 'coordinator')),
    until TEXT,
    granted_by INTEGER NOT NULL REFERENCES people (id),
    granted_at INTEGER NOT NULL,
    UNIQUE (folder_id, subject_kind, subject_id)
);
INSERT INTO "grants" VALUES(1,1,'person',1,'coordinator',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(2,3,'person',1,'coordinator',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(3,4,'person',1,'coordinator',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(4,1,'person',2,'contributor',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(5,4,'network',0,'reader',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(6,4,'group',1,'coordinator',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(7,2,'person',3,'reader','2026-06-30',1,1773306000000);
INSERT INTO "grants" VALUES(8,3,'person',4,'reader',NULL,1,1773306000000);
INSERT INTO "grants" VALUES(10,5,'person',1,'coordinator',NULL,1,1778490000000);
INSERT INTO "grants" VALUES(11,1,'organisation',4,'contributor',NULL,1,1778490000000);
CREATE TABLE group_members (
    group_id INTEGER NOT NULL REFERENCES groups (id),
    membership_id INTEGER NOT NULL REFERENCES memberships (id), is_coordinator INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, membership_id)
);
INSERT INTO "group_members" VALUES(1,1,0);
INSERT INTO "group_members" VALUES(1,2,0);
CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);
INSERT INTO "groups" VALUES(1,'Précarité','précarité',1773306000000);
CREATE TABLE index_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL
);
INSERT INTO "index_entries" VALUES(1,1);
INSERT INTO "index_entries" VALUES(2,1);
INSERT INTO "index_entries" VALUES(3,2);
INSERT INTO "index_entries" VALUES(4,3);
INSERT INTO "index_entries" VALUES(5,4);
INSERT INTO "index_entries" VALUES(6,1);
INSERT INTO "index_entries" VALUES(7,1);
INSERT INTO "index_entries" VALUES(8,2);
INSERT INTO "index_entries" VALUES(9,3);
INSERT INTO "index_entries" VALUES(10,4);
INSERT INTO "index_entries" VALUES(11,1);
INSERT INTO "index_entries" VALUES(12,1);
INSERT INTO "index_entries" VALUES(13,4);
INSERT INTO "index_entries" VALUES(14,1);
INSERT INTO "index_entries" VALUES(15,1);
INSERT INTO "index_entries" VALUES(16,5);
INSERT INTO "index_entries" VALUES(17,5);
INSERT INTO "index_entries" VALUES(18,6);
INSERT INTO "index_entries" VALUES(19,6);
INSERT INTO "index_entries" VALUES(20,7);
INSERT INTO "index_entries" VALUES(21,1099511627780);
INSERT INTO "index_entries" VALUES(22,1099511627781);
INSERT INTO "index_entries" VALUES(23,1099511627782);
INSERT INTO "index_entries" VALUES(24,1099511627783);
INSERT INTO "index_entries" VALUES(25,1099511627780);
INSERT INTO "index_entries" VALUES(26,1099511627781);
INSERT INTO "index_entries" VALUES(27,1099511627782);
INSERT INTO "index_entries" VALUES(28,1099511627783);
INSERT INTO "index_entries" VALUES(29,1099511627780);
INSERT INTO "index_entries" VALUES(30,1099511627781);
INSERT INTO "index_entries" VALUES(31,1099511627782);
INSERT INTO "index_entries" VALUES(32,1099511627783);
INSERT INTO "index_entries" VALUES(33,1099511627780);
INSERT INTO "index_entries" VALUES(34,1099511627781);
INSERT INTO "index_entries" VALUES(35,1099511627782);
INSERT INTO "index_entries" VALUES(36,1099511627783);
INSERT INTO "index_entries" VALUES(37,1099511627780);
INSERT INTO "index_entries" VALUES(38,1099511627781);
INSERT INTO "index_entries" VALUES(39,1099511627782);
INSERT INTO "index_entries" VALUES(40,1099511627783);
INSERT INTO "index_entries" VALUES(41,1099511627780);
INSERT INTO "index_entries" VALUES(42,1099511627781);
INSERT INTO "index_entries" VALUES(43,1099511627782);
INSERT INTO "index_entries" VALUES(44,1099511627783);
INSERT INTO "index_entries" VALUES(45,1099511627780);
INSERT INTO "index_entries" VALUES(46,1099511627781);
INSERT INTO "index_entries" VALUES(47,1099511627782);
INSERT INTO "index_entries" VALUES(48,1099511627783);
INSERT INTO "index_entries" VALUES(49,1099511627780);
INSERT INTO "index_entries" VALUES(50,1099511627781);
INSERT INTO "index_entries" VALUES(51,1099511627782);
INSERT INTO "index_entries" VALUES(52,1099511627783);
INSERT INTO "index_entries" VALUES(53,8);
INSERT INTO "index_entries" VALUES(54,1099511627780);
INSERT INTO "index_entries" VALUES(55,1099511627781);
INSERT INTO "index_entries" VALUES(56,1099511627782);
INSERT INTO "index_entries" VALUES(57,1099511627783);
INSERT INTO "index_entries" VALUES(58,9);
INSERT INTO "index_entries" VALUES(59,10);
INSERT INTO "index_entries" VALUES(60,1099511627780);
INSERT INTO "index_entries" VALUES(61,1099511627781);
INSERT INTO "index_entries" VALUES(62,1099511627782);
INSERT INTO "index_entries" VALUES(63,1099511627783);
INSERT INTO "index_entries" VALUES(64,1099511627784);
INSERT INTO "index_entries" VALUES(65,1099511627785);
INSERT INTO "index_entries" VALUES(66,1099511627786);
INSERT INTO "index_entries" VALUES(67,1099511627787);
INSERT INTO "index_entries" VALUES(68,1099511627784);
INSERT INTO "index_entries" VALUES(69,1099511627785);
INSERT INTO "index_entries" VALUES(70,1099511627786);
INSERT INTO "index_entries" VALUES(71,1099511627787);
INSERT INTO "index_entries" VALUES(72,1099511627784);
INSERT INTO "index_entries" VALUES(73,1099511627785);
INSERT INTO "index_entries" VALUES(74,1099511627786);
INSERT INTO "index_entries" VALUES(75,1099511627787);
INSERT INTO "index_entries" VALUES(76,1099511627784);
INSERT INTO "index_entries" VALUES(77,1099511627785);
INSERT INTO "index_entries" VALUES(78,1099511627786);
INSERT INTO "index_entries" VALUES(79,1099511627787);
INSERT INTO "index_entries" VALUES(80,1099511627784);
INSERT INTO "index_entries" VALUES(81,1099511627785);
INSERT INTO "index_entries" VALUES(82,1099511627786);
INSERT INTO "index_entries" VALUES(83,1099511627787);
INSERT INTO "index_entries" VALUES(84,1099511627784);
INSERT INTO "index_entries" VALUES(85,1099511627785);
INSERT INTO "index_entries" VALUES(86,1099511627786);
INSERT INTO "index_entries" VALUES(87,1099511627787);
INSERT INTO "index_entries" VALUES(88,1099511627784);
INSERT INTO "index_entries" VALUES(89,1099511627785);
INSERT INTO "index_entries" VALUES(90,1099511627786);
INSERT INTO "index_entries" VALUES(91,1099511627787);
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL
);
INSERT INTO "installation" VALUES(1,'0339e80d3e861d9f001d2d6b746bed74');
CREATE TABLE item_papers (
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (item_id, document_id)
);
INSERT INTO "item_papers" VALUES(1,1,8,1,'budget.txt','6bce8d254abce9287036f81f9239a1123c3cc0da010aa8be3c90d58f0c32edfa');
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'failed')),
    run_after INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
, rank INTEGER NOT NULL DEFAULT 0);
INSERT INTO "jobs" VALUES(7,'read_version',7,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(8,'read_version',8,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(9,'read_version',9,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(10,'read_version',10,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(11,'read_version',11,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(12,'read_version',12,'waiting',1778490000000,0,0,'',1778490000000,0);
INSERT INTO "jobs" VALUES(13,'read_version',13,'waiting',1778490000000,0,0,'',1778490000000,0);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    document_id INTEGER REFERENCES documents (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
INSERT INTO "journal" VALUES(1,1,NULL,1,NULL,'folder_made','{"name": "Réunions"}',1773306000000);
INSERT INTO "journal" VALUES(2,2,NULL,1,NULL,'folder_made','{"name": "2026 : printemps"}',1773306000000);
INSERT INTO "journal" VALUES(3,3,NULL,1,NULL,'folder_made','{"name": "Bureau"}',1773306000000);
INSERT INTO "journal" VALUES(4,4,NULL,1,NULL,'folder_made','{"name": "Commun"}',1773306000000);
INSERT INTO "journal" VALUES(5,1,NULL,1,NULL,'granted','{"subject": "Awa", "role": "contributor"}',1773306000000);
INSERT INTO "journal" VALUES(6,4,NULL,1,NULL,'granted','{"subject": "Atelier d''essai", "role": "reader"}',1773306000000);
INSERT INTO "journal" VALUES(7,4,NULL,1,NULL,'granted','{"subject": "Précarité", "role": "coordinator"}',1773306000000);
INSERT INTO "journal" VALUES(8,2,NULL,1,NULL,'granted','{"subject": "Bo", "role": "reader", "until": "2026-06-30"}',1773306000000);
INSERT INTO "journal" VALUES(9,3,NULL,1,NULL,'granted','{"subject": "Cléo", "role": "reader"}',1773306000000);
INSERT INTO "journal" VALUES(10,4,NULL,1,NULL,'granted','{"subject": "Dan", "role": "contributor"}',1773306000000);
INSERT INTO "journal" VALUES(11,4,NULL,1,NULL,'withdrawn','{"subject": "Dan", "role": "contributor"}',1773306000000);
INSERT INTO "journal" VALUES(12,2,1,2,1,'deposited','{"name": "Compte rendu.txt"}',1775898000000);
INSERT INTO "journal" VALUES(13,2,1,2,1,'revised','{"name": "Compte rendu.txt", "version": "2"}',1775898000000);
INSERT INTO "journal" VALUES(14,4,2,3,2,'deposited','{"name": "jumeau.txt"}',1775898000000);
INSERT INTO "journal" VALUES(15,3,3,1,NULL,'deposited','{"name": "Été.html"}',1775898000000);
INSERT INTO "journal" VALUES(16,4,4,1,NULL,'deposited','{"name": "vide.bin"}',1775898000000);
INSERT INTO "journal" VALUES(17,2,1,2,1,'restored','{"name": "Compte rendu.txt", "version": "3", "restored": "1"}',1778490000000);
INSERT INTO "journal" VALUES(18,2,1,2,1,'document_renamed','{"before": "Compte rendu.txt", "after": "CR du 12 mars.txt"}',1778490000000);
INSERT INTO "journal" VALUES(19,4,4,1,NULL,'document_moved','{"name": "vide.bin", "way": "out"}',1778490000000);
INSERT INTO "journal" VALUES(20,2,4,1,NULL,'document_moved','{"name": "vide.bin", "way": "in"}',1778490000000);
INSERT INTO "journal" VALUES(21,4,NULL,1,NULL,'folder_renamed','{"before": "Commun", "after": "À tous"}',1778490000000);
INSERT INTO "journal" VALUES(22,2,1,2,1,'revised','{"name": "CR du 12 mars.txt", "version": "4"}',1778490000000);
INSERT INTO "journal" VALUES(23,5,NULL,1,NULL,'folder_made','{"name": "À jeter"}',1778490000000);
INSERT INTO "journal" VALUES(24,6,NULL,1,NULL,'folder_made','{"name": "dedans"}',1778490000000);
INSERT INTO "journal" VALUES(25,6,5,1,NULL,'deposited','{"name": "jeté.txt"}',1778490000000);
INSERT INTO "journal" VALUES(26,6,NULL,1,NULL,'folder_removed','{"name": "dedans"}',1778490000000);
INSERT INTO "journal" VALUES(27,5,NULL,1,NULL,'folder_removed','{"name": "dedans"}',1778490000000);
INSERT INTO "journal" VALUES(28,1,6,2,1,'deposited','{"name": "brouillon.txt"}',1778490000000);
INSERT INTO "journal" VALUES(29,1,6,2,1,'document_removed','{"name": "brouillon.txt"}',1778490000000);
INSERT INTO "journal" VALUES(30,1,NULL,1,NULL,'granted','{"subject": "Cabinet O.", "role": "contributor"}',1778490000000);
INSERT INTO "journal" VALUES(31,1,7,6,5,'deposited','{"name": "ordonnance.txt"}',1778490000000);
INSERT INTO "journal" VALUES(32,1,NULL,1,NULL,'organisation_merged','{"subject": "Cabinet O.", "into": "Cabinet Ouest"}',1778490000000);
INSERT INTO "journal" VALUES(33,7,NULL,1,NULL,'meeting_made','{"title": "Comité de l’été"}',1778490000000);
INSERT INTO "journal" VALUES(34,7,NULL,1,NULL,'agenda_changed','{"item": "Bilan à mi-année"}',1778490000000);
INSERT INTO "journal" VALUES(35,7,NULL,1,NULL,'agenda_changed','{"item": "Divers"}',1778490000000);
INSERT INTO "journal" VALUES(36,7,NULL,1,NULL,'minutes_written','{"item": "Bilan à mi-année"}',1778490000000);
INSERT INTO "journal" VALUES(37,7,NULL,1,NULL,'decision_taken','{"item": "Bilan à mi-année"}',1778490000000);
INSERT INTO "journal" VALUES(38,7,NULL,1,NULL,'todo_added','{"item": "Bilan à mi-année"}',1778490000000);
INSERT INTO "journal" VALUES(39,7,NULL,1,NULL,'attendance_taken','{}',1778490000000);
INSERT INTO "journal" VALUES(40,7,NULL,1,NULL,'meeting_moved_on','{"meeting_state": "held"}',1778490000000);
INSERT INTO "journal" VALUES(41,2,8,1,NULL,'deposited','{"name": "budget.txt"}',1778490000000);
INSERT INTO "journal" VALUES(42,7,NULL,1,NULL,'paper_pinned','{"item": "Bilan à mi-année"}',1778490000000);
INSERT INTO "journal" VALUES(43,7,9,1,NULL,'deposited','{"name": "Compte rendu – Comité de l’été.odt"}',1778490000000);
INSERT INTO "journal" VALUES(44,7,10,1,NULL,'deposited','{"name": "Compte rendu – Comité de l’été.pdf"}',1778490000000);
INSERT INTO "journal" VALUES(45,7,NULL,1,NULL,'minutes_deposited','{}',1778490000000);
INSERT INTO "journal" VALUES(46,7,NULL,1,NULL,'minutes_approved','{}',1778490000000);
INSERT INTO "journal" VALUES(47,8,NULL,1,NULL,'meeting_made','{"title": "Comité"}',1778490000000);
INSERT INTO "journal" VALUES(48,8,NULL,1,NULL,'agenda_changed','{"item": "Bilan"}',1778490000000);
INSERT INTO "journal" VALUES(49,8,NULL,1,NULL,'agenda_changed','{"item": "Divers"}',1778490000000);
INSERT INTO "journal" VALUES(50,8,NULL,1,NULL,'agenda_changed','{"item": "Un point de trop"}',1778490000000);
INSERT INTO "journal" VALUES(51,8,NULL,1,NULL,'agenda_changed','{"item": "Un point de trop"}',1778490000000);
INSERT INTO "journal" VALUES(52,8,NULL,1,NULL,'meeting_changed','{"title": "Comité"}',1778490000000);
INSERT INTO "journal" VALUES(53,8,NULL,1,NULL,'meeting_moved_on','{"meeting_state": "convened"}',1778490000000);
CREATE TABLE locks (
    kind TEXT NOT NULL CHECK (kind IN ('document', 'folder')),
    id INTEGER NOT NULL,
    token TEXT NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    note TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE meeting_attendance (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    person_id INTEGER REFERENCES people (id),
    name TEXT NOT NULL,
    organisation TEXT NOT NULL DEFAULT '',
    presence TEXT NOT NULL,
    instead TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (meeting_id, place)
);
INSERT INTO "meeting_attendance" VALUES(1,1,NULL,'Zoé Hors-Réseau','CPTS du Bocage','present','');
INSERT INTO "meeting_attendance" VALUES(1,2,NULL,'Paul Noël','CPTS du Bocage','represented','Zoé Hors-Réseau');
INSERT INTO "meeting_attendance" VALUES(1,3,NULL,'Inès Haÿ','','excused','');
CREATE TABLE meeting_documents (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    part TEXT NOT NULL
);
CREATE TABLE meeting_invited (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subject_kind TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, subject_kind, subject_id)
);
INSERT INTO "meeting_invited" VALUES(2,'person',3);
CREATE TABLE meeting_openings (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
);
CREATE TABLE meeting_replies (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    answer TEXT NOT NULL,
    instead TEXT NOT NULL DEFAULT '',
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
);
INSERT INTO "meeting_replies" VALUES(2,3,2,'represented','Zoé Hors-Réseau',1778490000000);
CREATE TABLE meetings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id INTEGER NOT NULL UNIQUE REFERENCES folders (id) ON DELETE CASCADE,
    series_id INTEGER REFERENCES series (id) ON DELETE SET NULL,
    organisation_id INTEGER REFERENCES organisations (id),
    title TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    has_time INTEGER NOT NULL DEFAULT 1,
    lasts_minutes INTEGER,
    place TEXT NOT NULL DEFAULT '',
    link TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'preparation',
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    state_number INTEGER NOT NULL DEFAULT 1,
    uid TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL DEFAULT 0,
    odt_id INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    odt_version INTEGER,
    pdf_id INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    pdf_version INTEGER,
    edition INTEGER NOT NULL DEFAULT 0,
    approved_by INTEGER REFERENCES people (id),
    approved_at INTEGER,
    created_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
INSERT INTO "meetings" VALUES(1,7,1,NULL,'Comité de l’été',1773147600000,1,120,'Salle Œuvre','','approved',0,10,'722c69a893a4e47a7fcf6e96453a00e5@atelier',0,9,1,10,1,1,1,1778490000000,1,1778490000000,1778490000000);
INSERT INTO "meetings" VALUES(2,8,1,NULL,'Comité',1789041600000,1,120,'','','convened',0,7,'fd52233002b67271dcf87bae5bbc49ac@atelier',0,NULL,NULL,NULL,NULL,0,NULL,NULL,1,1778490000000,1778490000000);
CREATE TABLE memberships (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    function TEXT NOT NULL DEFAULT '',
    is_representative INTEGER NOT NULL DEFAULT 0,
    starts_on TEXT,
    ends_on TEXT,
    UNIQUE (person_id, organisation_id)
);
INSERT INTO "memberships" VALUES(1,2,1,'',0,NULL,NULL);
INSERT INTO "memberships" VALUES(2,3,2,'',0,NULL,NULL);
INSERT INTO "memberships" VALUES(3,3,1,'',0,NULL,NULL);
INSERT INTO "memberships" VALUES(4,4,3,'',0,NULL,NULL);
INSERT INTO "memberships" VALUES(5,6,4,'',0,NULL,NULL);
CREATE TABLE names (
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'document')),
    id INTEGER NOT NULL,
    PRIMARY KEY (folder_id, key)
);
INSERT INTO "names" VALUES(1,'2026 : printemps','folder',2);
INSERT INTO "names" VALUES(4,'jumeau.txt','document',2);
INSERT INTO "names" VALUES(3,'été.html','document',3);
INSERT INTO "names" VALUES(2,'cr du 12 mars.txt','document',1);
INSERT INTO "names" VALUES(2,'vide.bin','document',4);
INSERT INTO "names" VALUES(6,'jeté.txt','document',5);
INSERT INTO "names" VALUES(1,'ordonnance.txt','document',7);
INSERT INTO "names" VALUES(2,'2026-03-10 comité de l’été','folder',7);
INSERT INTO "names" VALUES(2,'budget.txt','document',8);
INSERT INTO "names" VALUES(7,'compte rendu – comité de l’été.odt','document',9);
INSERT INTO "names" VALUES(7,'compte rendu – comité de l’été.pdf','document',10);
INSERT INTO "names" VALUES(2,'2026-09-10 comité','folder',8);
CREATE TABLE network (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
INSERT INTO "network" VALUES(1,'Atelier d''essai','Europe/Paris',1773306000000);
CREATE TABLE network_journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
INSERT INTO "network_journal" VALUES(1,1,NULL,'organisation_added','{"subject": "CH d''Argentan"}',1773306000000);
INSERT INTO "network_journal" VALUES(2,1,NULL,'person_added','{"name": "Awa"}',1773306000000);
INSERT INTO "network_journal" VALUES(3,1,NULL,'membership_added','{"name": "Awa", "subject": "CH d''Argentan"}',1773306000000);
INSERT INTO "network_journal" VALUES(4,1,NULL,'organisation_added','{"subject": "Mairie"}',1773306000000);
INSERT INTO "network_journal" VALUES(5,1,NULL,'person_added','{"name": "Bo"}',1773306000000);
INSERT INTO "network_journal" VALUES(6,1,NULL,'membership_added','{"name": "Bo", "subject": "Mairie"}',1773306000000);
INSERT INTO "network_journal" VALUES(7,1,NULL,'membership_added','{"name": "Bo", "subject": "CH d''Argentan"}',1773306000000);
INSERT INTO "network_journal" VALUES(8,1,NULL,'organisation_added','{"subject": "Association Éole"}',1773306000000);
INSERT INTO "network_journal" VALUES(9,1,NULL,'person_added','{"name": "Cléo"}',1773306000000);
INSERT INTO "network_journal" VALUES(10,1,NULL,'membership_added','{"name": "Cléo", "subject": "Association Éole"}',1773306000000);
INSERT INTO "network_journal" VALUES(11,1,NULL,'person_added','{"name": "Dan"}',1773306000000);
INSERT INTO "network_journal" VALUES(12,1,NULL,'group_added','{"group": "Précarité"}',1773306000000);
INSERT INTO "network_journal" VALUES(13,1,NULL,'organisation_added','{"subject": "Cabinet Ouest"}',1778490000000);
INSERT INTO "network_journal" VALUES(14,1,NULL,'organisation_added','{"subject": "Cabinet O."}',1778490000000);
INSERT INTO "network_journal" VALUES(15,1,NULL,'person_added','{"name": "Ève"}',1778490000000);
INSERT INTO "network_journal" VALUES(16,1,NULL,'membership_added','{"name": "Ève", "subject": "Cabinet O."}',1778490000000);
INSERT INTO "network_journal" VALUES(17,1,NULL,'organisation_merged','{"subject": "Cabinet O.", "into": "Cabinet Ouest"}',1778490000000);
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    folder_id INTEGER NOT NULL,
    folder_name TEXT NOT NULL,
    is_above INTEGER NOT NULL,
    others INTEGER NOT NULL,
    steward_id INTEGER NOT NULL REFERENCES people (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL DEFAULT '',
    ends_on TEXT,
    created_at INTEGER NOT NULL
, siret TEXT NOT NULL DEFAULT '', finess TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', contact TEXT NOT NULL DEFAULT '', merged_into INTEGER REFERENCES organisations (id), quota_bytes INTEGER);
INSERT INTO "organisations" VALUES(1,'CH d''Argentan','ch d''argentan','',NULL,1773306000000,'','','','',NULL,NULL);
INSERT INTO "organisations" VALUES(2,'Mairie','mairie','',NULL,1773306000000,'','','','',NULL,NULL);
INSERT INTO "organisations" VALUES(3,'Association Éole','association éole','',NULL,1773306000000,'','','','',NULL,NULL);
INSERT INTO "organisations" VALUES(4,'Cabinet Ouest','cabinet ouest','',NULL,1778490000000,'','','','',NULL,NULL);
INSERT INTO "organisations" VALUES(5,'Cabinet O.','cabinet o.','','2026-03-12',1778490000000,'','','','',4,NULL);
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    is_steward INTEGER NOT NULL DEFAULT 0,
    may_open_top INTEGER NOT NULL DEFAULT 0,
    password_hash TEXT NOT NULL DEFAULT '',
    disabled_at INTEGER,
    created_at INTEGER NOT NULL
, sort_key TEXT NOT NULL DEFAULT '');
INSERT INTO "people" VALUES(1,'marie@example.org','marie@example.org','marie','',1,0,'',NULL,1773306000000,'marie');
INSERT INTO "people" VALUES(2,'awa@example.org','awa@example.org','Awa','',0,0,'',NULL,1773306000000,'awa');
INSERT INTO "people" VALUES(3,'bo@example.org','bo@example.org','Bo','',0,0,'',NULL,1773306000000,'bo');
INSERT INTO "people" VALUES(4,'cléo@example.org','cléo@example.org','Cléo','en',0,0,'',NULL,1773306000000,'cleo');
INSERT INTO "people" VALUES(5,'dan@example.org','dan@example.org','Dan','',0,0,'',NULL,1773306000000,'dan');
INSERT INTO "people" VALUES(6,'ève@example.org','ève@example.org','Ève','',0,0,'',NULL,1778490000000,'eve');
CREATE TABLE "reach" (
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    ancestor_id INTEGER NOT NULL REFERENCES folders (id),
    PRIMARY KEY (folder_id, ancestor_id)
) WITHOUT ROWID;
INSERT INTO "reach" VALUES(1,1);
INSERT INTO "reach" VALUES(2,1);
INSERT INTO "reach" VALUES(7,1);
INSERT INTO "reach" VALUES(8,1);
INSERT INTO "reach" VALUES(2,2);
INSERT INTO "reach" VALUES(7,2);
INSERT INTO "reach" VALUES(8,2);
INSERT INTO "reach" VALUES(3,3);
INSERT INTO "reach" VALUES(4,4);
INSERT INTO "reach" VALUES(5,5);
INSERT INTO "reach" VALUES(7,7);
INSERT INTO "reach" VALUES(8,8);
CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    asked TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (person_id, asked)
);
CREATE TABLE saved_seen (
    saved_id INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (saved_id, document_id)
);
CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key TEXT NOT NULL
);
INSERT INTO "series" VALUES(1,2,'Comité','comité');
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    acting_as INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
, seeing_kind TEXT NOT NULL DEFAULT '', seeing_id INTEGER NOT NULL DEFAULT 0, seeing_from INTEGER NOT NULL DEFAULT 0);
CREATE TABLE set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    document_id INTEGER NOT NULL REFERENCES documents (id),
    expected INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE sign_in_attempts (
    key TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
, issued_by INTEGER REFERENCES people (id));
INSERT INTO "sign_in_links" VALUES('c1cdc016ef82b24486d022a9db5b09cee2e95bea97b8f139d83839ee6c4699bc',1,1773565200000,NULL,NULL);
CREATE TABLE todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    who TEXT NOT NULL DEFAULT '',
    person_id INTEGER REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    due_on TEXT,
    done_on TEXT
);
INSERT INTO "todos" VALUES(1,1,'Écrire à la préfecture','Zoé Hors-Réseau',NULL,NULL,'2026-05-01',NULL);
CREATE TABLE uploads (
    key TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    folder_id INTEGER,
    path TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    taken TEXT NOT NULL,
    document_id INTEGER,
    expected INTEGER,
    comment TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL,
    offset_bytes INTEGER NOT NULL DEFAULT 0,
    became_document INTEGER,
    became_name TEXT NOT NULL DEFAULT '',
    became_version INTEGER,
    is_new_document INTEGER NOT NULL DEFAULT 0,
    is_new_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE used_space (
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'organisation')),
    id INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO "used_space" VALUES('folder',1,19);
INSERT INTO "used_space" VALUES('folder',2,88);
INSERT INTO "used_space" VALUES('folder',3,16);
INSERT INTO "used_space" VALUES('folder',4,11);
INSERT INTO "used_space" VALUES('folder',6,15);
INSERT INTO "used_space" VALUES('folder',7,73462);
INSERT INTO "used_space" VALUES('organisation',1,70);
INSERT INTO "used_space" VALUES('organisation',2,11);
INSERT INTO "used_space" VALUES('organisation',4,15);
CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    author_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    restored_from INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting',
    reason TEXT NOT NULL DEFAULT '',
    page_kind TEXT NOT NULL DEFAULT 'none',
    page_count INTEGER,
    language TEXT NOT NULL DEFAULT '',
    reader_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL, label TEXT NOT NULL DEFAULT '',
    UNIQUE (document_id, number)
);
INSERT INTO "versions" VALUES(1,1,1,'18ccce0431880104218d42a56a248bebfe1fe9fc60ba4315daca52f9c947449e',11,'text/plain','jet',2,1,NULL,'ok','','none',NULL,'',2,1775898000000,'');
INSERT INTO "versions" VALUES(2,1,2,'f42d495ef55a97aab89ec863f7ded9ca20acbd5c7f34fd3ddf12e3eb9b4f5afb',13,'text/plain','',2,1,NULL,'ok','','none',NULL,'',2,1775898000000,'');
INSERT INTO "versions" VALUES(3,2,1,'18ccce0431880104218d42a56a248bebfe1fe9fc60ba4315daca52f9c947449e',11,'text/plain','',3,2,NULL,'ok','','none',NULL,'',2,1775898000000,'');
INSERT INTO "versions" VALUES(4,3,1,'4133fb3f03c7f12ea1d3f606dbde200ab149c23c2c5f797a6c8e723c85325112',16,'text/html','',1,NULL,NULL,'ok','','none',NULL,'',2,1775898000000,'');
INSERT INTO "versions" VALUES(5,4,1,'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',0,'text/plain','',1,NULL,NULL,'ok','empty','none',NULL,'',2,1775898000000,'');
INSERT INTO "versions" VALUES(6,1,3,'18ccce0431880104218d42a56a248bebfe1fe9fc60ba4315daca52f9c947449e',11,'text/plain','',2,1,1,'ok','','none',NULL,'',2,1778490000000,'');
INSERT INTO "versions" VALUES(7,1,4,'785289e038fb14af46857856e71b6f4b0f44c890ff671666a18752db3de4afb0',31,'text/plain','',2,1,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(8,5,1,'16a3b116cf5d01148d42da728cb051b3f2caed21dceea1aa89820ccecaf9b611',15,'text/plain','',1,NULL,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(9,6,1,'cadd0b66ffa5db4ee79f91670c2211df5e3e6c0d95fc4e05cc5fb342f67c2e2e',4,'text/plain','',2,1,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(10,7,1,'e204e139a325d43681c2dc2ed09b1762155f3aa52da28c3e9377e6df62bfbe9e',15,'text/plain','',6,5,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(11,8,1,'6bce8d254abce9287036f81f9239a1123c3cc0da010aa8be3c90d58f0c32edfa',22,'text/plain','',1,NULL,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(12,9,1,'dceb11fe2625c9f3da9df052da52eb3738cb3576e929b270de93681c76a19b18',4648,'application/vnd.oasis.opendocument.text','',1,NULL,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
INSERT INTO "versions" VALUES(13,10,1,'68a2be67b25f5de1988539d72942889cf6f6ac8109fbbcdaf61d56d51f602d57',68814,'application/pdf','',1,NULL,NULL,'waiting','','none',NULL,'',0,1778490000000,'');
CREATE INDEX memberships_by_organisation ON memberships (organisation_id);
CREATE INDEX group_members_by_membership ON group_members (membership_id);
CREATE INDEX folders_by_parent ON folders (parent_id);
CREATE INDEX grants_by_subject ON grants (subject_kind, subject_id, folder_id);
CREATE UNIQUE INDEX names_by_thing ON names (kind, id);
CREATE INDEX documents_by_name ON documents (folder_id, sort_key);
CREATE INDEX documents_by_change ON documents (folder_id, changed_at);
CREATE INDEX versions_by_blob ON versions (sha256);
CREATE INDEX journal_by_folder ON journal (folder_id, id);
CREATE UNIQUE INDEX jobs_one_waiting ON jobs (kind, subject) WHERE state = 'waiting';
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sign_in_attempts_by_key ON sign_in_attempts (key, at);
CREATE UNIQUE INDEX organisations_by_siret ON organisations (siret) WHERE siret <> '';
CREATE UNIQUE INDEX organisations_by_finess ON organisations (finess) WHERE finess <> '';
CREATE INDEX people_by_name ON people (sort_key, name);
CREATE INDEX folders_removed ON folders (parent_id, removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX documents_removed ON documents (folder_id, removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX journal_by_document ON journal (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX documents_newest ON documents (changed_at, id) WHERE removed_at IS NULL;
CREATE INDEX reach_by_ancestor ON reach (ancestor_id, folder_id);
CREATE UNIQUE INDEX access_requests_one_waiting
    ON access_requests (person_id, about, about_id) WHERE state = 'waiting';
CREATE INDEX access_requests_waiting ON access_requests (about, about_id) WHERE state = 'waiting';
CREATE INDEX access_requests_by_person ON access_requests (person_id, id);
CREATE INDEX notices_by_person ON notices (person_id, at);
CREATE INDEX notices_by_time ON notices (at);
CREATE UNIQUE INDEX access_log_once ON access_log (person, document, version, act, at);
CREATE INDEX access_log_by_document ON access_log (document, number);
CREATE INDEX uploads_by_person ON uploads (person_id, expires_at);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE INDEX uploads_under_way ON uploads (expires_at) WHERE became_document IS NULL;
CREATE INDEX set_aside_by_person ON set_aside (person_id, id);
CREATE INDEX set_aside_by_document ON set_aside (document_id);
CREATE INDEX set_aside_by_blob ON set_aside (sha256);
CREATE INDEX set_aside_by_expiry ON set_aside (expires_at);
CREATE INDEX locks_by_person ON locks (person_id);
CREATE INDEX locks_by_expiry ON locks (expires_at);
CREATE INDEX jobs_next ON jobs (state, rank, run_after);
CREATE INDEX versions_by_reader ON versions (reader_version);
CREATE INDEX versions_unread ON versions (document_id) WHERE state NOT IN ('waiting', 'ok');
CREATE INDEX findings_open ON findings (version_id) WHERE settled_at IS NULL;
CREATE INDEX drop_folders_by_folder ON drop_folders (folder_id);
CREATE INDEX drop_arrivals_newest ON drop_arrivals (drop_folder_id, id);
CREATE INDEX saved_searches_of ON saved_searches (person_id, id);
CREATE INDEX index_entries_of ON index_entries (document_id, number);
CREATE INDEX series_by_key ON series (folder_id, key);
CREATE INDEX meetings_by_time ON meetings (starts_at, id);
CREATE INDEX meetings_of_series ON meetings (series_id, starts_at);
CREATE INDEX meetings_by_odt ON meetings (odt_id) WHERE odt_id IS NOT NULL;
CREATE INDEX meetings_by_pdf ON meetings (pdf_id) WHERE pdf_id IS NOT NULL;
CREATE INDEX meeting_documents_of ON meeting_documents (meeting_id);
CREATE INDEX agenda_items_of ON agenda_items (meeting_id, place);
CREATE INDEX agenda_items_carried ON agenda_items (carried_from) WHERE carried_from IS NOT NULL;
CREATE INDEX item_papers_of ON item_papers (document_id);
CREATE INDEX decisions_of ON decisions (item_id, id);
CREATE INDEX decisions_by_day ON decisions (decided_on, id);
CREATE INDEX todos_of ON todos (item_id, id);
CREATE INDEX todos_open ON todos (person_id, due_on) WHERE done_on IS NULL;
CREATE INDEX todos_open_of ON todos (organisation_id, due_on) WHERE done_on IS NULL;
CREATE INDEX todos_due ON todos (due_on) WHERE done_on IS NULL;
CREATE INDEX todos_done ON todos (done_on) WHERE done_on IS NOT NULL;
CREATE INDEX calendar_feeds_of ON calendar_feeds (person_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('people',6);
INSERT INTO "sqlite_sequence" VALUES('organisations',5);
INSERT INTO "sqlite_sequence" VALUES('network_journal',17);
INSERT INTO "sqlite_sequence" VALUES('memberships',5);
INSERT INTO "sqlite_sequence" VALUES('groups',1);
INSERT INTO "sqlite_sequence" VALUES('folders',8);
INSERT INTO "sqlite_sequence" VALUES('grants',11);
INSERT INTO "sqlite_sequence" VALUES('journal',53);
INSERT INTO "sqlite_sequence" VALUES('documents',10);
INSERT INTO "sqlite_sequence" VALUES('versions',13);
INSERT INTO "sqlite_sequence" VALUES('jobs',13);
INSERT INTO "sqlite_sequence" VALUES('index_entries',91);
INSERT INTO "sqlite_sequence" VALUES('access_requests',1);
INSERT INTO "sqlite_sequence" VALUES('series',1);
INSERT INTO "sqlite_sequence" VALUES('meetings',2);
INSERT INTO "sqlite_sequence" VALUES('agenda_items',5);
INSERT INTO "sqlite_sequence" VALUES('decisions',1);
INSERT INTO "sqlite_sequence" VALUES('todos',1);
COMMIT;
