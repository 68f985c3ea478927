"""French verbs as the stemmer does not see them: from one of their forms to others.

It cuts endings, so it does not bring *tenir*, *tient* and *tenu* together, and these verbs
are the most used. And it knows *validée* by its accent, which is folded before. All by exact
spelling: lower case, accents folded. The index holds nothing of this: only queries do.
"""

from __future__ import annotations

import re
from functools import cache

# Beginnings of verbs, and what each of them takes. Left out are forms that are other words
# more often (lit, part, court, entreprise) and those that the stemmer brings together anyway.
_FAMILIES: tuple[tuple[str, str], ...] = (
    (
        "t obt ret maint sout cont det entret appart abst v dev rev parv prev interv conv subv"
        " surv prov redev souv adv",
        "enir iens ient iennent enons enez enait enaient enant enu enue enus enues int inrent"
        " ienne iennes iendra iendront iendrait iendraient",
    ),
    (
        "pr appr compr repr surpr",
        "endre end ends ennent enons enez enait enaient enant is ise ises it irent enne"
        " endra endront endrait endraient",
    ),
    (
        "entrepr",
        "endre end ennent enons enait enaient enant it irent enne endra endront endrait",
    ),
    (
        "m perm adm prom soum comm transm rem em om comprom retransm",
        "ettre et ets ettent ettons ettez ettait ettaient ettant is ise ises it irent ette"
        " ettra ettront ettrait ettraient",
    ),
    (
        "rec conc perc dec aperc",
        "evoir oit oivent evons evez evait evaient evant u ue us ues ut urent oive"
        " evra evront evrait evraient",
    ),
    ("v entrev", "oir oit oient oyons oyez oyait oyaient oyant u ue us ues oie erra erront errait"),
    ("rev", "oir oit oient oyons oyez oyait oyaient oyant u us oie erra erront errait"),
    ("prev pourv", "oir oit oient oyons oyait oyaient oyant u ue us ues oie oira oiront oirait"),
    (
        "condu recondu produ reprodu redu introdu tradu dedu sedu constru reconstru instru detru"
        " indu cu",
        "ire it its ite ites isent isons isez isait isaient isant isit ise ira iront irait",
    ),
    (
        "ec dec insc reinsc presc transc sousc prosc circonsc",
        "rire rit rits rite rites rivent rivons rivez rivait rivaient rivant rivit rive"
        " rira riront rirait",
    ),
    (
        "d interd pred contred med red",
        "ire it its ite ites isent isons isez isait isaient isant ise ira iront irait",
    ),
    (
        "ven reven ren atten repon correspon per descen redescen enten defen depen suspen"
        " eten confon mor tor preten",
        "dre d ds dent dons dez dait daient dant du due dus dues dit de dra dront drait draient",
    ),
    (
        "crai contrai plai pei repei attei etei restrei astrei enfrei joi rejoi",
        "ndre nt nts nte ntes gnent gnons gnez gnait gnaient gnant gnit gne ndra ndront ndrait",
    ),
    (
        "conn reconn par appar dispar transpar reappar compar",
        "aitre ait aissent aissons aissez aissait aissaient aissant u ue us ues ut urent aisse"
        " aitra aitront aitrait",
    ),
    ("accr", "oitre oit oissent oissait oissaient oissant u ue us ues ut oisse oitra oitront"),
    ("n ren", "aitre ait aissent aissait aissaient aissant aquit aquirent aisse aitra aitront"),
    (
        "ouv couv decouv recouv rouv entrouv off souff",
        "rir re res rent rons rez rait raient rant ert erte erts ertes rit rirent rira riront",
    ),
    (
        "s pours",
        "uivre uit uivent uivons uivez uivait uivaient uivi uivie uivis uivies uivra uivront",
    ),
    ("v surv rev", "ivre it ivent ivons ivez ivait ivaient ecu ecue ecus ecues ecut ivra ivront"),
    (
        "parc rec conc sec acc enc c disc",
        "ourir ourent ourons ourez ourait ouraient ouru ourue ourus ourues ourut ourra ourront",
    ),
    (
        "acqu requ conqu enqu",
        "erir iert ierent ierons erons erait eraient erant is ise ises it iere errra erra erront",
    ),
    (
        "l el rel reel",
        "ire isent isons isez isait isaient isant u ue us ues ut urent ise ira iront irait",
    ),
    ("cr", "oire oit oient oyons oyez oyait oyaient oyant ut oie oira oiront oirait"),
    ("b", "oire oit oivent uvons uvez uvait uvaient uvant oive oira oiront oirait"),
    ("v equiv preval", "aloir aut alent alait alaient alant alu aille audra audront audrait"),
    ("s", "avoir ait avent avons avez avait avaient aura auront aurait ache achent"),
    (
        "f ref def satisf contref",
        "aire ait aits aite aites ont aisons aisait aisaient aisant it irent asse assent"
        " era eront erait eraient",
    ),
    ("b", "attre at attent attons attait attaient attu attue attus attues attra attront"),
    ("comb ab deb", "attre attent attons attait attaient attu attue attus attues attra attront"),
    ("r corr interr", "ompre ompt ompent ompait ompaient ompu ompue ompus ompues ompra ompront"),
    (
        "v conv",
        "aincre ainc ainquent ainquait ainquant aincu aincue aincus aincues aincra aincront",
    ),
    (
        "concl excl incl",
        "ure ut uent uons uait uaient uant u ue us ues urent ura uront urait",
    ),
    ("res abs diss", "oudre out olvent olvait olvant olu olue olus olues ous oute oudra oudront"),
    ("m", "ourir eurt eurent ourait ouraient ourant ort orte orts ortes ourut ourra ourront eure"),
    ("d end rend", "ormir ort orment ormait ormaient ormant ormi ormie ormis ormira ormiront"),
    ("s ress", "ervir ert ervent ervait ervaient ervi ervie ervis ervies ervira erviront"),
    ("s ress cons press m dem", "entir ent entent entait entaient enti entie entira entiront"),
    ("p rep", "artir artent artait artaient artira artiront"),
    ("suff", "ire it isent isait isaient isant ise ira iront irait"),
    ("", "aller va vont allons allez allait allaient ira iront irait iraient aille aillent"),
)  # fmt: skip

