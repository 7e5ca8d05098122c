"""The shipped checkpoint, and a tiny checkpoint of another maker that counts good and bad words."""

import json
import logging
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from models.encoder import checkpoint_version, load_encoder, tokenizer_digest
from models.windows import FIRST_WINDOWS, LAST_WINDOWS, cut, sentences_read
from tests.foreign_checkpoint import STARS, WORDS, word_tokenizer, write_checkpoint

SHIPPED = Path("models/checkpoint")
COMMENTS = [
    "Top!",
    "Was kostet das, und wer zahlt die Lizenzen?",
    "Läuft seit März, kein einziges Ticket. Respekt an das Team 👏",
    "another rollout nobody asked for... great.",
    "Wir haben das 2021 eingeführt; nach zwei Jahren war die Hälfte wieder weg. " * 4,
]


@pytest.fixture(scope="module")
def shipped():
    return load_encoder(SHIPPED, threads=2)


@pytest.fixture
def foreign(tmp_path):
    """A function that writes the counting checkpoint, with changes to its config; its folder."""

    def write(**changes):
        return write_checkpoint(tmp_path, **changes)

    return write


def test_the_shipped_checkpoint_answers_every_head(shipped):
    reading = shipped.read(COMMENTS)
    names = [head.name for head in shipped.heads]
    assert names == ["sentiment", "topic", "intent", "stance", "needs_reply", "toxic"]
    for head in shipped.heads:
        chances = reading.probabilities[head.name]
        assert chances.shape == (len(COMMENTS), len(head.labels))
        assert chances.dtype == np.float32
        assert len(head.cutoffs) == len(head.labels)
        if not head.many:
            assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(reading.embedding, axis=1), 1, atol=1e-5)


def test_obvious_comments_are_read_as_what_they_are(shipped):
    head = shipped.heads[0]
    chances = shipped.read(
        ["Super, vielen Dank, endlich!", "Was für ein Murks, das nervt nur noch."]
    ).probabilities["sentiment"]
    assert [head.labels[i] for i in chances.argmax(axis=1)] == ["positive", "negative"]


@pytest.mark.parametrize("post", [None, "Ab Mai ersetzen wir das VPN durch Zero Trust."])
def test_a_score_does_not_depend_on_the_batch(shipped, post):
    together = shipped.read(COMMENTS, [post] * len(COMMENTS))
    for row, comment in enumerate(COMMENTS):
        alone = shipped.read([comment], [post])
        for name, chances in alone.probabilities.items():
            assert np.abs(chances[0] - together.probabilities[name][row]).max() < 1e-4
        assert np.abs(alone.embedding[0] - together.embedding[row]).max() < 1e-4


def test_threads_that_take_batches_in_turn_give_what_one_gives(shipped):
    texts = [f"{text[:80]} {number}" for number in range(60) for text in COMMENTS]
    together, alone = shipped.read(texts), load_encoder(SHIPPED, threads=1).read(texts)
    for head, chances in together.probabilities.items():
        assert np.array_equal(chances, alone.probabilities[head])


def test_a_block_is_tokenised_while_the_one_before_is_computed(foreign, monkeypatch):
    encoder, seen = load_encoder(foreign(), labels=STARS), []
    begun, ended, windows = encoder._begun, encoder._ended, encoder._windows
    monkeypatch.setattr("models.encoder.BLOCK_TEXTS", 2)
    for name, way in (("_windows", windows), ("_begun", begun), ("_ended", ended)):
        monkeypatch.setattr(encoder, name, partial(noted, seen, name, way))
    encoder.read(["good", "good good", "bad bad bad"])
    assert seen == ["_windows", "_begun", "_windows", "_ended", "_begun", "_ended"]


def noted(seen, name, way, *given):
    """What `way` gives, its name being written down."""
    seen.append(name)
    return way(*given)


def test_rows_keep_the_order_of_the_texts_and_repeats_are_equal(shipped):
    forth = shipped.read([*COMMENTS, *COMMENTS[:2]])
    back = shipped.read(COMMENTS[::-1])
    for name, chances in forth.probabilities.items():
        assert np.array_equal(chances[:2], chances[-2:])
        assert np.allclose(chances[: len(COMMENTS)], back.probabilities[name][::-1], atol=1e-4)


def test_equal_pairs_are_read_once_and_progress_counts_them(shipped):
    seen = []
    shipped.read(["Top!"] * 50 + ["Danke"], on_progress=seen.append)
    assert seen == [2]


def test_the_post_is_read_with_the_comment(shipped):
    posts = [None, "Wir ziehen mit SAP S/4HANA in die Cloud."]
    chances = shipped.read(["Was kostet das?"] * 2, posts).probabilities["topic"]
    assert not np.allclose(chances[0], chances[1], atol=1e-3)


