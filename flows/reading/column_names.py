"""Headers of a table in, which of our fields their words can mean out."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

NAMES = {
    "text": """
        kommentartext commenttext commentcontent kommentarinhalt commentbody commentmessage
        textoriginal textdisplay comment kommentar ihrkommentar fulltext tweettext tweet text
        body bodytext plaintext message messagetext messagebody nachricht nachrichtentext
        content inhalt beitragstext freitext freitextantwort feedback ihrfeedback rueckmeldung
        meinung ihremeinung anmerkung anmerkungen bemerkung bemerkungen comments kommentare
        review reviewtext antworttext antwort answer response openendedresponse opinion
        snippet
    """,
    "created_at": """
        commentcreatetimestamp commentcreatedat commentdategmt commentdate commenttime
        commenttimestamp kommentardatum kommentarzeit kommentiertam createdat createdtime
        created createddate createdon datecreated creationdate creationtime createdate
        createtime createddatetime publishedat published publishedtime publishtime publishdate
        timestamp zeitstempel datumuhrzeit datumundzeit datumunduhrzeit datumzeit dateandtime
        datetime datum date dategmt erstelltam erstellt erstellungsdatum erstellungszeit
        erstellungszeitpunkt veroeffentlichtam veroeffentlicht abgegebenam abgabedatum
        abgabezeit abgabezeitpunkt datumderabgabe eingegangenam eingang eingangsdatum postedat
        postedon posted geschriebenam gepostetam zeitpunkt gesendetam gesendet sentat sent
        submittedat submitdate eingereichtam fertigstellungszeit completiontime beendetam
        ausgefuelltam enddatum enddate endzeit endtime startzeit starttime startdatum
        startdate time uhrzeit zeit unixtimestamp epoch tag
    """,
    "created_time": "uhrzeit zeit time timeofday clock kommentaruhrzeit",
    "comment_id": """
        commentid kommentarid idkommentar commenturn tweetid messageid nachrichtenid
        kommentarnr kommentarnummer commentnumber responseid antwortid respondentid nativeid
        id idstr uid nr lfdnr laufendenummer nummer
    """,
    "parent_id": """
        parentcommentid toplevelcommentid commentparent parentid inreplytoid
        inreplytocommentid inreplytostatusid inreplytotweetid inreplyto replytocommentid
        replytoid replyto repliedtoid antwortaufid antwortaufkommentar antwortauf antwortzu
        elternid elternkommentar uebergeordneterkommentar uebergeordneteid parent
    """,
    "post_id": """
        postid commentpostid beitragid beitragsid beitragsnummer videoid mediaid articleid
        artikelid threadid conversationid topicid activityid activityurn posturn
    """,
    "post_title": """
        posttitle beitragstitel articletitle artikeltitel videotitle videotitel beitrag post
        artikel article video title titel thema subject betreff
    """,
    "post_text": """
        posttext postmessage postbody postcontent beitragsinhalt textdesbeitrags
        inhaltdesbeitrags
    """,
    "post_url": """
        posturl postlink postpermalink beitragsurl beitragslink videourl articleurl
        linkzumbeitrag sourceurl
    """,
    "post_created_at": """
        postcreatedat postcreatedtime postdate postdatum posttime beitragsdatum beitragvom
        datumdesbeitrags postpublishedat
    """,
    "author": """
        commentauthorid authorid authorchannelid userid profileid senderid fromid autorid
        benutzerid nutzerid commentauthor author autor autorin authorname authordisplayname
        authorusername username userscreenname screenname handle user benutzer benutzername
        nutzer nutzername nutzerin verfasser verfasserin verfasstvon geschriebenvon
        kommentator commenter sender sendername absender absenderin displayname anzeigename
        fullname kundenname profil profile profilname name vorundnachname from fromname von
        teilnehmer respondent email emailadresse emailaddress mail
    """,
    "author_name": """
        authorusername username screenname userscreenname handle authordisplayname authorname
        author autor autorin autorname displayname anzeigename sendername fromname
        commentauthor fullname name benutzername nutzername profilname profilename
    """,
    "like_count": """
        likecount likescount commentlikes likes anzahllikes gefaelltmir gefaelltmirangaben
        numlikes favoritecount favouritecount upvotes reactioncount reactions reaktionen
        anzahlreaktionen daumenhoch score
    """,
    "reply_count": """
        replycount repliescount replies totalreplycount numreplies antworten anzahlantworten
    """,
    "permalink": """
        permalink commenturl commentlink commentpermalink kommentarlink kommentarurl
        linkzumkommentar tweeturl viewsource url link
    """,
    "channel": """
        channel kanal platform plattform network netzwerk socialnetwork sozialesnetzwerk
        quelle source
    """,
    "language": "language sprache lang languagecode",
    "is_owner": """
        isowner byowner isauthor isauthorowner eigeneantwort eigenerkommentar iseigene vonuns
    """,
    "status": "status moderationstatus commentapproved freigabe freigabestatus",
    "community": """
        communityname community groupname gruppenname gruppe group teamname team
    """,
    "email": """
        commentauthoremail authoremail useremail senderemail email emailaddress emailadresse mail
    """,
}
"""Headers that name a field, the surest first, as `plain_name` writes them."""

SYNONYMS = {field: tuple(names.split()) for field, names in NAMES.items()}

FIELDS = tuple(SYNONYMS)
"""The canonical fields that a column can be mapped to."""

FOLDING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

LOOSE = """
    id idstr uid nr lfdnr laufendenummer nummer nativeid messageid nachrichtenid respondentid
    responseid antwortid title titel thema subject betreff url link permalink
