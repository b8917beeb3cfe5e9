"""The search of the site, asked as people ask it. What they ask was chosen before it was tuned."""

import re
from string import ascii_lowercase

from playwright.sync_api import expect

from answers.pages import pages

# By the question whose page should come first. Without a page it is among the topics not here.
QUERIES = """
1: backprop from scratch; 2 layer mlp gradients by hand; backpropagation numpy;
    backpropogation; mlp backward pass
2: same gradients numpy and pytorch; gradient accumulation; numpy vs torch gradients; micro
    batches; pytorch backward numpy
3: softmax wrong axis; linear layer forward numpy shapes; debug numpy layer
4: why is backprop efficient; reverse mode vs forward mode autodiff; chain rule; xavier
    initialization; he initialization; vanishing gradients; computational
    complexity of backprop
5: finite differences epsilon; check my gradient is correct; gradient cheking; finite
    difference
6: why subtract max; softmax gradient; cross entropy loss; logsumexp trick; softmax overflow;
    crossentropy; numerically stable softmax; log sum exp; softmax cross entropy derivative
7: what does zero_grad do; detach vs no_grad; torch autograd; computation graph pytorch;
    autograd engine; vjp
8: numpy broadcasting rules; (n,) vs (n,1); brodcasting; broadcast error
9: why divide by sqrt d_k; multi head attention; self attention; scaled dot product attention;
    transformer attention numpy; tranformer attention; attention complexity
10: transformer loss not decreasing; overfit one batch; debug transformer; gpt bugs; sanity
    check training
11: int8 quantization; speculative decoding; quantize weights; int4; continuous batching;
    roofline; memory bound
12: dawid skene; cohen kappa; fleiss kappa; inter annotator agreement; cohens kappa; noisy
    labels; crowd labels; ECE
13: how to find mislabeled data; hard example or wrong label
14: kv cache mask; rope offset when decoding; rotary embeddings; key value cache; rope; kv
    cache size; gqa; gqa mqa
15: forward vs reverse kl; mode seeking; mode covering
16: precision vs recall; roc auc imbalanced data; AUC; F1 score; precison recall; class
    imbalance; bootstrap confidence interval; accuracy vs f1; roc curve; cross validation;
    k-fold
17: max loss with 100% accuracy; accuracy perfect but loss high; can accuracy rise while loss
    rises; upper bound on loss
18: kl divergence formula; kl divergence zero probability; KL; kullback leibler; js
    divergence; kl divergence estimator
19: dL/dW; derivative of matrix multiplication; shapes of dW; matrix calculus; gradient of
    linear layer; vec trick
20: base rate fallacy; prior and posterior; bayes theorem; bayes therom; MAP estimation; MLE;
    bayes theorem medical test
21: layer norm backward; rmsnorm vs layernorm; batch norm at inference; batch normalisation;
    pre-norm vs post-norm
22: adam optimizer; weight decay vs l2; AdamW; adam bias correction; adamw vs adam
23: gradient clipping; learning rate warmup; inverted dropout; dropout; cosine schedule;
    kaiming init
24: parallel scan; mamba; entropy of a stream; scan
25: mixed precision; gradient underflow; bfloat16; bf16; fp16
26: max pooling backward; cnn backward; transposed conv
27: bpe tokenizer; byte pair encoding; tokenisation; train a tokenizer; subword tokenization
28: beam search; nucleus sampling; top-k vs top-p; temperature; greedy decoding; temperature
    sampling; top k sampling
29: lora; qlora; low-rank adapters; finetuning; fine tuning; lora rank alpha; parameter
    efficient
30: mixture of experts; moe load balancing; top-k router; moe vs dense
31: swiglu; convert rope weights; llama; sliding window attention
32: contrastive loss; clip contrastive loss; knowledge distillation; clip; teacher student;
    contrastive learning; soft labels
33: dpo; rlhf; reward model; bradley terry; dpo loss derivation; kl penalty rlhf
34: ppo; gae; actor critic; proximal policy optimisation; ppo clip; ppo loss
35: grpo; dapo; grpo vs ppo
36: ring all-reduce; tensor parallelism; fsdp; zero; allreduce; zero 3; all reduce; data
    parallel vs model parallel
37: gradient checkpointing; chinchilla; how much gpu memory; activation checkpointing; gpu
    memory 7b model
38: bm25; nearest neighbours; rag; ndcg; reranker; information retrieval; retrieval augmented
    generation; semantic search
39: linear regression; ridge regression; logistic regression; lasso; normal equations; perfect
    separation
40: k-means; k means clustering; gaussian mixture
41: pca; principal component analysis
42: random forest; xgboost; decision tree; gradient boosting
43: lstm; rnn; gru
44: diffusion model; ddpm; vae; flow matching; classifier-free guidance
45: pass@k; llm as a judge; bits per byte; perplexity; llm as judge; bpb; llm evaluation; llm
    benchmark
46: chat template; minhash; sft; dedup; sequence packing; data deduplication
"""
ASKED = {
    int(number): " ".join(queries.split()).split("; ")
    for number, queries in re.findall(r"^(\d+): (.+(?:\n .+)*)", QUERIES, re.MULTILINE)
}
# What no page answers: the first thing found says so.
NOT_HERE = ["svm", "hippo", "q-values", "iou", "gan"]

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

    there = {each.number for each in pages()}
    asked = [(n, query) for n, queries in ASKED.items() if n in there for query in queries]
    not_here = NOT_HERE + [q for n, queries in ASKED.items() if n not in there for q in queries]
    found = page.evaluate(FIND, [query for _, query in asked])
    places = {}
    for (number, query), seen in zip(asked, found, strict=True):
        meant = [place.startswith(f"questions/{number:02}-") for place in seen]
        places[query] = [*meant, True].index(True) + 1
    assert {query: place for query, place in places.items() if place > 3} == {}
    assert sum(place == 1 for place in places.values()) >= 0.9 * len(places), places
    first = ("why subtract max", "kv cache mask", "dL/dW")
    assert [places[query] for query in first] == [1, 1, 1]
    told = dict(zip(not_here, page.evaluate(FIND, not_here), strict=True))
    assert {query: seen[:2] for query, seen in told.items() if "not-here/#" not in seen[0]} == {}
    # What a page says that people type who look for it.
    for each in pages():
        for query, seen in zip(each.also, page.evaluate(FIND, each.also), strict=True):
            meant = f"questions/{each.path.stem}/"
            assert any(place.startswith(meant) for place in seen[:3]), query
            assert "not-here/" not in seen[0], query
    # Asked for all words that begin so, lunr may look for one that it does not have.
    assert all(page.evaluate(FIND, list(ascii_lowercase)))