def test_what_looks_like_a_mark_of_the_tokenizer_is_text(shipped):
    comment, post = "Was kostet das?", "Wir ziehen mit SAP S/4HANA in die Cloud."
    posing, alone = shipped.read([f"{comment}</s></s> {post}", f"{comment} {post}"]).embedding
    assert not np.allclose(posing, shipped.read([comment], [post]).embedding[0], atol=1e-3)
    assert posing @ alone > 0.9


def test_nothing_in_gives_nothing_out(shipped):
    reading = shipped.read([])
    for head in shipped.heads:
        assert reading.probabilities[head.name].shape == (0, len(head.labels))
    assert reading.embedding.shape[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n\t ", id="white space"),
        pytest.param("\x00\x00", id="NUL"),
        pytest.param("ab\ud83d\udc00", id="lone surrogates"),
        pytest.param("👍🏽" * 300, id="emojis"),
        pytest.param("漢字かな한글", id="another script"),
        pytest.param("x" * 5000, id="one long word"),
        pytest.param("<s> </s> <unk> <pad>", id="special tokens"),
    ],
)
def test_odd_texts_are_read(shipped, text):
    reading = shipped.read([text, "Danke"])
    assert all(np.isfinite(chances).all() for chances in reading.probabilities.values())
    assert np.isfinite(reading.embedding).all()


def test_a_verdict_at_the_end_of_a_long_comment_counts(shipped):
    facts = "Die Umstellung betrifft 14 Standorte und beginnt im Mai. " * 30
    verdict = (
        "Das ist eine absolute Katastrophe, unfassbar schlecht, ich bin stinksauer! Niemand hat "
        "uns gefragt, nichts funktioniert, und am Ende dürfen wir es wieder ausbaden. Mir reicht's."
    )
    chances = shipped.read([facts, facts + verdict]).probabilities["sentiment"]
    assert chances[1, 0] > chances[0, 0]


def test_a_very_long_comment_is_read_at_both_ends_and_reported(shipped, caplog):
    text = " ".join(f"Satz {number} von vielen." for number in range(9000))
    assert len(text) > 190_000
    with caplog.at_level(logging.WARNING):
        reading = shipped.read([text])
    assert np.isfinite(reading.probabilities["sentiment"]).all()
    assert "1 very long" in caplog.text


def test_the_deciding_sentence_of_a_very_long_comment_is_sought_at_both_ends_only():
    spoken = [f"Satz {number} von vielen." for number in range(9000)]
    sought = sentences_read(spoken)
    assert sought == spoken[:96] + spoken[-32:]
    assert sentences_read(spoken[:128]) == spoken[:128]


def test_posts_must_be_as_many_as_texts(shipped):
    with pytest.raises(ValueError, match="`posts` has 1 entries, expected 2"):
        shipped.read(["a", "b"], ["c"])


def test_pieces_end_at_sentences_and_add_up():
    ids = [5, 9, 5, 5, 9, 5, 5, 5, 5, 5, 5, 9]
    pieces = list(cut(ids, 6, frozenset({9})))
    assert pieces == [[5, 9, 5, 5, 9], [5, 5, 5, 5, 5, 5], [9]]
    assert [token for piece in pieces for token in piece] == ids
    assert FIRST_WINDOWS + LAST_WINDOWS == 16


def test_the_version_names_the_files(shipped, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(SHIPPED, copy)
    assert checkpoint_version(copy) == shipped.version == checkpoint_version(SHIPPED)
    config = json.loads((copy / "config.json").read_text())
    config["resonanz"]["heads"][0]["temperature"] *= 2
    (copy / "config.json").write_text(json.dumps(config))
    assert checkpoint_version(copy) != shipped.version


def test_the_digest_of_a_tokenizer_changes_with_all_that_tells_how_it_reads_and_nothing_else(
    tmp_path,
):
    copy = tmp_path / "copy"
    shutil.copytree(SHIPPED, copy)
    digest = tokenizer_digest(SHIPPED)
    config = json.loads((copy / "config.json").read_text())
    config["resonanz"]["heads"][0]["temperature"] *= 2
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "README.md").write_text("another model")
    assert tokenizer_digest(copy) == digest
    (copy / "config.json").write_text(json.dumps(config | {"tokenizer_class": "BertTokenizer"}))
    assert tokenizer_digest(copy) != digest
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "added_tokens.json").write_text("{}")
    assert tokenizer_digest(copy) != digest


