"""Published implementations of networks, which rarevox's are compared with.

Usage: python test/support/published_networks.py
       python test/support/published_networks.py NAME WEIGHTS LOGITS
With MONAI, in part from 1.5 on and in part before, and dynamic_network_architectures for nnU-Net's. The first prints, for each network below, 20 logits of formula_weights.py's image with its weights, and the numbers of
parameters that published sizes have. The second writes a network's own random weights, and image and logits that belong
to them, as safetensors.
"""

import inspect
import json
import struct
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from formula_weights import formula_image, formula_weights
from monai.networks import nets
from monai.networks.nets import UNETR, AttentionUnet, DynUNet, SegResNet, SwinUNETR
from torch import nn


def swin(features=12, channels=2, classes=3, **options):
    """Newer versions no longer ask for the size of the image."""
    sizes = {"img_size": 32} if "img_size" in inspect.signature(SwinUNETR).parameters else {}
    return lambda: SwinUNETR(
        in_channels=channels, out_channels=classes, feature_size=features, **sizes, **options
    )


def unetr(*sides, **options):
    sizes = {"hidden_size": 192, "mlp_dim": 768, "num_heads": 3, "feature_size": 16}
    return lambda: UNETR(2, 3, sides, spatial_dims=len(sides), **sizes, **options)


def nnunet(kind, dimensions, encoder_blocks, decoder_blocks):
    """Of dynamic_network_architectures, as nnU-Net's plans ask for it."""

    def make():
        from dynamic_network_architectures.architectures import unet

        strides = [1, 2, (2, 1, 2)[:dimensions]]
        return getattr(unet, kind)(
            2,
            len(strides),
            (4, 8, 10),
            (nn.Conv2d, nn.Conv3d)[dimensions - 2],
            [(1, 3, 3)[-dimensions:], (3,) * dimensions, (3,) * dimensions],
            strides,
            encoder_blocks,
            3,
            decoder_blocks,
            conv_bias=True,
            norm_op=(nn.InstanceNorm2d, nn.InstanceNorm3d)[dimensions - 2],
            norm_op_kwargs={"eps": 1e-5, "affine": True},
            nonlin=nn.LeakyReLU,
            nonlin_kwargs={"inplace": True},
        )

    return make


def dynunet():
    kernels, strides = [3, 3, 3], [1, 2, (2, 1, 2)]
    norm = ("INSTANCE", {"affine": True})
    return DynUNet(3, 2, 3, kernels, strides, strides[1:], filters=(4, 8, 10), norm_name=norm)


def mednext(variant="S", dimensions=3, channels=1, classes=14, kernel=3, form="monai"):
    """Of MONAI 1.5 or newer. The authors' form has a coarser resolution's expansion in the blocks on the way down."""
    from monai.networks.blocks.mednext_block import MedNeXtDownBlock
    from monai.networks.nets.mednext import create_mednext

    network = create_mednext(variant, dimensions, channels, classes, kernel)
    coarser = {"S": (2, 2, 2, 2), "B": (3, 4, 4, 4), "M": (3, 4, 4, 4), "L": (4, 8, 8, 8)}[variant]
    if form == "authors":
        for level, expansion in enumerate(coarser):
            width = 32 * 2**level
            network.down_blocks[level] = MedNeXtDownBlock(
                width, 2 * width, expansion, kernel, True, dim=f"{dimensions}d"
            )
    return network


