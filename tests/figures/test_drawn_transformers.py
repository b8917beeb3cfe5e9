"""Figures of Transformers: what they draw is what was measured, or what arithmetic gives."""

import json

import numpy as np
import pytest
from drawing import Drawing, same
from scipy import special

from answers.records import RECORDS
from answers.transformers.gpt import WEIGHTS, held_out_text


def test_attention_saturation():
    figure = Drawing("attention_saturation")
    assert figure.axes() == ("features d", "Σ p(1 - p)")
    figure.says(
        "The trace of the softmax's Jacobian, Σ p(1 - p), averaged over 500 queries of 64 keys"
    )
    scales = {"not scaled": 0, "divided by √d": 0.5, "divided by d": 1}
    for label, power in scales.items():
        sizes, traces = figure.line(label)
        for d, trace in zip(sizes.astype(int), traces, strict=True):
            rng = np.random.default_rng(d)
            q, k = rng.normal(size=(500, d)), rng.normal(size=(64, d))
            p = special.softmax(q @ k.T / d**power, axis=-1)
            assert trace == pytest.approx(1 - (p**2).sum(axis=-1).mean())
    figure.says("from 1 to 1024", (sizes[0], sizes[-1]) == (1, 1024))
    plain, root, all_of_it = (figure.line(label)[1] for label in scales)
    figure.says("Divided by the root of d, the trace stays at 0.96.")
    assert {round(each, 2) for each in root[1:]} <= {0.96, 0.97, 0.95}
    assert [round(each, 2) for each in plain[[0, 6, -1]]] == [0.97, 0.31, 0.07]
    figure.says("Not scaled, it falls from 0.97 to 0.31 at d = 64 and to 0.07 at d = 1024")
    assert (np.diff(plain) < 0).all()
    figure.says("Without the scale it vanishes as the vectors grow", plain[-1] < 0.1)
    figure.says("it rises to 0.98, that of 64 equal weights", round(63 / 64, 2) == 0.98)
    assert round(all_of_it[-1], 2) == 0.98 > all_of_it[0]


def test_attention_costs():
    figure = Drawing("attention_costs")
    costs = json.loads((RECORDS / "attention_costs.json").read_text("utf-8"))
    labels = {"attend": "naive", "attend_blockwise": "blockwise", "PyTorch SDPA": "sdpa"}
    lengths = costs["lengths"]
    seconds, megabytes = {}, {}
    for label, name in labels.items():
        assert same(figure.line(label, 0), (lengths, costs[name]["seconds"]))
        seconds[name] = np.array(costs[name]["seconds"])
        megabytes[name] = np.array(costs[name]["bytes"]) / 1e6
    for name, (_, x, y) in zip(labels.values(), figure.lines(1), strict=True):
        assert same((x, y), (lengths, megabytes[name]))
    assert (figure.axes(0)[1], figure.axes(1)) == ("seconds", ("length", "peak memory (MB)"))
    figure.says("one head of 64 features, float32", costs["features"] == 64)
    figure.says("from 512 to 8192, all axes logarithmic", (lengths[0], lengths[-1]) == (512, 8192))
    assert {a.get_xscale() + a.get_yscale() for a in figure.panels} == {"loglog"}
    ratios = {name: each[1:] / each[:-1] for name, each in seconds.items()}
    figure.says("three lines, about four times higher for each doubling")
    assert all((each > 3).all() and (each < 5.6).all() for each in ratios.values())
    figure.says("naive steeper at the end", ratios["naive"][-1] > ratios["blockwise"][-1])
    above = seconds["naive"] > seconds["blockwise"]
    figure.says("above blockwise from 4096", above.tolist() == [n >= 4096 for n in lengths])
    lowest = (seconds["sdpa"] < np.minimum(seconds["naive"], seconds["blockwise"])).all()
    figure.says("SDPA lowest", lowest)
    figure.says("the naive line grows fourfold for each doubling, to 270 MB at 8192")
    assert round(megabytes["naive"][-1], -1) == 270
    growth = megabytes["naive"][1:] / megabytes["naive"][:-1]
    assert (growth > 3.5).all()
    assert (growth < 5).all()
    figure.says("blockwise and SDPA stay at a few megabytes")
    assert max(megabytes["blockwise"].max(), megabytes["sdpa"].max()) < 5


