from compare_tui.ui.pace import SLOWEST, Pace


def painted(pace: Pace, beats: int) -> int:
    return sum(pace.is_due() for _ in range(beats))


def strain(pace: Pace, *, beat_s: float = 0.001, share: float, seconds: int = 10) -> None:
    """So many seconds, a beat in each, while the process uses this share of a core."""
    for second in range(seconds):
        pace.took(beat_s, float(second), second * share)


def test_every_beat_is_painted_while_there_is_time() -> None:
    pace = Pace({})
    strain(pace, share=0.4)
    assert painted(pace, 12) == 12


def test_over_ssh_the_beats_are_half_as_many() -> None:
    assert Pace({"SSH_CONNECTION": "there"}).interval_s == 2 * Pace({}).interval_s


def test_a_process_without_time_left_paints_every_fifth_beat_and_no_less() -> None:
    pace = Pace({})
    strain(pace, share=0.99)
    assert painted(pace, 20) == 20 // SLOWEST


def test_a_beat_that_takes_too_long_is_made_less_often() -> None:
    pace = Pace({})
    strain(pace, beat_s=0.03, share=0.4)
    assert painted(pace, 20) == 20 // SLOWEST


def test_painting_recovers_when_the_strain_is_over() -> None:
    pace = Pace({})
    strain(pace, share=0.99)
    pace.rest()
    strain(pace, share=0.2)
    assert painted(pace, 12) == 12
