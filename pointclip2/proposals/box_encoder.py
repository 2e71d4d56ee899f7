"""Encode the boxes of scenes: a generator proposes them, a cropper cuts them out, an encoder looks at them."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.geometry.boxes import join_boxes, no_boxes, take, valid
from pointclip2.proposals.crops import BoxCropper
from pointclip2.proposals.encoded import EncodedBoxes, EncodedScene
from pointclip2.proposals.proposal import Proposer
from pointclip2.types import Boxes, CloudBatch, Scene

_BATCH = 32
"""Number of crops that are encoded at once."""


class BoxEncoder(nn.Module):
    """Encodes what is in the boxes of a scene.

    Args:
        proposer: finds the boxes of a scene.
        cropper: turns boxes into clouds.
        encoder: turns clouds into vectors.
    """

    def __init__(self, proposer: Proposer, cropper: BoxCropper, encoder: Encoder) -> None:
        super().__init__()
        self.proposer = proposer
        self.cropper = cropper
        self.encoder = encoder

    @property
    def seconds(self) -> dict[str, float]:
        """Return how long each stage took."""
        return self.encoder.seconds

    def describe(self) -> dict[str, Any]:
        """Return all that decides the encoded boxes, as plain data."""
        return {
            "proposals": self.proposer.describe(),
            "crop": described(self.cropper),
            "encoder": self.encoder.describe(),
        }

    def encode(self, scene: Scene) -> EncodedScene:
        """Return the proposals and the true boxes of a scene, encoded.

        Raises:
            CloudError: this scene has no proposals to give; other scenes may.
        """
        with self.encoder.stage("propose"):
            proposals = self.proposer(scene)
        true = no_boxes() if scene.boxes is None else take(scene.boxes, valid(scene.boxes))
        # All at once, because cropping looks for the room around them only once.
        objectness = torch.cat([proposals.objectness, torch.ones(len(true))])
        encoded = self.encode_boxes(scene, join_boxes([proposals.boxes, true]), objectness)
        count = len(proposals.boxes)
        truth = None if scene.boxes is None else encoded.part(slice(count, None))
        remarks = scene.remarks
        if count == 0:
            remarks += ("no boxes are proposed: nothing is found in it",)
        return EncodedScene(encoded.part(slice(count)), truth, scene.frame, remarks)

    def encode_boxes(self, scene: Scene, boxes: Boxes, objectness: Float[Tensor, " boxes"]) -> EncodedBoxes:
        """Return features of what is in the boxes, encoded some crops at a time."""
        with self.encoder.stage("crop"):
            crops = self.cropper(scene, boxes)
        device = next((tensor.device for tensor in self.encoder.buffers()), torch.device("cpu"))
        with torch.no_grad():
            parts = [
                self.encoder.encode(CloudBatch(part.to(device))).vectors.float().cpu()
                for part in crops.clouds.split(_BATCH)
                if len(part)  # splitting nothing gives one empty part
            ]
        features = torch.cat(parts) if parts else torch.zeros(0, 1, 1)
        return EncodedBoxes(boxes, objectness, crops.kept, crops.counts, features)


class SceneColumns:
    """Keeps encoded scenes, each with tensors of its own shapes."""

    names: ClassVar[None] = None

    def describe(self) -> dict[str, Any]:
        """Return what decides the columns beside the encoder."""
        return {"kind": "encoded boxes", "told": "frame and remarks"}

    def collate(self, samples: Sequence[Scene]) -> Scene:
        """Return the only scene of the batch, because each is encoded alone."""
        (scene,) = samples
        return scene

    def encode(self, encoder: BoxEncoder, batch: Scene) -> dict[str, Tensor]:
        """Return a scene's boxes and features as named tensors."""
        return encoder.encode(batch).columns()
