"""Naive Bayes in log space, against scikit-learn and against a product of fractions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.naive_bayes import MultinomialNB

from answers.probability.naive_bayes import fit_word_counts, log_class_posterior

sixty_examples = settings(max_examples=60)


@st.composite
def corpora(draw):
    """Counts of words in texts, each of 2 or 3 classes having at least one text."""
    classes, words = draw(st.integers(2, 3)), draw(st.integers(1, 5))
    labels = [*range(classes), *draw(st.lists(st.integers(0, classes - 1), max_size=6))]
    row = st.lists(st.integers(0, 9), min_size=words, max_size=words)
    counts = [draw(row) for _ in labels]
    return np.array(counts), np.array(labels), classes


@sixty_examples
@given(corpora(), st.sampled_from([0.01, 0.5, 1, 3]))
def test_agrees_with_scikit_learn(corpus, smoothing):
    counts, labels, classes = corpus
    log_prior, log_words = fit_word_counts(counts, labels, classes, smoothing)
    peer = MultinomialNB(alpha=smoothing).fit(counts, labels)
    assert_allclose(log_prior, peer.class_log_prior_, rtol=1e-12)
    assert_allclose(log_words, peer.feature_log_prob_, rtol=1e-12, atol=1e-15)
    assert_allclose(
        log_class_posterior(counts, log_prior, log_words),
        peer.predict_log_proba(counts),
        rtol=1e-9,
        atol=1e-10,
    )


def test_a_text_of_10_000_words_has_a_posterior_where_the_product_underflows():
    rng = np.random.default_rng(4)
    counts = rng.integers(0, 9, size=(6, 50))
    fitted = fit_word_counts(counts, np.array([0, 1, 0, 1, 0, 1]), 2)
    text = rng.multinomial(10_000, np.exp(fitted[1][1]))[None]
    with np.errstate(under="ignore"):
        assert (np.exp(text @ fitted[1].T) == 0).all()
    got = np.exp(log_class_posterior(text, *fitted))
    assert got.sum() == pytest.approx(1)
    assert got[0, 1] > 0.99


def test_an_empty_text_has_the_posterior_of_its_prior():
    counts, labels = np.array([[1, 2], [3, 4], [5, 0]]), np.array([0, 1, 1])
    log_prior, log_words = fit_word_counts(counts, labels, 2)
    got = log_class_posterior(np.zeros((1, 2)), log_prior, log_words)
    assert_allclose(got, [log_prior], rtol=1e-14)
    assert_array_equal(counts, [[1, 2], [3, 4], [5, 0]])


def test_the_smoothing_is_laplaces_unless_another_is_asked_for():
    counts, labels = np.array([[3, 0], [1, 2]]), np.array([0, 1])
    for ours, laplaces in zip(
        fit_word_counts(counts, labels, 2), fit_word_counts(counts, labels, 2, 1), strict=True
    ):
        assert_array_equal(ours, laplaces)


@pytest.mark.parametrize(
    ("counts", "labels", "classes", "smoothing", "message"),
    [
        (np.zeros((0, 2)), np.zeros(0, int), 2, 1, "`counts` is empty"),
        (
            np.array([[1, -1]]),
            np.array([0]),
            1,
            1,
            r"`counts` holds -1 at index \(0, 1",
        ),
        (np.array([[1.0, np.nan]]), np.array([0]), 1, 1, "`counts` holds nan"),
        (np.ones((2, 2)), np.array([0, 2]), 2, 1, "`labels` holds 2 at index 1"),
        (
            np.ones((2, 2)),
            np.array([0, 0]),
            2,
            1,
            "class 1 has no text; leave the class",
        ),
        (np.ones((2, 2)), np.array([0, 1]), 2, 0, "smoothing is 0; take a positive"),
        (np.ones((2, 2)), np.array([0, 1]), 2, np.inf, "smoothing is inf; take"),
        (np.array([[1.0, np.inf]]), np.array([0]), 1, 1, "`counts` holds inf at index"),
    ],
)
def test_what_cannot_be_fitted_is_refused(counts, labels, classes, smoothing, message):
    with pytest.raises(ValueError, match=message):
        fit_word_counts(counts, labels, classes, smoothing)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (np.zeros((0, 2)), "^`counts` is empty"),
        (np.array([[1, -1]]), r"^`counts` holds -1 at index \(0, 1\)"),
        (np.array([[np.inf, 1]]), r"^`counts` holds inf at index \(0, 0\)"),
    ],
)
def test_what_is_no_text_has_no_posterior(counts, message):
    fitted = fit_word_counts(np.ones((2, 2)), np.array([0, 1]), 2)
    with pytest.raises(ValueError, match=message):
        log_class_posterior(counts, *fitted)