"""

LOOSE_NAMES = frozenset(LOOSE.split())
"""Headers that can mean many things: believed only if the values look like it."""

FOREIGN = """
    post beitrag parent article artikel video thread media page seite quoted retweeted
    referenced inreplyto replyto conversation attachment
"""

SOMEONE_ELSES = frozenset(FOREIGN.split())
"""First words of a dotted header like `parent.text`: its last word is not the comment's own."""

DESCRIPTIONS = """
    about beschreibung betreff bio description descriptions details headline name notes notizen
    profil subject summary ueber verwendungszweck zusammenfassung
"""

ABOUT_THINGS = frozenset(DESCRIPTIONS.split())
"""Words of headers whose columns describe a thing or a person: nobody's answer to anything."""

OFTEN_COUNTS = frozenset({"comments", "kommentare"})
"""Headers that say how many there are as often as what they say."""

CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
"""Where a new word begins in `videoTitle`."""

TAKEOUT_SIGN = "commentcreatetimestamp"
"""Only YouTube Takeout has it; there `Channel ID` is whose comment it is, not whose video."""


FACEPAGER_SIGN = frozenset({"objectid", "objecttype", "querystatus", "querytype"})
"""Only Facepager has them; there `object_id` is the id of what was found."""


LONGEST_HEADER = 1000
"""Characters of a header that are looked at: a question of a survey is shorter, and what is longer
is a text that stands where a header is looked for."""


@lru_cache(maxsize=4096)
def plain_name(header: str) -> str:
    """A header without case, accents, spaces and signs: `Erstellt am` -> `erstelltam`.

    Remembered: which record is the header is tried with every delimiter.
    """
    return re.sub(r"[^a-z0-9]", "", header[:LONGEST_HEADER].casefold().translate(FOLDING))


def is_about_things(header: str) -> bool:
    """Whether a header is that of something else's words or time: `Video Description`."""
    parted = CAMEL.sub(" ", header[:LONGEST_HEADER])
    words = [plain_name(word) for word in re.findall(r"[^\W\d_]+", parted)]
    return bool(words) and (words[0] in SOMEONE_ELSES or bool(ABOUT_THINGS & set(words)))


def says_utc(column: str) -> bool:
    """Whether a header names the zone of its times, for example `comment_date_gmt`."""
    return bool(re.search(r"(?:^|[^a-z])(?:utc|gmt)\W*$", column.casefold()))


def columns_by_name(header: Sequence[str]) -> dict[str, list[str]]:
    """Name -> columns that go by it, those that are called exactly so first."""
    named: dict[str, list[str]] = {}
    for column in header:
        named.setdefault(plain_name(column), []).append(column)
    for column in header:
        for name in _other_names(column):
            if column not in named.setdefault(name, []):
                named[name].append(column)
    if named.keys() >= FACEPAGER_SIGN:
        # `id` and `parent_id` number the nodes of its tree, seeds and pages among them.
        named |= {"commentid": named["objectid"], "id": [], "parentid": []}
    if TAKEOUT_SIGN in named and "channelid" in named:
        named["authorid"] = named["channelid"]
    return named


def _other_names(column: str) -> Iterator[str]:
    """Names a header goes by without its number, its remarks, its zone, its leading path."""
    column = column[:LONGEST_HEADER]
    shorter = re.sub(r"^\s*(?:(?:q|f|frage)\s*)?\d+\s*[.):]\s*", "", column, flags=re.IGNORECASE)
    shorter = re.sub(r"\(.*?\)|\[.*?\]|\*|:\s*$", "", shorter)
    yield plain_name(shorter)
    yield plain_name(re.sub(r"[\W_]*(?:utc|gmt)\W*$", "", column, flags=re.IGNORECASE))
    if remark := re.fullmatch(r"\s*\((.*)\)\s*", column):
        yield plain_name(remark[1])
    parts = column.split(".")
    for start in range(1, len(parts)):
        if plain_name(parts[start - 1]) in SOMEONE_ELSES:
            return
        name = plain_name("".join(parts[start:]))
        if name not in ("name", "id", "title", "url", "type"):
            yield name
        elif re.search(r"author|user|sender|autor", parts[start - 1], re.IGNORECASE):
            yield f"author{name}"
