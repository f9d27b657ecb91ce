"""Every parameter of the markers in one object, for the record."""

from dataclasses import asdict, dataclass, field

from .black_hole import BlackHoleSettings
from .blend import BlendSettings
from .brain import ReferenceSettings
from .clot import Preparation
from .fluid_level import FluidLevelSettings
from .foci import FociSettings
from .island import IslandSettings
from .outline import OutlineSettings
from .satellite import SatelliteSettings
from .swirl import SwirlSettings


@dataclass(frozen=True)
class MarkerParameters:
    """What the nine markers are read with; each part says what its values mean."""

    reference: ReferenceSettings = field(default_factory=ReferenceSettings)
    preparation: Preparation = field(default_factory=Preparation)
    foci: FociSettings = field(default_factory=FociSettings)
    black_hole: BlackHoleSettings = field(default_factory=BlackHoleSettings)
    swirl: SwirlSettings = field(default_factory=SwirlSettings)
    blend: BlendSettings = field(default_factory=BlendSettings)
    fluid_level: FluidLevelSettings = field(default_factory=FluidLevelSettings)
    outline: OutlineSettings = field(default_factory=OutlineSettings)
    satellite: SatelliteSettings = field(default_factory=SatelliteSettings)
    island: IslandSettings = field(default_factory=IslandSettings)

    def record(self) -> dict[str, dict[str, object]]:
        """All values, as JSON can hold them."""
        return {
            name: {key: _plain(value) for key, value in part.items()} for name, part in asdict(self).items()
        }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
