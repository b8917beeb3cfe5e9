"""Byte-pair encoding on a megabyte of this package's source, beside Hugging Face's tokenizers."""

from pathlib import Path
from time import process_time

import pytest
from tokenizers import Tokenizer as HuggingFace
from tokenizers import models, pre_tokenizers, trainers

import answers
from answers.language_models.bpe import train_bpe, train_bpe_fast
from answers.language_models.tokenizer import Tokenizer, count_words

MERGES = 1000
FILES = sorted(Path(answers.__file__).parent.rglob("*.py"))
TEXT = "".join(file.read_text("utf-8") for file in FILES)[:1_000_000]


@pytest.fixture(scope="module", autouse=True)
def one_thread_of_rust():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAYON_NUM_THREADS", "1")
        patch.setenv("TOKENIZERS_PARALLELISM", "false")
        yield


def by_hugging_face():
    trained = HuggingFace(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + MERGES, initial_alphabet=alphabet, show_progress=False
    )
    trained.train_from_iterator([TEXT], trainer)
    return trained


def test_training_with_counts_kept_beside_hugging_face(race):
    race(
        lambda: train_bpe_fast(count_words(TEXT), MERGES),
        rounds=3,
        peer=by_hugging_face,
        name="tokenizers",
        ratio=3,
    )


def test_counts_that_are_kept_make_training_20_times_faster():
    words = count_words(TEXT)
    times = []
    for train in (train_bpe, train_bpe_fast):
        begun = process_time()
        train(words, MERGES)
        times.append(process_time() - begun)
    passes, kept = times
    print(f"{MERGES} merges: {passes:.2f} s by passes, {kept:.2f} s with counts kept")
    assert passes > 20 * kept


def test_encoding_beside_hugging_face(race):
    ours, theirs = Tokenizer(train_bpe_fast(count_words(TEXT), MERGES)), by_hugging_face()
    race(
        lambda: ours.encode(TEXT),
        rounds=5,
        peer=lambda: theirs.encode(TEXT),
        name="tokenizers",
        ratio=1,
    )


def test_a_megabyte_is_encoded_in_a_second():
    tokenizer = Tokenizer(train_bpe_fast(count_words(TEXT), MERGES))
    begun = process_time()
    tokenizer.encode(TEXT)
    first = process_time()
    tokenizer.encode(TEXT)
    took = first - begun, process_time() - first
    print(f"encoding: {took[0]:.2f} s at first, {took[1]:.2f} s from the cache")
    assert took[1] < 1
