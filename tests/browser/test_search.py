"""The search of the site, asked as people ask it. What they ask was chosen before it was tuned."""

import re
from string import ascii_lowercase

from playwright.sync_api import expect

from answers.pages import pages

# By the question whose page should come first.
ASKED = {
    1: ["backprop from scratch", "2 layer mlp gradients by hand"],
    2: ["same gradients numpy and pytorch", "gradient accumulation"],
    3: ["softmax wrong axis", "linear layer forward numpy shapes"],
    4: [
        "why is backprop efficient",
        "reverse mode vs forward mode autodiff",
        "chain rule",
        "xavier initialization",
        "he initialization",
        "vanishing gradients",
    ],
    5: ["finite differences epsilon", "check my gradient is correct"],
    6: ["why subtract max", "softmax gradient"],
    7: ["what does zero_grad do", "detach vs no_grad"],
    8: ["numpy broadcasting rules", "(n,) vs (n,1)"],
    9: ["why divide by sqrt d_k", "multi head attention"],
    10: ["transformer loss not decreasing", "overfit one batch"],
    11: ["int8 quantization", "speculative decoding", "quantize weights"],
    12: ["dawid skene", "cohen kappa"],
    13: ["how to find mislabeled data", "hard example or wrong label"],
    14: ["kv cache mask", "rope offset when decoding"],
    15: ["forward vs reverse kl", "mode seeking"],
    16: ["precision vs recall", "roc auc imbalanced data"],
    17: ["max loss with 100% accuracy", "accuracy perfect but loss high"],
    18: ["kl divergence formula", "kl divergence zero probability"],
    19: ["dL/dW", "derivative of matrix multiplication", "shapes of dW"],
    20: ["base rate fallacy", "prior and posterior"],
    21: ["layer norm backward", "rmsnorm vs layernorm", "batch norm at inference"],
    22: ["adam optimizer", "weight decay vs l2"],
    23: ["gradient clipping", "learning rate warmup", "inverted dropout"],
    24: ["parallel scan", "mamba", "entropy of a stream"],
    27: ["bpe tokenizer", "byte pair encoding"],
    28: ["beam search", "nucleus sampling", "top-k vs top-p"],
    29: ["lora", "qlora", "low-rank adapters"],
    31: ["swiglu", "convert rope weights"],
    30: ["mixture of experts", "moe load balancing", "top-k router"],
    32: ["contrastive loss", "clip contrastive loss", "knowledge distillation"],
    33: ["dpo", "reward model", "bradley terry"],
    34: ["ppo", "gae"],
    35: ["grpo", "dapo"],
    36: ["ring all-reduce", "tensor parallelism", "fsdp"],
    37: ["gradient checkpointing", "chinchilla"],
    38: ["bm25", "nearest neighbours", "rag"],
    39: ["ridge regression", "normal equations", "perfect separation"],
    40: ["k-means", "k means clustering", "gaussian mixture"],
    44: ["diffusion model", "flow matching", "classifier-free guidance"],
    45: ["pass@k", "llm as a judge", "bits per byte"],
    46: ["chat template", "minhash"],
}
# What no page answers: the first thing found says so.
NOT_HERE = [
    "pca",
    "random forest",
    "xgboost",
    "lstm",
    "svm",
    "hippo",
    "q-values",
    "iou",
]

MATRIX = re.compile("/19-matrix-calculus")

# Material's worker, and the pages that it finds, in order; 2 is a query and 3 its answer.
KEEP = """window.Worker = class extends Worker {
  constructor(...how) {
    super(...how)
    if (String(how[0]).includes("/search.")) window.searcher = this
  }
}"""
FIND = """async queries => {
  const found = []
  for (const data of queries) {
    const answer = new Promise(done => {
      searcher.onmessage = ({ data }) => data.type == 3 && done(data.data.items)
    })
    searcher.postMessage({ type: 2, data })
    found.push((await answer).map(([{ location }]) => location))
  }
  return found
}"""


def test_the_index_comes_with_the_first_search_and_not_before(visit):
    asked = []
    page = visit(first=lambda page: page.on("request", lambda r: asked.append(r.url)))
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search_index" in url]
    with page.expect_request("**/search_index.json"):
        page.keyboard.press("/")
    page.keyboard.type("dL/dW")
    expect(page.locator(".md-search-result__link").first).to_have_attribute("href", MATRIX)
    page.keyboard.press("Escape")


def test_an_address_with_a_query_searches_at_once(visit):
    page = visit("?q=dL/dW")
    expect(page.locator(".md-search-result__link").first).to_have_attribute("href", MATRIX)


def test_search_finds_the_page_that_is_meant(visit):
    page = visit(first=lambda page: page.add_init_script(KEEP))
    page.keyboard.press("/")
    page.keyboard.type("why subtract max", delay=20)
    first = page.locator(".md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile("/06-softmax"))
    first.click()
    page.wait_for_url(re.compile("/06-softmax"))
    expect(page.locator(".md-content h1")).to_have_text(re.compile("Softmax"))

    asked = [(number, query) for number, queries in ASKED.items() for query in queries]
    found = page.evaluate(FIND, [query for _, query in asked])
    places = {}
    for (number, query), seen in zip(asked, found, strict=True):
        meant = [place.startswith(f"questions/{number:02}-") for place in seen]
        places[query] = [*meant, True].index(True) + 1
    assert {query: place for query, place in places.items() if place > 3} == {}
    assert sum(place == 1 for place in places.values()) >= 0.9 * len(places), places
    first = ("why subtract max", "kv cache mask", "dL/dW")
    assert [places[query] for query in first] == [1, 1, 1]
    told = dict(zip(NOT_HERE, page.evaluate(FIND, NOT_HERE), strict=True))
    assert {query: seen[:2] for query, seen in told.items() if "not-here/#" not in seen[0]} == {}
    # What a page says that people type who look for it.
    for each in pages():
        for query, seen in zip(each.also, page.evaluate(FIND, each.also), strict=True):
            meant = f"questions/{each.path.stem}/"
            assert any(place.startswith(meant) for place in seen[:3]), query
            assert "not-here/" not in seen[0], query
    # Asked for all words that begin so, lunr may look for one that it does not have.
    assert all(page.evaluate(FIND, list(ascii_lowercase)))
