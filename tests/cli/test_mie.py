"""``vesicle mie``: the published document, the range of diameters, and what is refused."""

import numpy as np
import pytest

from vesicle.cytometry.collection import side_scatter_curve
from vesicle.cytometry.mie import Light, Particle

VESICLE = ("--core", "1.38", "--shell", "1.48", "--shell-nm", "5")
LASER = ("--wavelength-nm", "405", "--half-angle-deg", "60")


def changed(**options):
    given = {"wavelength_nm": 405, "half_angle_deg": 60, "diameter_nm": "80:160:40", "core": 1.38, **options}
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value is not None]


def test_the_document_holds_the_curve(answer):
    document, code = answer("mie", *LASER, "--diameter-nm", "30:1000:2", *VESICLE, "--medium", "1.3431")
    assert code == 0
    assert list(document) == ["schema", "diameter_nm", "collected", "qsca"]
    diameter_nm = np.array(document["diameter_nm"])
    assert (len(diameter_nm), diameter_nm[0], diameter_nm[-1]) == (486, 30.0, 1000.0)
    particle = Particle(core_index=1.38, shell_index=1.48, shell_nm=5.0)
    light = Light(wavelength_nm=405.0, medium_index=1.3431)
    curve = side_scatter_curve(diameter_nm, particle, light, 60.0)
    assert document["collected"] == curve.collected_nm2.tolist()
    assert document["qsca"] == curve.efficiency.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", [100.0]),
        ("100:100:5", [100.0]),
        ("30:31:0.1", [round(30 + 0.1 * step, 1) for step in range(11)]),
        ("50:60:4", [50.0, 54.0, 58.0]),
    ],
)
def test_a_range_of_diameters_ends_at_or_before_its_second_number(answer, text, expected):
    assert answer("mie", *changed(diameter_nm=text))[0]["diameter_nm"] == expected


def test_the_name_of_a_material_is_its_index_at_the_wavelength(answer):
    named, _ = answer("mie", *changed(core="polystyrene", medium="water"))
    by_default, _ = answer("mie", *changed(core="Polystyrene"))
    numbers, _ = answer("mie", *changed(core=1.62677, medium=1.34307))
    assert named == by_default
    assert named["collected"] == pytest.approx(numbers["collected"], rel=1e-4)


def test_a_shell_of_no_thickness_is_none(answer):
    plain, _ = answer("mie", *changed())
    assert answer("mie", *changed(shell=1.48, shell_nm=0))[0] == plain
    assert answer("mie", *changed(shell_nm=0))[0] == plain


def test_people_get_a_table(call):
    result = call("mie", *LASER, "--diameter-nm", "80:160:40", *VESICLE)
    assert result.exit_code == 0
    assert "shell 1.4800, 5 nm; 405 nm in a medium of 1.3431; cone of 60 degrees" in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines()[2:]] == ["80", "120", "160"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"diameter_nm": "80:160"}, "three numbers"),
        ({"diameter_nm": "80:x:2"}, "three numbers"),
        ({"diameter_nm": "nan"}, "three numbers"),
        ({"diameter_nm": ""}, "three numbers"),
        ({"diameter_nm": "160:80:2"}, "at least the first"),
        ({"diameter_nm": "80:160:0"}, "step is above 0"),
        ({"diameter_nm": "80:160:-2"}, "step is above 0"),
        ({"diameter_nm": "1:20000:1e-6"}, "more than 20000"),
        ({"diameter_nm": "0:100:10"}, "cannot be 0 nm"),
        ({"diameter_nm": "1e7"}, "cannot be 1e+07 nm"),
        ({"diameter_nm": 9, "shell": 1.48, "shell_nm": 5}, "smaller than its shell"),
        ({"half_angle_deg": 0}, "half-angle of 0"),
        ({"half_angle_deg": "nan"}, "half-angle of nan"),
        ({"half_angle_deg": 91}, "half-angle of 91"),
        ({"half_angle_deg": "wide"}, "not a valid float"),
        ({"half_angle_deg": None}, "half-angle-deg"),
        ({"wavelength_nm": 0.405, "medium": 1.33}, "wavelength cannot be 0.405"),
        ({"wavelength_nm": 0.405}, "not known at 0.405 nm"),
        ({"wavelength_nm": "inf"}, "not known at inf nm"),
        ({"core": "nan"}, "core cannot be nan"),
        ({"core": 0.2}, "core cannot be 0.2"),
        ({"core": "polystyren"}, "Did you mean 'polystyrene'"),
        ({"medium": "buffer"}, "No refractive index of 'buffer'"),
        ({"shell": 1.48}, "without --shell-nm"),
        ({"shell_nm": 5}, "without --shell."),
        ({"shell": 1.48, "shell_nm": -1}, "thickness of the shell cannot be -1"),
        ({"shell": 1.48, "shell_nm": "nan"}, "thickness of the shell cannot be nan"),
        ({"shell_nm": "nan"}, "without --shell."),
    ],
)
def test_what_cannot_be_is_refused_in_one_message(answer, call, options, word):
    document, code = answer("mie", *changed(**options))
    assert (document["schema"], code) == ("vesicle.error/1", 2)
    assert document["error"]["code"] == "usage"
    said = call("mie", *changed(**options))
    assert said.exit_code == 2
    assert word in said.stderr
    assert "Traceback" not in said.stderr
