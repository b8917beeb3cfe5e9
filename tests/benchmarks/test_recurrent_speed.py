"""A long short-term memory over 100 steps of 32 sequences, beside PyTorch in float32."""

import numpy as np
import torch

from answers.training.recurrent import lstm

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 32, 64)).astype(np.float32)
START = np.zeros((32, 128), np.float32)
LAYER = torch.nn.LSTM(64, 128)
W_X, W_H = (each.detach().numpy().T.copy() for each in (LAYER.weight_ih_l0, LAYER.weight_hh_l0))
B = (LAYER.bias_ih_l0 + LAYER.bias_hh_l0).detach().numpy()


def test_an_lstm_beside_pytorch(race):
    x = torch.from_numpy(X)

    def peer():
        with torch.no_grad():
            return LAYER(x)

    race(lambda: lstm(X, START, START, W_X, W_H, B), 20, peer, "PyTorch", ratio=3)