# Words by themselves where they are typed; as forms of their verbs they are found.
_AS_NOUNS = """
revenu revenus contenu contenus convenu prise prises reprise reprises surprise surprises
mise mises remise remises permis promis compromis commis emis vue vues vu produit produits
conduit conduite conduites reduit ecrit ecrits dit rendu rendus fait faits faite recu recus
elu elus elue elues offre offres couvert couverte couverts decouverte decouvertes
suivi suivis suivie mort morts morte mortes plainte plaintes contrainte contraintes atteinte
atteintes crainte craintes joint jointe joints inconnu descente maintenant rendez
"""
# Words in -ée that are seldom participles: *soirée* is not said of a *soir*.
_IN_EE = """
annee idee journee soiree matinee armee vallee musee lycee trophee apogee fee poupee orchidee
duree donnee portee entree rentree assemblee
"""
NOUNS = frozenset(_AS_NOUNS.split())
_NO_PARTICIPLES = frozenset(_IN_EE.split())
_PARTICIPLE = re.compile("(.{3,})ees?")
_FIRST_GROUP = re.compile("(.{3,}?)(?:es?|er|ent|ons|ez|ait|aient|ant|era|eront|erait|eraient)")


def forms(exact: str) -> frozenset[str]:
    """Other forms of that verb, one at least of each stem; of other words, next to nothing."""
    return _forms().get(exact, frozenset()) | _of_first_group(exact)


def _of_first_group(exact: str) -> frozenset[str]:
    """*valider* for *validée*, and *validée* for all the others."""
    is_participle = _PARTICIPLE.fullmatch(exact)
    found = is_participle or _FIRST_GROUP.fullmatch(exact)
    if found is None or f"{found[1]}ee" in _NO_PARTICIPLES:
        return frozenset()
    return frozenset({found[1] + ("er" if is_participle else "ee")})


@cache
def _forms() -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for beginnings, endings in _FAMILIES:
        for beginning in beginnings.split() or [""]:
            verb = frozenset(beginning + ending for ending in endings.split())
            for form in verb - NOUNS:
                known[form] = known.get(form, frozenset()) | verb
    return known
