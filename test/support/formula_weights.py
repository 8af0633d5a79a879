"""The weights and images of formula-weights.ts, for PyTorch modules."""

import numpy as np
import torch


def formula_weights(module, chirp=0):
    state = module.state_dict()
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            continue
        letters = sum(map(ord, name)) % 1000
        i = np.arange(tensor.numel(), dtype=np.float64)
        wave = np.sin(0.37 * i + chirp * i * i + 0.11 * letters)
        if tensor.dim() > 1:
            values = np.sqrt(4 * tensor.shape[0] / tensor.numel()) * wave
        elif name.endswith("running_var"):
            values = 1 + 0.5 * wave**2
        else:
            values = (1 if name.endswith("weight") else 0) + 0.1 * wave
        state[name] = torch.from_numpy(values.astype(np.float32)).reshape(tensor.shape)
    module.load_state_dict(state)
    return module.eval()


def formula_image(*shape):
    i = np.arange(np.prod(shape))
    return torch.from_numpy((np.sin(0.013 * i) + np.cos(0.0071 * i)).astype(np.float32)).reshape(shape)
