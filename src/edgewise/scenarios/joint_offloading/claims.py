"""The sentences of Jiang et al., Section VI, as checks on our runs."""

from edgewise.scenarios.joint_offloading import judged_comparison, judged_training
from edgewise.scenarios.joint_offloading.clocks import CLOCKS
from edgewise.scenarios.joint_offloading.experiments import IMITATION, SEARCH
from edgewise.scenarios.joint_offloading.sweeps import BY_DEVICES, BY_SERVERS, TRAINING, TRAINING_C
from edgewise.study.claims import Claim

CLAIMS = (
    Claim(
        "J1",
        "Table II",
        "Accuracy grows with the demonstrations and is stable above 256",
        "test accuracy: every step up to 256 above 0, at most 0.5 points more at 512",
        (IMITATION,),
        judged_training.accuracy_grows,
    ),
    Claim(
        "J2",
        "Table II",
        "The regularised loss tests better",
        "paired, at each size above 0",
        (IMITATION,),
        judged_training.penalty_helps,
    ),
    Claim(
        "J3",
        "Fig. 5",
        "Both agents' losses converge by about 300 iterations",
        "last < half of first, last < 0.3, four fifths of the fall by slot 300",
        (TRAINING,),
        judged_training.losses_converge,
    ),
    Claim(
        "J4",
        "Fig. 6",
        "Mean time and energy fall, and are flat after 900 and 1100 iterations",
        "first 100 slots above the last 100; at most a tenth of the fall after 900 / 1100",
        (TRAINING,),
        judged_training.totals_fall,
    ),
    Claim(
        "J5",
        "Fig. 7",
        "The proposed Lévy search beats the classic one",
        "lower objective at 1000 evaluations each, N = 30 and 100",
        (SEARCH,),
        judged_training.proposed_beats_classic,
    ),
    Claim(
        "J6",
        "Fig. 8",
        "Lévy search raises the final reward",
        "paired, with and without imitation",
        (TRAINING,),
        judged_training.levy_raises_reward,
    ),
    Claim(
        "J7",
        "Fig. 8",
        "Imitation makes training faster",
        "paired, slots to 97% of the final reward, with and without Lévy search",
        (TRAINING,),
        judged_training.imitation_is_faster,
    ),
    Claim(
        "J8",
        "Table III",
        "Reward: DIRS above DDPG above Actor-Critic",
        "paired, each above the next",
        (TRAINING, TRAINING_C),
        judged_comparison.reward_order,
    ),
    Claim(
        "J9",
        "Table III",
        "DIRS needs the least training time",
        "less than each of the others for equal slots, and to equal reward",
        (TRAINING, CLOCKS),
        judged_comparison.least_training_time,
    ),
    Claim(
        "J10",
        "Table III",
        "DIRS decides fastest",
        "one agent's forward pass below the central networks'",
        (CLOCKS,),
        judged_comparison.fastest_inference,
    ),
    Claim(
        "J11",
        "Fig. 9",
        "Time and energy of all schemes grow with the number of devices",
        "sums over devices, N = 10..100, DIRS, Greedy, Random, Local",
        (BY_DEVICES,),
        judged_comparison.grow_with_devices,
    ),
    Claim(
        "J12",
        "Fig. 9",
        "DIRS is best, especially with many devices",
        "objective below the best of Greedy, Random, Local at each N; the lead grows with N",
        (BY_DEVICES,),
        judged_comparison.best_with_devices,
    ),
    Claim(
        "J13",
        "Fig. 10",
        "DIRS is best for 2 to 10 servers",
        "objective below the best of Greedy, Random, Local at each M",
        (BY_SERVERS,),
        judged_comparison.best_with_servers,
    ),
)
