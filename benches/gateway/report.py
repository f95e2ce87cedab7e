"""Reads the samples of `measure` (round, gateway, CPU microseconds per request, requests per second) and prints
medians, each gateway's share, and whether the bars hold. Ratios are taken within a round, where the machine was alike."""

import sys
from collections import defaultdict
from statistics import median

BARS = [
    ("source", "the guide's own configuration on the same nginx", 1.0),
    ("plain", "a plain nginx proxy", 2.0),
    ("caddy", "Caddy forward_auth", 0.25),
    ("traefik", "Traefik ForwardAuth", 0.25),
    ("unguarded", "the same without its guards", 1.1),
]
# Beside the bars: what they cost while they write down nothing, which the drawn gateway always does.
BESIDE = [("caddy_mute", "Caddy without an access log"), ("traefik_mute", "Traefik without an access log")]


def main(path):
    cost, speed = defaultdict(dict), defaultdict(dict)
    for line in open(path):
        turn, name, microseconds, per_second = line.split()
        cost[name][turn] = float(microseconds)
        speed[name][turn] = float(per_second)
    print(f"{'gateway':<12} {'CPU us/request':>14} {'(range)':>15} {'CPU, drawn = 1':>15} {'requests/s, drawn = 1':>22}")
    for name in cost:
        values = cost[name].values()
        print(
            f"{name:<12} {median(values):>14.1f} {f'{min(values):.1f}-{max(values):.1f}':>15}"
            f" {median(ratios(cost[name], cost['drawn'])):>15.2f} {median(ratios(speed[name], speed['drawn'])):>22.2f}"
        )
    print()
    for name, words, most in BARS:
        found = ratios(cost["drawn"], cost[name])
        verdict = "held" if median(found) <= most else "missed"
        print(
            f"{verdict}: drawn/{name} {median(found):.3f} ({min(found):.3f}-{max(found):.3f} in {len(found)} rounds),"
            f" at most {most} of {words}"
        )
    for name, words in BESIDE:
        found = ratios(cost["drawn"], cost[name])
        print(f"beside: drawn/{name} {median(found):.3f} ({min(found):.3f}-{max(found):.3f}), {words}")


def ratios(one, other):
    return [one[turn] / other[turn] for turn in one]


main(sys.argv[1])