def rounded_to(w: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return scale * np.rint(w / scale)


def test_bits_against_error():
    figure = Drawing("bits_against_error")
    w = np.random.default_rng(11).normal(size=(64, 256))
    w[5] *= 20
    figure.says("where one row of 64 is 20 times as large as the others", w.shape[0] == 64)
    blocks = w.reshape(64, 8, 32)
    largest = {
        "one scale for the array": np.full((64, 1), np.abs(w).max()),
        "one for each row": np.abs(w).max(axis=1, keepdims=True),
        "one for every 32 entries": np.repeat(np.abs(blocks).max(axis=2), 32, axis=1),
    }
    for label, most in largest.items():
        bits, errors = figure.line(label)
        for b, error in zip(bits, errors, strict=True):
            lost = rounded_to(w, most / (2 ** (b - 1) - 1)) - w
            of_row = np.linalg.norm(lost, axis=1) / np.linalg.norm(w, axis=1)
            assert error == pytest.approx(100 * np.median(of_row))
    figure.says("Bits from 2 to 8 across, the relative error on a logarithmic axis")
    assert (bits[0], bits[-1], figure.panels[0].get_yscale()) == (2, 8, "log")
    assert figure.axes() == ("bits of a code", "error of a row")
    whole, row, block = (figure.line(label)[1] for label in largest)
    figure.says("the array it is 100 percent up to 4 bits, and 14 percent at 8")
    assert {round(each) for each in whole[:3]} == {100}
    assert round(whole[-1]) == 14
    figure.says("With one scale for a row it falls from 81 to 0.7 percent")
    assert (round(row[0]), round(row[-1], 1)) == (81, 0.7)
    falls = row[1:] / row[:-1]
    figure.says("by about half or more a bit", falls.max() < 0.56)
    figure.says("and a little lower with one scale for every 32 entries", (block < row).all())
    figure.says("One scale for the array spends its codes on it")


def test_roofline():
    figure = Drawing("roofline")
    # From the data sheet and the configuration: bytes a second, FLOPs a second, parameters.
    bandwidth, peak = 3.35e12, 989e12
    d, layers, heads, kv_heads, hidden, vocab = 4096, 32, 32, 8, 14336, 128256
    head = d // heads
    weights = layers * (2 * d * d + 2 * d * kv_heads * head + 3 * d * hidden) + vocab * d
    figure.says("1024 tokens of context and a prompt of 2048")
    x, roof = figure.lines()[0][1:]
    assert same(roof * 1e12, np.minimum(peak, bandwidth * x), 1e-6)
    figure.says("The slope ends at 295 FLOPs per byte", round(peak / bandwidth) == 295)
    assert "ridge 295" in figure.texts()
    assert figure.axes() == ("FLOPs per byte", "TFLOP/s")
    points = {text.get_text(): text.xy for text in figure.panels[0].texts if hasattr(text, "xy")}
    on_roof = {name: min(peak, bandwidth * at) / 1e12 for name, (at, _) in points.items()}
    assert all(points[name][1] == pytest.approx(on_roof[name]) for name in points)
    figure.says("Products of decoding stand at 1 for a batch of 1, 64 for 64 and 512 for 512")
    for batch, name in ((1, "decode, batch 1"), (64, "batch 64"), (512, "batch 512")):
        # A multiplication and an addition for each weight of two bytes.
        assert points[name][0] == pytest.approx(2 * weights * batch / (2 * weights), rel=0.15)
    figure.says("which is on the roof of 989 TFLOP/s", points["batch 512"][1] == 989)
    at, height = points["attention, decode"]
    figure.says("Attention of decoding stands at 4 and reaches 13 TFLOP/s, at any batch")
    # Each of 4 query heads reads the keys that they share: 4 FLOPs for 4 bytes, four times.
    assert (round(at), round(height)) == (heads // kv_heads, 13)
    figure.says("Both phases of prefill are on the roof")
    assert same([points[name][1] for name in ("prefill", "attention, prefill")], [989, 989])
    figure.panels[0].figure.draw_without_rendering()
    ridge = next(line for line in figure.panels[0].lines if line.get_linestyle() == ":")
    assert not [
        text.get_text()
        for text in figure.panels[0].texts
        if text.get_window_extent().overlaps(ridge.get_window_extent())
    ]
    figure.says("Llama 3 8B in bfloat16 on an H100")
    figure.says("and its attention stays where it is")


def test_batching():
    figure = Drawing("batching")
    figure.says("of Llama 3 8B on an H100, each sequence 2048 tokens long")
    bandwidth, memory = 3.35e12, 80e9
    parameters, cache = 8.03e9, 2 * 32 * 8 * 128 * 2 * 2048  # bytes of a sequence
    ends = {}
    for panel, lines in ((0, figure.lines(0)), (1, figure.lines(1))):
        for place, bits in ((0, 16), (2, 8)):
            _, x, y = lines[place]
            ends[panel, bits] = x, y
            assert lines[place + 1][1][0] == x[-1]
            assert lines[place + 1][2][0] == y[-1]
    for bits, most, first, last in ((16, 238, 4.6, 24), (8, 268, 2.3, 26)):
        x, step = ends[0, bits]
        assert x[-1] == most == int((memory - parameters * bits / 8) // cache)
        # The weights that are multiplied (not the table of tokens) are read while the products
        # are made, then all caches.
        products = parameters - 128256 * 4096
        longer = np.maximum(products * bits / 8 / bandwidth, 2 * products * x / 989e12)
        assert step / 1000 == pytest.approx(longer + x * cache / bandwidth, rel=0.02)
        assert step[0] == pytest.approx(first, abs=0.06)
        assert round(step[-1]) == last
        rate = ends[1, bits][1]
        assert rate == pytest.approx(x / step)
    figure.says("over the batch, 1 to 268", (ends[0, 8][0][0], ends[0, 8][0][-1]) == (1, 268))
    figure.says("with bfloat16 weights takes 4.6 ms at first and 24 ms at a batch of 238")
    figure.says("where memory is full; with int8 weights 2.3 ms and 26 ms at 268")
    rates = [1000 * ends[1, bits][1][place] for bits in (16, 8) for place in (0, -1)]
    figure.says("rise from some 200 and 400 to 10,000 and 10,500")
    assert [round(rates[0], -2), round(rates[2], -2)] == [200, 400]
    assert [round(rates[1], -3), 500 * round(rates[3] / 500)] == [10_000, 10_500]
    assert figure.names() == ["bfloat16 weights", "int8 weights"]
    assert [style for style, *_ in figure.lines(0)[::2]] == ["-", "--"]
    assert (figure.axes(0)[1], figure.axes(1)[1]) == ("ms a step", "1000 tokens/s")
    figure.says("bending where the caches need more bytes than the weights")
    x, rate = ends[1, 16]
    few, many = 2 * parameters / cache / 4, 2 * parameters / cache * 2
    slope = np.gradient(rate, x)
    assert slope[x <= few].min() > 2 * slope[x >= many].max()


def test_time_per_token():
    figure = Drawing("time_per_token")
    measured = json.loads((RECORDS / "kv_cache_times.json").read_text("utf-8"))["milliseconds"]
    lengths = [int(length) for length in measured]
    for label, name in (("without a cache", "uncached"), ("with a cache", "cached")):
        assert same(figure.line(label), (lengths, [each[name] for each in measured.values()]))
    assert figure.axes() == ("tokens", "ms per token")
    figure.says("Both axes logarithmic, from 32 to 4096 tokens")
    assert (lengths[0], lengths[-1]) == (32, 4096)
    slow, fast = figure.line("without a cache")[1], figure.line("with a cache")[1]
    figure.says(
        "rises slowly, from 1.2 to 4.1 ms", [round(t, 1) for t in fast[[0, -1]]] == [1.2, 4.1]
    )
    doubled = slow[1:] / slow[:-1]
    figure.says("the time rises first in proportion to the length, then faster")
    assert (doubled[:3] > 1.7).all()
    assert (doubled[:3] < 2.1).all()
    assert doubled[-1] > 2.5
    figure.says("4 layers of width 256, one thread, measured once")


def test_gpt_training():
    figure = Drawing("gpt_training")
    curve = json.loads((WEIGHTS / "gpt.json").read_text("utf-8"))["curve"]
    steps, held_out = figure.line("held out")
    middles, training = figure.line("in training")
    assert same(
        (steps, held_out), list(zip(*((p["step"], p["held_out"]) for p in curve), strict=True))
    )
    assert same(training, [p["train"] for p in curve[1:]])
    assert same(middles, (steps[1:] + steps[:-1]) / 2)
    assert figure.axes() == ("step", "nats per byte")
    assert figure.styles() == ["-", "--"]
    figure.says("falls from 5.5, which is log 256", round(np.log(256), 1) == 5.5)
    assert held_out[0] == pytest.approx(np.log(256), abs=0.1)
    figure.says("stays near 2.4 until step 1000")
    assert np.abs(held_out[(steps >= 400) & (steps <= 1000)] - 2.4).max() < 0.15
    figure.says("where the model knows little more than pairs of bytes")
    text = np.frombuffer(held_out_text().encode(), np.uint8).astype(int)
    half = len(text) // 2
    pairs, single = np.zeros((256, 256)), np.bincount(text[:half], minlength=256) + 0.1
    np.add.at(pairs, (text[: half - 1], text[1:half]), 1)
    # A pair that was hardly seen is judged by its second byte alone.
    chances = (pairs + 5 * single / single.sum()) / (pairs.sum(axis=1, keepdims=True) + 5)
    of_pairs = -np.log(chances[text[half:-1], text[half + 1 :]]).mean()
    assert held_out[steps == 1000] == pytest.approx(of_pairs, abs=0.1)
    figure.says("and then falls to 1.6 at step 3600", steps[-1] == 3600)
    assert round(held_out[-1], 1) == 1.6
    at = np.interp(middles, steps, held_out)
    figure.says("The loss in training is slightly above it from step 300 on")
    assert (training > at)[middles >= 300].all()
    assert (training - at)[middles >= 300].max() < 0.25