# By the names of published-networks.test.ts; each with the shape of its image.
NETWORKS = {
    "unet by nnU-Net in 3-D": (nnunet("PlainConvUNet", 3, (2, 2, 1), (2, 1)), (1, 2, 8, 12, 16)),
    "residual unet by nnU-Net in 2-D": (nnunet("ResidualEncoderUNet", 2, (1, 2, 3), (1, 1)), (1, 2, 12, 16)),
    "unet by DynUNet in 3-D": (dynunet, (1, 2, 8, 12, 16)),
    "attention-unet in 3-D": (lambda: AttentionUnet(3, 2, 3, (8, 12, 16), (2, 2)), (1, 2, 8, 12, 16)),
    "attention-unet in 2-D": (lambda: AttentionUnet(2, 2, 3, (6, 8, 12, 16), (2, 2, 2)), (1, 2, 24, 16)),
    "segresnet in 3-D": (lambda: SegResNet(3, 8, 2, 3), (1, 2, 8, 24, 16)),
    "segresnet in 2-D": (lambda: SegResNet(2, 16, 2, 3, blocks_down=(1, 1, 2), blocks_up=(2, 1)), (1, 2, 12, 20)),
    "unetr in 3-D": (unetr(16, 48, 32), (1, 2, 16, 48, 32)),
    "unetr in 2-D": (unetr(48, 80), (1, 2, 48, 80)),
    "swin-unetr in 2-D": (swin(spatial_dims=2), (1, 2, 64, 96)),
    "swin-unetr, version 2, in 3-D": (swin(use_v2=True, downsample="mergingv2"), (1, 2, 32, 32, 64)),
}
if hasattr(nets, "MedNeXt"):
    # The same call joins other neighbours since then.
    NETWORKS |= {
        "swin-unetr of MONAI 1.5 in 3-D": (swin(), (1, 2, 32, 64, 64)),
        "mednext in 3-D": (lambda: mednext("B", 3, 2, 3, form="authors"), (1, 2, 16, 32, 32)),
        "mednext as MONAI has it in 2-D": (lambda: mednext("B", 2, 2, 3, kernel=5), (1, 2, 32, 48)),
    }
else:
    NETWORKS["swin-unetr in 3-D"] = (swin(), (1, 2, 32, 64, 64))

SIZES = {
    "attention-unet 16 features": lambda: AttentionUnet(3, 1, 14, (16, 32, 64, 128, 256), (2, 2, 2, 2)),
    "attention-unet 64 features": lambda: AttentionUnet(3, 1, 14, (64, 128, 256, 512, 1024), (2, 2, 2, 2)),
    "segresnet base": lambda: SegResNet(3, 32, 1, 14),
    "segresnet small": lambda: SegResNet(3, 16, 1, 14),
    "segresnet tiny": lambda: SegResNet(3, 8, 1, 14),
    "unetr base": lambda: UNETR(1, 14, 96),
    "unetr small": lambda: UNETR(1, 14, 96, hidden_size=384, mlp_dim=1536, num_heads=6),
    "unetr tiny": lambda: UNETR(1, 14, 96, hidden_size=192, mlp_dim=768, num_heads=3),
    "swin-unetr base": swin(48, 1, 14),
    "swin-unetr small": swin(24, 1, 14),
    "swin-unetr tiny": swin(12, 1, 14),
    "swin-unetr base, version 2": swin(48, 1, 14, use_v2=True),
}
if hasattr(nets, "MedNeXt"):
    SIZES |= {f"mednext {size}": lambda size=size: mednext(size, form="authors") for size in "SBML"}
    SIZES["mednext S, kernel 5"] = lambda: mednext(kernel=5, form="authors")


def write_safetensors(path, tensors):
    """https://github.com/huggingface/safetensors, "Format"."""
    types = {np.dtype("float32"): "F32", np.dtype("int64"): "I64"}
    arrays = {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in tensors.items()}
    header, end = {}, 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": types[array.dtype],
            "shape": array.shape,
            "data_offsets": [end, end + array.nbytes],
        }
        end += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())


@torch.no_grad()
def write_case(name, weights, logits):
    torch.manual_seed(7)
    make, shape = NETWORKS[name]
    network = make().eval()
    image = torch.randn(shape)
    write_safetensors(weights, network.state_dict())
    write_safetensors(logits, {"image": image, "logits": network(image)})


@torch.no_grad()
def print_all():
    for name, (make, shape) in NETWORKS.items():
        logits = formula_weights(make(), chirp=0.11)(formula_image(*shape)).flatten()
        print(name, [round(float(each), 6) for each in logits[:: len(logits) // 20][:20]])
    for name, make in SIZES.items():
        print(name, sum(each.numel() for each in make().parameters()))


if len(sys.argv) > 1:
    write_case(*sys.argv[1:])
else:
    print_all()