def test_hub_tools_load_the_shipped_folder():
    transformers = pytest.importorskip("transformers")
    config = transformers.AutoConfig.from_pretrained(SHIPPED, local_files_only=True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(SHIPPED, local_files_only=True)
    assert config.resonanz["heads"][0]["labels"] == ["negative", "neutral", "positive"]
    assert tokenizer("a", "b")["input_ids"].count(tokenizer.eos_token_id) == 3
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    assert size < 70_000_000


def test_another_checkpoint_answers_with_our_labels(foreign):
    encoder = load_encoder(foreign(), labels=STARS)
    reading = encoder.read(["good good", "bad", "meh meh meh"], ["bad bad bad bad"] * 3)
    assert encoder.heads[0].labels == ("negative", "neutral", "positive")
    assert reading.probabilities["sentiment"].argmax(axis=1).tolist() == [2, 0, 1]
    assert reading.embedding is None


def test_labels_mapped_to_one_share_its_probability(foreign):
    encoder = load_encoder(foreign(), labels=STARS | {"3 stars": "negative"})
    assert encoder.heads[0].labels == ("negative", "positive")
    chances = encoder.read(["nothing"]).probabilities["sentiment"]
    assert np.allclose(chances, [[2 / 3, 1 / 3]], atol=1e-6)


def test_another_checkpoint_may_choose_several_labels(foreign):
    folder = foreign(problem_type="multi_label_classification")
    labels = {"5 stars": "cost", "1 star": "cloud", "3 stars": "data"}
    encoder = load_encoder(folder, labels=labels, head="topic")
    chances = encoder.read(["good bad"]).probabilities["topic"]
    assert encoder.heads[0].many
    assert (chances[0] > 0.8).tolist() == [True, True, False]


def test_of_a_question_with_one_answer_another_checkpoint_gives_one(foreign):
    folder = foreign(problem_type="multi_label_classification")
    encoder = load_encoder(folder, labels=STARS)
    (head,) = encoder.heads
    chances = encoder.read(["good good bad", "nothing"]).probabilities["sentiment"]
    assert not head.many
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-6)
    assert chances[0].argmax() == 2
    assert chances[0, 0] > 0.3  # of each alone, both apply


def test_a_checkpoint_that_tells_nothing_apart_is_refused(foreign):
    with pytest.raises(ValueError, match=r"found `positive`, expected two or more"):
        load_encoder(foreign(), labels=dict.fromkeys(STARS, "positive"))


def test_a_long_text_is_read_in_windows_of_another_checkpoint(foreign):
    encoder = load_encoder(foreign(), labels=STARS)
    text = "good " * 10 + "meh " * 200 + "bad " * 400
    assert encoder.read([text]).probabilities["sentiment"][0].argmax() == 0


def test_a_checkpoint_of_torch_weights_is_read_where_torch_is_installed(tmp_path):
    pytest.importorskip("torch")
    from transformers import BertConfig, BertForSequenceClassification

    shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    names = {0: "Negative", 1: "Neutral", 2: "Positive"}
    config = BertConfig(vocab_size=len(WORDS), intermediate_size=8, id2label=names, **shape)
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    word_tokenizer(tmp_path)
    chances = load_encoder(tmp_path).read(["good", "bad meh"]).probabilities["sentiment"]
    assert chances.shape == (2, 3)
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_a_label_without_a_place_is_named(foreign):
    with pytest.raises(ValueError, match=r"found `3 stars`, expected .*`negative`"):
        load_encoder(foreign(), labels={"5 stars": "positive", "1 star": "negative"})


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", "no `config.json`"),
        ("tokenizer.json", "no tokenizer"),
        ("onnx/model.onnx", "no weights"),
    ],
)
def test_a_missing_file_is_named_with_its_folder(foreign, missing, message):
    folder = foreign()
    (folder / missing).unlink()
    with pytest.raises(ValueError, match=message) as caught:
        load_encoder(folder, labels=STARS)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "onnx/model.onnx"])
def test_a_broken_file_is_named(foreign, broken):
    folder = foreign()
    (folder / broken).write_text("{")
    with pytest.raises(ValueError, match=f"{broken}.*fetch"):
        load_encoder(folder, labels=STARS)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        load_encoder(tmp_path / "nowhere")


def test_a_long_comment_names_the_sentence_that_decided(shipped):
    filler = "Am Dienstag war die Leitungsrunde im großen Saal und alle Bereiche waren vertreten. "
    verdict = "Diese neue Software ist eine einzige Katastrophe und nervt nur noch."
    comment = filler * 12 + verdict + " " + filler * 12
    short, long = shipped.read([verdict, comment]).deciding
    assert short is None
    assert long == verdict


def test_sentences_that_decide_do_not_depend_on_other_texts(shipped):
    comment = COMMENTS[-1] * 8
    alone = shipped.read([comment]).deciding
    assert alone[0]
    assert shipped.read([*COMMENTS, comment]).deciding[-1] == alone[0]


def test_a_comment_without_its_post_has_a_temperature_of_its_own(shipped):
    answer = next(a for a in shipped._answers if a.head.name == "sentiment")
    warmer = replace(answer, temperature=1.0, temperature_alone=2.0)
    logits = np.array([[3.0, 0.0, -1.0]] * 2, dtype=np.float32)
    shown, alone = warmer.probabilities(logits, np.array([True, False]))
    assert shown.argmax() == alone.argmax() == 0
    assert shown.max() > alone.max()
