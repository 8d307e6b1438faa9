"""Portraits of people who do not exist: a few flat shapes, the likeness of nobody."""

from newsroom.demo.pictures.brush import (
    BONE,
    DEEP,
    FOG,
    INK,
    LAKE,
    MOSS,
    OCHRE,
    PEACH,
    PLUM,
    ROSE,
    RUST,
    SAGE,
    SLATE,
    SPRUCE,
    STRAW,
    Sheet,
    mix,
)

GROUNDS = [(LAKE, FOG), (STRAW, PEACH), (ROSE, PEACH), (SAGE, BONE), (SLATE, LAKE), (OCHRE, STRAW)]
SKINS = ["#e9bf9b", "#c98d63", "#8d5a3c", "#5f3b2a", "#d9a67c", "#f0cfae", "#a9714a"]
HAIRS = ["#2b2320", "#4a3326", "#7a4a2a", "#c9a25c", "#9aa0a0", "#e6e0d2", "#8c3b22"]
COATS = [DEEP, RUST, SPRUCE, PLUM, MOSS, mix(INK, SLATE, 0.3), OCHRE]


def paint(s: Sheet) -> None:
    """A head and shoulders before a landscape, lit from one side."""
    pick = s.chance.choice
    ground, light = pick(GROUNDS)
    skin, hair, coat = pick(SKINS), pick(HAIRS), pick(COATS)
    side = pick((-1, 1))
    s.sky(mix(ground, light, 0.2), light)
    s.oval(800 - side * 360, 470, 250, 250, BONE, 0.55)
    for n in range(3):
        skyline = s.ridge(940 + 150 * n, 80)
        s.land(skyline, mix(light, ground, 0.5 + 0.3 * n), mix(ground, INK, 0.12 * n))
    _hair_behind(s, hair, pick(("none", "long", "bob", "none")))
    shade = mix(skin, INK, 0.3)
    s.path("M690 900h220v260q-110 110 -220 0z", mix(skin, INK, 0.2))
    coat_paint = s.fade((0, mix(coat, BONE, 0.12), 1), (1, mix(coat, INK, 0.35), 1))
    s.path(
        "M200 1600Q230 1240 520 1160L690 1090Q800 1220 910 1090L1080 1160Q1370 1240 1400 1600Z",
        coat_paint,
    )
    collar = pick(("crew", "shirt", "scarf"))
    if collar == "shirt":
        s.path("M690 1085L800 1250L700 1330L620 1130Z", mix(coat, BONE, 0.6))
        s.path("M910 1085L800 1250L900 1330L980 1130Z", mix(coat, BONE, 0.5))
    elif collar == "scarf":
        s.path(
            "M630 1080Q800 1250 970 1080L1010 1190Q800 1370 590 1190Z",
            mix(OCHRE, RUST, s.chance.random()),
        )
    else:
        s.stroke("M655 1105Q800 1275 945 1105", mix(coat, INK, 0.45), 34)
    face = (
        "M560 640Q560 420 800 420Q1040 420 1040 640"
        "Q1040 860 930 965Q800 1075 670 965Q560 860 560 640Z"
    )
    for x in (556, 1044):
        s.oval(x, 715, 42, 66, mix(skin, INK, 0.12))
    s.path(face, skin)
    half = "M800 420Q1040 420 1040 640Q1040 860 930 965Q866 1016 800 1018Q850 800 800 420Z"
    flip = "" if side > 0 else ' transform="translate(1600 0) scale(-1 1)"'
    s.add(f'<path d="{half}" fill="{shade}" fill-opacity="0.42"{flip}/>')
    _features(s, skin, hair)
    _hair_front(s, hair, pick(("crop", "part", "curls", "fringe", "toque")), coat)
    if s.chance.random() < 0.38:
        for x in (692, 908):
            s.add(
                f'<circle cx="{x}" cy="690" r="74" fill="{BONE}" fill-opacity="0.16" '
                f'stroke="{INK}" stroke-width="13"/>'
            )
        s.stroke("M766 682Q800 664 834 682", INK, 13)


def _features(s: Sheet, skin: str, hair: str) -> None:
    dark = mix(skin, INK, 0.72)
    brow = mix(hair, INK, 0.35)
    for x, out in ((692, -1), (908, 1)):
        s.stroke(f"M{x - 46} {604 - 4 * out}Q{x} {574} {x + 46} {604 + 4 * out}", brow, 17)
        s.oval(x, 690, 17, 21, INK)
        s.oval(x + 6, 683, 5, 5, BONE)
    s.stroke("M800 690Q838 790 808 812Q794 820 776 812", dark, 11, 0.75)
    bend = s.chance.uniform(14, 34)
    s.stroke(f"M722 884Q800 {884 + bend:.0f} 878 884", mix(RUST, dark, 0.45), 15)
    for x in (650, 950):
        s.oval(x, 800, 62, 48, s.glow((0, RUST, 0.26), (1, RUST, 0)))


def _hair_behind(s: Sheet, hair: str, kind: str) -> None:
    if kind == "long":
        s.path(
            "M520 640Q500 340 800 340Q1100 340 1080 640L1120 1230Q800 1330 480 1230Z",
            mix(hair, INK, 0.2),
        )
    elif kind == "bob":
        s.path(
            "M508 650Q500 350 800 350Q1100 350 1092 650L1100 930Q800 1000 500 930Z",
            mix(hair, INK, 0.2),
        )


def _hair_front(s: Sheet, hair: str, kind: str, coat: str) -> None:
    tone = s.fade((0, mix(hair, BONE, 0.14), 1), (1, hair, 1))
    if kind == "crop":
        s.path(
            "M552 650Q520 350 800 350Q1080 350 1048 650"
            "Q1030 520 940 500Q800 470 660 500Q570 520 552 650Z",
            tone,
        )
    elif kind == "part":
        s.path(
            "M545 700Q510 340 810 340Q1095 345 1055 700"
            "Q1040 540 900 480Q800 440 720 455Q690 560 545 700Z",
            tone,
        )
    elif kind == "fringe":
        s.path(
            "M542 720Q505 335 800 335Q1095 335 1058 720"
            "Q1050 610 1010 560Q800 500 590 560Q550 610 542 720Z",
            tone,
        )
    elif kind == "curls":
        for _n in range(46):
            x = 545 + 510 * s.chance.random()
            y = 520 - 150 * (1 - ((x - 800) / 270) ** 2) ** 0.5 if abs(x - 800) < 270 else 540
            r = s.chance.uniform(38, 66)
            s.oval(
                x, y + s.chance.uniform(-34, 46), r, r, mix(hair, BONE, 0.16 * s.chance.random())
            )
    else:
        wool = mix(OCHRE, coat, 0.2) if coat != OCHRE else RUST
        s.path("M540 590Q520 300 800 290Q1080 300 1060 590Q800 500 540 590Z", wool)
        s.path("M522 600Q800 470 1078 600L1070 510Q800 400 530 510Z", mix(wool, INK, 0.25))
        s.oval(800, 286, 62, 58, mix(wool, BONE, 0.4))
