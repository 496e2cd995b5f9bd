# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Learning from reward
#
# Until now, each example came with its answer. Here nobody knows the answer. An **agent** acts, and
# from time to time its environment pays it a **reward**. In 2013 a network that saw nothing but the
# screen learned to play Atari games in this way; in 2016 another one beat a world champion at Go,
# and in 2017 its successor did so without a single human game. In this lab you write the core of
# all three: first tables, then a network that reads pixels, then policies, and at last a small
# AlphaZero.
#
# **You will learn**
#
# - returns, and why *terminated* is not *truncated*;
# - value iteration and Q-learning, measured against the exact optimum;
# - DQN and Double DQN;
# - policy gradients, baselines, advantages, and PPO;
# - the search of AlphaZero, and how it trains its own network;
# - what a reward does not say.
#
# **You need** Labs 00 to 02 (gradients, convolutions), and Python's `dict`.
#
# **Running time**
#
# | profile | where | steps of Catch | mean reward, of at most 1 | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 22,400 | 0.90–1.00 | 22–40 s on 2 cores |
# | full | default on a GPU | 64,000 | 0.96–1.00 | 80–150 s on 2 cores |

# %%
import time
from copy import deepcopy

import keras
import numpy as np
import tensorflow as tf

from course_lib import agents, environments, figures, models, profile

gymnasium = environments.import_gymnasium()
QUICK = profile.current() == "quick"
print(f"Keras {keras.__version__}, gymnasium {gymnasium.__version__}, {profile.current()} profile")

# %% [markdown]
# What you write in this lab are NumPy functions. They take and return arrays. Networks appear only
# where a table would not fit, and there you compute the gradient *at the output* of the network;
# backpropagation, which you know from Lab 00, does the rest. `make_descent` does it. (The checks use
# `call_on_copy`.)


# %%
def make_descent(network, rate):
    """Return a function of inputs (n, …) and the gradient (n, outputs) of a loss at the outputs.

    It takes one step of Adam.
    """
    optimizer = keras.optimizers.Adam(rate)
    weights = network.trainable_variables
    optimizer.build(weights)

    @tf.function(reduce_retracing=True, autograph=False)
    def step(x, gradient):
        with tf.GradientTape() as tape:
            outputs = network(x, training=True)
        slopes = tape.gradient(outputs, weights, output_gradients=gradient)
        optimizer.apply_gradients(zip(slopes, weights, strict=True))

    return lambda x, gradient: step(
        tf.constant(x, tf.float32), tf.constant(np.asarray(gradient), tf.float32)
    )


def softmax(logits):
    """Return probabilities (n, actions) of logits (n, actions)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def call_on_copy(function, value, *others):
    """Call a function on a copy of its first argument; return the result and the copy afterwards."""
    copied = deepcopy(value)
    return function(copied, *others), copied


# %% [markdown]
# ## 1 What is to come
#
# At each step $t$ the agent sees a *state* $s_t$, takes an *action* $a_t$, and gets a reward $r_t$.
# It should not look at the next reward alone. The **return** of a step adds all rewards from there
# on, each discounted by $\gamma$ for every step that it is away:
#
# $$G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots = r_t + \gamma G_{t+1}$$
#
# Computed backwards, that is one multiplication and one addition a step. The question is where it
# stops. An episode can end in two ways, and gymnasium tells them apart:
#
# - **terminated**: the task is over. The pole fell, the ball is caught. Nothing follows, so the
#   rest of the return is 0.
# - **truncated**: somebody looked at the clock. The pole still stands after 500 steps. Rewards
#   would have followed; they were not watched. The best substitute is an estimate $V(s_{t+1})$ of
#   the value of the state that was reached.
#
# The same holds for the last recorded step of a game that simply goes on: its rest is estimated,
# too. To use an estimate in place of what is to come is called **bootstrapping**.
#
# $$G_t = r_t + \gamma \cdot \begin{cases} 0 & \text{terminated at } t \\ V(s_{t+1}) & \text{truncated at } t
# \text{, or } t \text{ is the last step} \\ G_{t+1} & \text{otherwise} \end{cases}$$
#
# ### Question 1 · `returns`
#
# Write `discounted_returns(rewards, terminated, truncated, next_values, gamma)`. All arrays are
# `(steps, n)`: column `j` is what happened in game `j`. After an episode has ended the next one
# begins in the same column. `next_values[t]` is $V(s_{t+1})$. If both flags are set, the task is
# over: terminated counts. Return $G$, `(steps, n)`.
#
# <details><summary>Hint 1</summary>
#
# Go through the steps from the last one to the first, and keep $G_{t+1}$ of all games in one array
# of length `n`. `np.where` chooses between the cases.
#
# </details>


# %% solution="returns"
def discounted_returns(rewards, terminated, truncated, next_values, gamma):
    """Return the discounted return (steps, n) of each step; arrays (steps, n)."""
    ### BEGIN SOLUTION
    returns = np.zeros(rewards.shape)
    following = next_values[-1]
    for t in reversed(range(len(rewards))):
        rest = np.where(truncated[t], next_values[t], following)
        following = rewards[t] + gamma * np.where(terminated[t], 0.0, rest)
        returns[t] = following
    return returns
    ### END SOLUTION


# %% tests="returns"
import warnings

import numpy as np

from course_lib import testing as _testing


def _call(function, *arguments):
    """Call an answer with copies, without NumPy's warnings: stock nbgrader deducts points for these."""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*copies)


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    assert isinstance(values, (tuple, list)) and len(values) == count, (
        f"`{name}` must return {what}."
    )
    return list(values)


def _returns(r, term, trunc, v, gamma, both="terminated", at_cut="value", at_end="value"):
    """Compute returns; the options are mistakes."""
    out, following = np.zeros(r.shape), v[-1] if at_end == "value" else 0.0 * v[-1]
    for t in reversed(range(len(r))):
        cut = {"value": v[t], "nothing": 0.0, "own": v[t - 1] if t else v[t]}.get(at_cut, following)
        rest = np.where(trunc[t], cut, following)
        stop = {"terminated": term[t], "truncated": term[t] & ~trunc[t]}.get(both, False)
        out[t] = following = r[t] + gamma * np.where(stop, 0.0, rest)
    return out


def _check_returns(r, term, trunc, v, gamma):
    arguments = (r, term, trunc, v, gamma)
    right = _returns(*arguments)
    late = r + np.where(term, 0, np.where(trunc, v, np.vstack([right[1:], v[-1:]])))
    _testing.near(
        _call(discounted_returns, *arguments),
        right,
        "`discounted_returns(rewards, terminated, truncated, next_values, gamma)`",
        mistakes={
            "Did you bootstrap past a terminated step? Nothing follows it.": _returns(
                r, term & False, trunc | term, v, gamma
            ),
            "Does the return run on into the next episode? It stops where `terminated` is True.": (
                _returns(r, term & False, trunc, v, gamma)
            ),
            "Does the return run on past a truncated step? Use its `next_values` there.": _returns(
                *arguments, at_cut="on"
            ),
            "Did you treat truncated as terminated? Use its `next_values` there.": _returns(
                *arguments, at_cut="nothing"
            ),
            "Did you forget `next_values` at the last step? The games go on.": _returns(
                *arguments, at_end="nothing"
            ),
            "Did you forget `next_values` at truncated steps and at the last one?": _returns(
                *arguments, at_cut="nothing", at_end="nothing"
            ),
            "If both flags are set, terminated counts.": _returns(*arguments, both="truncated"),
            "Did you take the value one step too early? `next_values[t]` belongs to step t.": (
                _returns(*arguments, at_cut="own")
            ),
            "Did you forget gamma?": _returns(r, term, trunc, v, 1.0),
            "Did you also discount a step's own reward?": _returns(
                gamma * r, term, trunc, v, gamma
            ),
            "Did you discount the reward in place of the rest?": gamma * r + late - r,
            "Is this the value of one step? Use the return of the next step.": r
            + gamma * np.where(term, 0, v),
        },
    )


def _flags(rows):
    return np.array(rows, dtype=bool)


# One game: terminated after step 1, truncated after step 3, and going on after step 5.
# Expected: 2, 2, 6, 10, 5, 8.
_check_returns(
    np.array([[1.0], [2], [1], [2], [1], [0]]),
    _flags([[0], [1], [0], [0], [0], [0]]),
    _flags([[0], [0], [0], [1], [0], [0]]),
    np.array([[9.0], [7], [8], [16], [5], [16]]),
    0.5,
)
### BEGIN HIDDEN TESTS


def _check_returns_hidden(rng):
    for steps, n in ((13, 4), (9, 1), (20, 3)):
        term, trunc = rng.uniform(size=(2, steps, n)) < 0.15
        term[3], trunc[5], term[-1], trunc[-1] = True, True, False, False
        term[5] = False
        trunc[3] = rng.permutation(n) == 0  # both
        _check_returns(
            rng.normal(size=(steps, n)) + 1,
            term,
            trunc,
            rng.normal(size=(steps, n)) + 2,
            float(rng.uniform(0.6, 0.95)),
        )


_check_returns_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 The optimum
#
# FrozenLake is a lake of 4 × 4 cells. The agent starts at the top left and wants to the bottom
# right, where it gets the only reward, 1. In between are holes, which end the episode. The ice is
# slippery: of the direction chosen and the two at right angles to it, each happens with probability
# ⅓.
#
# gymnasium shows its own table. `table[s][a]` lists what can happen in state `s` after action `a`,
# as tuples (probability, next state, reward, terminated):

# %%
lake = gymnasium.make("FrozenLake-v1").unwrapped
table = {s: {a: list(lake.P[s][a]) for a in lake.P[s]} for s in lake.P}
lake_map = [row.tobytes().decode() for row in np.asarray(lake.desc)]  # "SFFF", …
for outcome in table[14][2]:  # the cell left of the goal, to the right
    print("probability {:.2f}, state {}, reward {}, terminated {}".format(*outcome))

# %% [markdown]
# With the table, nothing needs to be learned: the best policy can be computed. Turn it into two
# arrays, $p(s, a, s')$, the probability that the episode *goes on* in $s'$, and $r(s, a)$, the
# expected reward. The **action value** $Q(s, a)$ is the expected return after action $a$ in state
# $s$, if all actions after it are the best ones. It satisfies Bellman's equation:
#
# $$Q(s, a) = r(s, a) + \gamma \sum_{s'} p(s, a, s') \max_{a'} Q(s', a')$$
#
# **Value iteration** uses it as an update: begin with $Q = 0$, put $Q$ into the right-hand side,
# and repeat. The error shrinks at least by the factor $\gamma$ in each sweep.
#
# The value of a given policy $\pi$ has no maximum in it. That makes it a system of linear
# equations, which can be solved exactly:
#
# $$v(s) = r(s, \pi(s)) + \gamma \sum_{s'} p(s, \pi(s), s') \, v(s')$$
#
# ### Question 2 · `lake`
#
# Write three functions; all must be right for the points.
#
# 1. `read_table(table)` returns `p`, `(states, actions, states)`, and `r`, `(states, actions)`. The
#    same next state can be listed twice: add. An outcome that terminates adds nothing to `p`, but
#    its reward counts.
# 2. `value_iteration(p, r, gamma, sweeps)` returns $Q$, `(states, actions)`, after this number of
#    sweeps. A sweep computes all new values from the old ones.
# 3. `policy_values(p, r, gamma, policy)` returns $v$, `(states,)`, for a policy that takes action
#    `policy[s]` in state `s`. The test uses $\gamma$ up to 0.999, and expects the exact solution.
#
# <details><summary>Hint 1, value_iteration</summary>
#
# `p @ v` sums over the last axis of `p`: it has the shape (states, actions).
#
# </details>
#
# <details><summary>Hint 2, policy_values</summary>
#
# With `rows = np.arange(len(r))`, `p[rows, policy]` is a matrix (states, states). Write the
# equation as $(I - \gamma P) v = r$ and use `np.linalg.solve`.
#
# </details>


# %% solution="lake"
def read_table(table):
    """Return p (states, actions, states) and r (states, actions) of gymnasium's table."""
    ### BEGIN SOLUTION
    states, actions = len(table), len(table[0])
    p, r = np.zeros((states, actions, states)), np.zeros((states, actions))
    for s in table:
        for a in table[s]:
            for probability, after, reward, terminated in table[s][a]:
                r[s, a] += probability * reward
                if not terminated:
                    p[s, a, after] += probability
    return p, r
    ### END SOLUTION


def value_iteration(p, r, gamma, sweeps):
    """Return action values (states, actions) after sweeps that begin with zeros."""
    ### BEGIN SOLUTION
    q = np.zeros(r.shape)
    for _ in range(sweeps):
        q = r + gamma * p @ q.max(axis=1)
    return q
    ### END SOLUTION


def policy_values(p, r, gamma, policy):
    """Return the exact value (states,) of each state under a policy (states,)."""
    ### BEGIN SOLUTION
    rows = np.arange(len(r))
    return np.linalg.solve(np.eye(len(r)) - gamma * p[rows, policy], r[rows, policy])
    ### END SOLUTION


# %% tests="lake"
import numpy as np

from course_lib import testing as _testing


def _read(table, goes_on=False, adds=True, rewards="expected"):
    """Read a table; the options are mistakes."""
    p = np.zeros((len(table), len(table[0]), len(table)))
    r = np.zeros(p.shape[:2])
    for s in table:
        for a in table[s]:
            for probability, after, reward, terminated in table[s][a]:
                if rewards == "expected":
                    r[s, a] += probability * reward
                elif rewards == "sum":
                    r[s, a] += reward
                elif not terminated:  # "lost"
                    r[s, a] += probability * reward
                if goes_on or not terminated:
                    p[s, a, after] = probability + (p[s, a, after] if adds else 0)
    return p, r


def _iterate(p, r, gamma, sweeps, best=np.max, in_place=False):
    q = np.zeros(r.shape)
    for _ in range(sweeps):
        if in_place:
            for s in range(len(r)):
                q[s] = r[s] + gamma * p[s] @ best(q, axis=1)
        else:
            q = r + gamma * p @ best(q, axis=1)
    return q


def _solve(p, r, gamma, policy):
    rows = np.arange(len(r))
    return np.linalg.solve(np.eye(len(r)) - gamma * p[rows, policy], r[rows, policy])


def _check_read(table):
    given = _call(read_table, table)
    p, r = _unpack(given, 2, "read_table", "two arrays, `p` and `r`")
    _testing.near(
        p,
        _read(table)[0],
        "`p` of `read_table(table)`",
        mistakes={
            "Does the episode go on after an outcome that terminates?": _read(table, goes_on=True)[
                0
            ],
            "Did you overwrite a next state that is listed twice? Add.": _read(table, adds=False)[
                0
            ],
            "Did you overwrite a next state, and count outcomes that terminate?": _read(
                table, goes_on=True, adds=False
            )[0],
        },
    )
    _testing.near(
        r,
        _read(table)[1],
        "`r` of `read_table(table)`",
        mistakes={
            "Did you forget to multiply rewards by their probability?": _read(table, rewards="sum")[
                1
            ],
            "Did you drop the reward of an outcome that terminates? It counts.": _read(
                table, rewards="lost"
            )[1],
        },
    )


def _check_iteration(p, r, gamma, sweeps):
    _testing.near(
        _call(value_iteration, p, r, gamma, sweeps),
        _iterate(p, r, gamma, sweeps),
        f"`value_iteration(p, r, {gamma:.3g}, {sweeps})`",
        mistakes={
            "Did you do one sweep only?": _iterate(p, r, gamma, 1),
            "Did you do one sweep too many?": _iterate(p, r, gamma, sweeps + 1),
            "Did you do one sweep too few?": _iterate(p, r, gamma, sweeps - 1),
            "Did you iterate until nothing changes? Do `sweeps` sweeps.": _iterate(
                p, r, gamma, 3000
            ),
            "Did you forget gamma?": _iterate(p, r, 1.0, sweeps),
            "Did you use the mean over the actions? Use the maximum.": _iterate(
                p, r, gamma, sweeps, np.mean
            ),
            "Did you use the minimum?": _iterate(p, r, gamma, sweeps, np.min),
            "Did you use new values in the same sweep? Compute all from the old ones.": _iterate(
                p, r, gamma, sweeps, in_place=True
            ),
        },
    )


def _check_policy_values(p, r, gamma, policy):
    right = _solve(p, r, gamma, policy)
    q = r + gamma * p @ right
    steps = 0 * right
    for _ in range(100):
        steps = r[np.arange(len(r)), policy] + gamma * p[np.arange(len(r)), policy] @ steps
    _testing.near(
        _call(policy_values, p, r, gamma, policy),
        right,
        f"`policy_values(p, r, {gamma:.3g}, policy)`",
        rtol=2e-3,
        atol=1e-3,
        mistakes={
            "Is this the value of the best policy? Use the actions in `policy`.": _iterate(
                p, r, gamma, 20000
            ).max(axis=1),
            "Did you repeat an update 100 times? Solve the linear equations.": steps,
            "Did you take the maximum in the last step? Use the actions in `policy`.": q.max(
                axis=1
            ),
            "Did you transpose the matrix?": np.linalg.solve(
                np.eye(len(r)) - gamma * p[np.arange(len(r)), policy].T,
                r[np.arange(len(r)), policy],
            ),
            "Did you forget gamma?": np.linalg.solve(
                np.eye(len(r)) - 0.999999 * p[np.arange(len(r)), policy],
                r[np.arange(len(r)), policy],
            ),
        },
    )


def _check_three_states():
    outcomes = {
        0: {0: [(0.5, 0, 0, False), (0.25, 1, 0, False), (0.25, 1, 0, False)]},
        1: {0: [(0.75, 2, 4, True), (0.25, 0, -1, False)]},
        2: {0: [(1.0, 2, 0, True)]},
    }
    for s, actions in outcomes.items():  # a second action: it stays, and costs 1
        actions[1] = [(1.0, s, -1, s == 2)]
    _check_read(outcomes)
    p, r = _read(outcomes)
    _check_iteration(p, r, 0.5, 2)  # expected: [[0.6875, -1], [2.75, 0.375], [0, -1]]
    _check_policy_values(p, r, 0.5, np.array([0, 1, 0]))


_check_three_states()
### BEGIN HIDDEN TESTS


def _draw_table(rng, states, actions, ends=0.3):
    """Draw a table in gymnasium's form: state 0 is never an end, the last one always is."""
    found = {}
    for s in range(states):
        found[s] = {}
        for a in range(actions):
            after = rng.integers(states, size=4)
            after[3] = after[2]  # listed twice
            shares = rng.dirichlet(np.ones(4)).tolist()
            over = rng.uniform(size=4) < ends
            over[:2], over[3] = (True, False), over[2]
            found[s][a] = [
                (share, int(n), float(reward), bool(o))
                for share, n, reward, o in zip(
                    shares, after, rng.normal(size=4) + 0.5, over, strict=True
                )
            ]
    return found


def _check_lake_hidden(rng):
    for states, actions in ((9, 3), (5, 2), (12, 4)):
        outcomes = _draw_table(rng, states, actions)
        _check_read(outcomes)
        p, r = _read(outcomes)
        _check_iteration(p, r, float(rng.uniform(0.85, 0.95)), int(rng.integers(3, 7)))
        _check_policy_values(p, r, 0.97, rng.integers(actions, size=states))
    # Episodes that are long: an iteration with a fixed number of sweeps is not exact.
    p = rng.dirichlet(np.full(8, 0.4), (8, 3)) * 0.9995
    _check_policy_values(p, rng.normal(size=(8, 3)) + 0.3, 0.999, rng.integers(3, size=8))


_check_lake_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
GAMMA = 0.99
p_lake, r_lake = (np.asarray(array) for array in read_table(table))
best = np.argmax(value_iteration(p_lake, r_lake, GAMMA, 1000), axis=1)
optimum = np.asarray(policy_values(p_lake, r_lake, GAMMA, best))
print(f"the start is worth {optimum[0]:.4f}; no policy on this lake is better")
figures.policy_arrows(best, optimum, lake_map)

# %% [markdown]
# Look at the arrows. The agent does not aim at the goal: where a hole is near, it aims *away* from
# the hole, even at a wall, because the ice never carries it against the direction that it chose. It
# waits until it slips to the side that it wants. Nobody told it this trick.
#
# ## 3 Without the table
#
# An agent that doesn't have the table can still act and remember what happened. **Q-learning**
# (Watkins 1989) keeps a table of action values and moves one entry after each step:
#
# $$Q(s, a) \leftarrow Q(s, a) + \alpha \left( r + \gamma \max_{a'} Q(s', a') - Q(s, a) \right)$$
#
# At a terminal step the maximum is left out: nothing follows. The bracket is called the **TD
# error** (temporal difference). The update does not ask how the action was chosen. So the agent may
# act in another way than it thinks best. It has to, for what it never tries it never learns about.
# The usual compromise is **ε-greedy**: with probability ε any action, otherwise the best one.
#
# ### Question 3 · `q_learning`
#
# 1. `epsilon_greedy(q, epsilon, u, any_action)` returns actions `(n,)`. `q` holds action values
#    `(n, actions)`, `u` random numbers between 0 and 1, and `any_action` random actions, both
#    `(n,)`. Where `u < epsilon`, take the random action, otherwise the one with the largest value.
# 2. `q_learning(q, states, actions, rewards, next_states, terminated, alpha, gamma)` returns the
#    table `(states, actions)` after updates with all transitions, one after the other. Transition
#    `i` is element `i` of the five arrays. An update sees the results of the ones before it. Leave
#    the table that was passed unchanged.
#
# The test also looks at `q_lake`, which the cell below learns on the lake: its greedy policy must
# be within 0.02 of the optimum.


# %% solution="q_learning"
def epsilon_greedy(q, epsilon, u, any_action):
    """Return actions (n,) for action values (n, actions)."""
    ### BEGIN SOLUTION
    return np.where(u < epsilon, any_action, q.argmax(axis=1))
    ### END SOLUTION


def q_learning(q, states, actions, rewards, next_states, terminated, alpha, gamma):
    """Return the table (states, actions) after one update for each transition."""
    ### BEGIN SOLUTION
    q = q.copy()
    for s, a, reward, after, over in zip(
        states, actions, rewards, next_states, terminated, strict=True
    ):
        target = reward if over else reward + gamma * q[after].max()
        q[s, a] += alpha * (target - q[s, a])
    return q
    ### END SOLUTION


# %%
def explore_lake(seed, chunks=45, games=32, steps=50):
    """Learn on 32 lakes at once; returns the table and the exact value of its policy after each chunk."""
    rng = np.random.default_rng(seed)
    lakes = gymnasium.make_vec("FrozenLake-v1", num_envs=games, vectorization_mode="sync")
    q, last, values = np.zeros((16, 4)), None, []

    def choose(seen):
        # Equal values are common at first, so a little noise decides between them.
        noisy = q[seen] + 1e-9 * rng.uniform(size=(games, 4))
        return epsilon_greedy(noisy, 0.3, rng.uniform(size=games), rng.integers(4, size=games))

    for chunk in range(chunks):
        played = agents.roll_out(lakes, choose, steps, last, None if chunk else seed)
        last, (s, a, r, after, over) = played.last, played.transitions()
        alpha = 0.5 * 0.02 ** (chunk / chunks)  # from 0.5 to 0.01
        q = np.asarray(q_learning(q, s, a, r, after, over, alpha, GAMMA))
        values.append(float(policy_values(p_lake, r_lake, GAMMA, q.argmax(axis=1))[0]))
    return q, values


q_lake, lake_values = explore_lake(seed=0)
print(f"greedy policy: {lake_values[-1]:.4f}, optimum: {optimum[0]:.4f}")

# %% tests="q_learning"
import numpy as np

from course_lib import testing as _testing


def _learn(q, s, a, r, after, over, alpha, gamma, best=np.max, past_end=False, once=False):
    """Do Q-learning; the options are mistakes."""
    old, q = q, np.array(q, dtype=float)
    for i in range(len(s)):
        source = old if once else q
        rest = 0.0 if over[i] and not past_end else best(source[after[i]])
        q[s[i], a[i]] += alpha * (r[i] + gamma * rest - source[s[i], a[i]])
    return q


def _check_epsilon(q, epsilon, u, any_action):
    best = q.argmax(axis=1)
    _testing.near(
        _call(epsilon_greedy, q, epsilon, u, any_action),
        np.where(u < epsilon, any_action, best),
        f"`epsilon_greedy(q, {epsilon}, u, any_action)`",
        mistakes={
            "Is the comparison the wrong way round?": np.where(u < epsilon, best, any_action),
            "Did you never take the random action?": best,
            "Did you take the smallest value?": np.where(u < epsilon, any_action, q.argmin(axis=1)),
            "Did you decide once for all rows? Each has its own u.": (
                any_action if u[0] < epsilon else best
            ),
        },
    )


def _check_learning(*arguments):
    q, s, a, r, after, over, alpha, gamma = arguments
    given, after_call = call_on_copy(q_learning, q, *arguments[1:])
    assert given is not None, "`q_learning` returned None. Did you forget `return`?"
    _testing.near(
        given,
        _learn(*arguments),
        "`q_learning(q, states, …)`",
        mistakes={
            "Did you bootstrap past the end? Where `terminated` is True, the target is the reward.": (
                _learn(*arguments, past_end=True)
            ),
            "Did you compute all updates from the old table? One after the other.": _learn(
                *arguments, once=True
            ),
            "Did you forget gamma?": _learn(*arguments[:-1], 1.0),
            "Did you forget alpha?": _learn(*arguments[:-2], 1.0, gamma),
            "Did you use the mean over the next actions? Use the maximum.": _learn(
                *arguments, best=np.mean
            ),
            "Did you use the minimum over the next actions?": _learn(*arguments, best=np.min),
            "Did you take the value of the same action in the next state? Take the largest value.": (
                _learn_same(*arguments)
            ),
            "Did you drop the reward where `terminated` is True? It counts.": _learn(
                q, s, a, np.where(over, 0, r), after, over, alpha, gamma
            ),
            "Did you swap states and next states?": _learn(q, after, a, r, s, over, alpha, gamma),
            "Did you add the target, without subtracting Q(s, a)?": _add_targets(*arguments),
            "Did you use the last transition only?": _learn(
                q, s[-1:], a[-1:], r[-1:], after[-1:], over[-1:], alpha, gamma
            ),
        },
    )
    assert np.array_equal(after_call, q), (
        "`q_learning` changed the table that was passed. Work on a copy: `q = q.copy()`."
    )


def _learn_same(q, s, a, r, after, over, alpha, gamma):
    q = q.copy()
    for i in range(len(s)):
        target = r[i] + (0 if over[i] else gamma * q[after[i], a[i]])
        q[s[i], a[i]] += alpha * (target - q[s[i], a[i]])
    return q


def _add_targets(q, s, a, r, after, over, alpha, gamma):
    q = q.copy()
    for i in range(len(s)):
        q[s[i], a[i]] += alpha * (r[i] + (0 if over[i] else gamma * q[after[i]].max()))
    return q


_check_epsilon(
    np.array([[1.0, 3, 2], [5, 1, 2], [0, 0, 1]]),
    0.3,
    np.array([0.9, 0.1, 0.5]),
    np.array([0, 2, 1]),
)  # expected: 1, 2, 2
_check_learning(
    np.array([[0.0, 1, -1], [2, 1, 0]]),
    np.array([0, 1, 0]),
    np.array([1, 0, 1]),
    np.array([1.0, 4, 0]),
    np.array([1, 0, 1]),
    np.array([False, True, False]),
    0.5,
    0.5,
)  # expected: [[0, 1.5, -1], [3, 1, 0]]
### BEGIN HIDDEN TESTS


def _draw_transitions(rng, states, actions, n):
    return (
        rng.integers(states, size=n),
        rng.integers(actions, size=n),
        rng.normal(size=n) + 0.3,
        rng.integers(states, size=n),
        rng.uniform(size=n) < 0.2,
    )


def _check_q_learning_hidden(rng):
    for n, actions in ((12, 3), (9, 5)):
        q = rng.permutation(n * actions).reshape(n, actions) / 7
        u = rng.permutation(np.linspace(0.05, 0.95, n))
        u[0] = 0.9
        _check_epsilon(q, 0.42, u, (q.argmax(axis=1) + rng.integers(1, actions, size=n)) % actions)
    for states, actions, n in ((6, 3, 60), (4, 2, 25)):
        q = rng.normal(size=(states, actions)) + 1
        _check_learning(q, *_draw_transitions(rng, states, actions, n), 0.3, 0.85)


def _check_lake_policy():
    # gymnasium's own table, not that of the submission.
    import gymnasium

    found = gymnasium.make("FrozenLake-v1").unwrapped.P
    p, r = _read({s: {a: list(found[s][a]) for a in found[s]} for s in found})
    best = _iterate(p, r, 0.99, 1500).max(axis=1)[0]
    values = np.asarray(q_lake, dtype=float)
    assert values.shape == (16, 4), (
        f"`q_lake` has the shape {values.shape}; expected (16, 4). Did you run the cell that learns on the lake?"
    )
    value = _solve(p, r, 0.99, values.argmax(axis=1))[0]
    # 40 seeds: 0.000 from the optimum in each. A table that was not learned: 0.542 from it.
    _testing.at_least(
        value,
        best - 0.02,
        "The exact value of the greedy policy of `q_lake`",
        sd=0.001,
        hint="Did you run the cell that learns on the lake?",
    )


_check_q_learning_hidden(np.random.default_rng(_testing.hidden_seed()))
_check_lake_policy()
### END HIDDEN TESTS

# %% [markdown]
# Learning takes luck. So never show one run: here are several, each judged by the exact value of
# its greedy policy, not by the episodes that it happened to play.

# %%
lake_runs = [lake_values] + [explore_lake(seed)[1] for seed in range(1, 3 if QUICK else 5)]
figures.curves_with_spread(
    {"Q-learning": lake_runs},
    np.arange(1, 46) * 1600,
    reference=("optimum", optimum[0]),
    xlabel="steps",
    ylabel="value of the start",
)

# %% [markdown]
# ## 4 A network that reads the screen
#
# A lake has 16 states. A screen of 10 × 10 pixels has far too many for a table, so a network
# computes $Q(s, a)$: screen in, one value for each action out. **Catch** shows a falling ball and a
# paddle, each one pixel. The agent moves the paddle left or right, or leaves it. After nine steps
# the ball is down: reward 1 if it was caught, -1 if not. Nobody tells the network what a ball is.
#
# A table entry can be changed alone; a network changes everywhere at once. That makes learning
# unstable, and the **deep Q-network**, DQN (Mnih et al. 2013, 2015), has two remedies:
#
# - **Replay memory**: transitions are stored and batches drawn at random from the last thousands,
#   so that a batch is not nine screens of the same game.
# - **Target network**: the targets come from a copy of the network that is renewed only from time
#   to time. Otherwise each step would move the target that it aims at.
#
# For a batch of `n` transitions the targets are
#
# $$y = r + \gamma \cdot \begin{cases} 0 & \text{terminated} \\ \max_{a'} Q^-(s', a') & \text{otherwise} \end{cases}$$
#
# with $Q^-$ from the target network. The loss compares $y$ with the value of the action that was
# taken, by Huber's function, which is a parabola near 0 and a line outside, so that no single
# surprise moves the weights by much:
#
# $$L = \frac{1}{n} \sum_i h(Q(s_i, a_i) - y_i), \qquad h(d) = \begin{cases} \tfrac12 d^2 & |d| \le 1 \\
# |d| - \tfrac12 & \text{otherwise} \end{cases}$$
#
# The targets are treated as constants: no gradient flows through $y$.
#
# ### Question 4 · `dqn`
#
# 1. `td_targets(rewards, terminated, next_q, gamma)` returns the targets $y$, `(n,)`. `next_q`,
#    `(n, actions)`, holds $Q^-(s', a')$.
# 2. `td_gradient(q, actions, targets)` returns the gradient of $L$ with respect to `q`,
#    `(n, actions)`, the outputs of the network. The loss depends on the actions taken only; all
#    other entries are 0.
#
# <details><summary>Hint 1, td_gradient</summary>
#
# The derivative of $h$ is $d$, but never below -1 and never above 1: `np.clip`. Don't forget the
# $\frac1n$.
#
# </details>


# %% solution="dqn"
def td_targets(rewards, terminated, next_q, gamma):
    """Return the targets (n,) of a DQN."""
    ### BEGIN SOLUTION
    return rewards + gamma * np.where(terminated, 0.0, next_q.max(axis=1))
    ### END SOLUTION


def td_gradient(q, actions, targets):
    """Return the gradient (n, actions) of the mean Huber loss at the outputs q (n, actions)."""
    ### BEGIN SOLUTION
    gradient, rows = np.zeros(q.shape), np.arange(len(q))
    gradient[rows, actions] = np.clip(q[rows, actions] - targets, -1, 1) / len(q)
    return gradient
    ### END SOLUTION


# %% tests="dqn"
import numpy as np

from course_lib import testing as _testing


def _check_targets(r, over, next_q, gamma):
    best = next_q.max(axis=1)
    _testing.near(
        _call(td_targets, r, over, next_q, gamma),
        r + gamma * np.where(over, 0, best),
        "`td_targets(rewards, terminated, next_q, gamma)`",
        mistakes={
            "Did you bootstrap past the end? Where `terminated` is True, the target is the reward.": (
                r + gamma * best
            ),
            "Is `terminated` the wrong way round?": r + gamma * np.where(over, best, 0),
            "Did you also drop the reward of a terminated step?": np.where(
                over, 0, r + gamma * best
            ),
            "Did you forget gamma?": r + np.where(over, 0, best),
            "Did you use the mean over the actions? Use the maximum.": r
            + gamma * np.where(over, 0, next_q.mean(axis=1)),
            "Did you take the largest value of the whole batch? Each row has its own.": r
            + gamma * np.where(over, 0, next_q.max()),
            "Did you forget the rewards?": gamma * np.where(over, 0, best),
        },
    )


def _check_td_gradient(q, actions, y):
    rows, n = np.arange(len(q)), len(q)

    def fill(values):
        out = np.zeros(q.shape)
        out[rows, actions] = values
        return out

    d = q[rows, actions] - y
    _testing.near(
        _call(td_gradient, q, actions, y),
        fill(np.clip(d, -1, 1) / n),
        "`td_gradient(q, actions, targets)`",
        mistakes={
            "Is the sign wrong? The loss grows with q above the target.": fill(
                -np.clip(d, -1, 1) / n
            ),
            "Did you forget to divide by n?": fill(np.clip(d, -1, 1)),
            "Did you divide by n · actions? The mean is over the n transitions.": fill(
                np.clip(d, -1, 1) / q.size
            ),
            "Is this half of the gradient? The derivative of ½ d² is d.": fill(
                np.clip(d, -1, 1) / (2 * n)
            ),
            "Is this the loss of each transition? Return its derivative.": fill(
                np.where(np.abs(d) <= 1, d**2 / 2, np.abs(d) - 0.5) / n
            ),
            "Did you limit the derivative on one side only?": fill(np.minimum(d, 1) / n),
            "Did you fill whole columns? Each row has one entry, that of its action.": (
                _fill_columns(q, actions, np.clip(d, -1, 1) / n)
            ),
            "Did you forget to limit the derivative to -1 … 1?": fill(d / n),
            "Is this the gradient of the squared error? Use Huber's function.": fill(2 * d / n),
            "Did you use the sign only? Near 0 the derivative is d.": fill(np.sign(d) / n),
            "Did you compare the target with every action? Only the one taken counts.": np.clip(
                q - y[:, None], -1, 1
            )
            / n,
            "Did you use the best action in place of the one taken?": _fill_best(q, y),
        },
    )


def _fill_columns(q, actions, values):
    out = np.zeros(q.shape)
    out[:, actions] = values
    return out


def _fill_best(q, y):
    out, rows, best = np.zeros(q.shape), np.arange(len(q)), q.argmax(axis=1)
    out[rows, best] = np.clip(q[rows, best] - y, -1, 1) / len(q)
    return out


# expected: 1 + 0.5 · 4 = 3; -1, because nothing follows; 0 + 0.5 · 6 = 3
_check_targets(
    np.array([1.0, -1, 0]),
    np.array([False, True, False]),
    np.array([[2.0, 4], [5, 1], [0, 6]]),
    0.5,
)
# differences: 0.5, -3 (limited to -1), 2 (limited to 1)
_check_td_gradient(
    np.array([[1.5, 9, 0], [3, -2, 7], [0, 5, 1]]), np.array([0, 1, 1]), np.array([1.0, 1, 3])
)
### BEGIN HIDDEN TESTS


def _check_dqn_hidden(rng):
    for n, actions in ((9, 3), (6, 5), (12, 2)):
        over = rng.permutation(n) < 3
        next_q = rng.normal(size=(n, actions)) + rng.choice([-3, 3])  # also maxima below 0
        _check_targets(rng.normal(size=n), over, next_q, float(rng.uniform(0.6, 0.95)))
        q, taken = 2 * rng.normal(size=(n, actions)), rng.integers(actions, size=n)
        d = rng.permutation(np.tile([0.4, -0.7, 2.5, -1.8], n)[:n]) + rng.uniform(-0.2, 0.2, n)
        _check_td_gradient(q, taken, q[np.arange(n), taken] - d)


_check_dqn_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now train. 32 games run at once. After every ten steps, a few batches are drawn from the memory. ε
# falls from 1 to 0.05. A game of Catch begins in one of 10 · 10 ways, so the agent is judged
# exactly: it plays all hundred.

# %%
CATCH_GAMMA = 0.95
STARTS = np.array([(ball, paddle) for ball in range(10) for paddle in range(10)])


def play_all_starts(values_of):
    """Play each of the 100 games greedily; returns rewards (100,) and screens (10, 100, 10, 10)."""
    games = environments.Catch(100)
    screens, _ = games.reset(options={"columns": STARTS})
    shown = [screens[..., 0]]
    for _ in range(9):
        screens, rewards, *_ = games.step(values_of(screens).argmax(axis=1))
        shown.append(screens[..., 0])
    return rewards, np.stack(shown)


def train_catch(seed, find_targets, rounds, updates=12, games=32, batch=64):
    """Train a DQN; returns a function of screens, and the mean reward of 100 games after each tenth."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    network, target_network = (models.dqn(filters=(8,)) for _ in range(2))
    target_network.set_weights(network.get_weights())
    run, run_target = tf.function(network), tf.function(target_network)
    descend = make_descent(network, 4e-3)
    memory, catch, last, rewards = (
        agents.ReplayMemory(10000, seed),
        environments.Catch(games),
        None,
        [],
    )

    for number in range(rounds):
        epsilon = max(0.05, 1 - 2 * number / rounds)

        def choose(screens, epsilon=epsilon):
            u, any_action = rng.uniform(size=games), rng.integers(3, size=games)
            return epsilon_greedy(run(screens).numpy(), epsilon, u, any_action)

        played = agents.roll_out(catch, choose, 10, last, None if number else seed)
        last = played.last
        memory.add(played.transitions())
        for _ in range(updates):
            drawn = memory.sample(batch)
            after = drawn.next_observations
            y = find_targets(
                drawn.rewards, drawn.terminated, run(after).numpy(), run_target(after).numpy()
            )
            q = run(drawn.observations).numpy()
            descend(drawn.observations, td_gradient(q, drawn.actions, np.asarray(y)))
        if number % 2:
            target_network.set_weights(network.get_weights())
        if (number + 1) % (rounds // 10) == 0:
            rewards.append(play_all_starts(lambda screens: run(screens).numpy())[0].mean())
    return lambda screens: run(screens).numpy(), rewards


def plain_targets(rewards, terminated, online_q, target_q):
    """The targets of a DQN ask the target network only."""
    return td_targets(rewards, terminated, target_q, CATCH_GAMMA)


ROUNDS = 70 if QUICK else 200
began = time.perf_counter()
catch_values, catch_rewards = train_catch(0, plain_targets, ROUNDS)
seconds = time.perf_counter() - began
print(f"mean reward of all 100 games, after each tenth of {ROUNDS * 320:,} steps:")
print(", ".join(f"{reward:.2f}" for reward in catch_rewards), f"  in {seconds:.0f} s")

# %% [markdown]
# Watch it play: 24 of the 100 games at once. The paddle sometimes waits for a while before it
# moves; with nine steps there is time.

# %%
from IPython.display import Image

from course_lib.figures.save_gif import save_gif

_, shown = play_all_starts(catch_values)
frames = shown[:, 2::4][:, :24].repeat(5, axis=2).repeat(5, axis=3)
Image(data=save_gif(list(frames), "catch.gif", columns=8, seconds=0.2).read_bytes())

# %% [markdown]
# ## 5 The largest of many guesses
#
# The maximum in the target has a flaw. Suppose that all actions are worth 0, and that the network's
# values for them are off by chance, some above, some below. The *maximum* of the values is nearly
# always above 0: it picks the luckiest error. So a DQN overestimates, and bootstrapping carries the
# error on.
#
# **Double DQN** (van Hasselt et al. 2016) splits the two jobs of the maximum. The online network
# *chooses* the action, the target network *values* it:
#
# $$y = r + \gamma \, Q^-\bigl(s', \arg\max_{a'} Q(s', a')\bigr)$$
#
# again without the second term where the episode terminated. If the errors of the two are
# independent, the value of the chosen action is right on average.
#
# ### Question 5 · `double_dqn`
#
# Write two functions; both must be right for the points.
#
# 1. `double_targets(rewards, terminated, online_q, target_q, gamma)` returns the targets `(n,)`.
#    `online_q` and `target_q` are the values of both networks for $s'$, `(n, actions)`.
# 2. `follow(target_weights, weights, tau)` moves a target network slowly instead of copying it
#    (Lillicrap et al. 2016). It takes two lists of arrays and returns a new list: each array of the
#    target moved by the share $\tau$ towards the other one.


# %% solution="double_dqn"
def double_targets(rewards, terminated, online_q, target_q, gamma):
    """Return the targets (n,) of a Double DQN."""
    ### BEGIN SOLUTION
    chosen = online_q.argmax(axis=1)
    values = target_q[np.arange(len(target_q)), chosen]
    return rewards + gamma * np.where(terminated, 0.0, values)
    ### END SOLUTION


def follow(target_weights, weights, tau):
    """Return the target's weights, moved by the share tau towards the weights; lists of arrays."""
    ### BEGIN SOLUTION
    return [old + tau * (new - old) for old, new in zip(target_weights, weights, strict=True)]
    ### END SOLUTION


# %% tests="double_dqn"
import numpy as np

from course_lib import testing as _testing


def _check_double(r, over, online, target, gamma):
    rows = np.arange(len(r))

    def wrong(values, over=over):
        return r + gamma * np.where(over, 0, values)

    chosen = target[rows, online.argmax(axis=1)]
    _testing.near(
        _call(double_targets, r, over, online, target, gamma),
        wrong(chosen),
        "`double_targets(rewards, terminated, online_q, target_q, gamma)`",
        mistakes={
            "Did you take the maximum of `target_q`? The online network chooses the action.": wrong(
                target.max(axis=1)
            ),
            "Did you take the maximum of `online_q`? The target network values the action.": wrong(
                online.max(axis=1)
            ),
            "Did you swap the two networks? `online_q` chooses, `target_q` values.": wrong(
                online[rows, target.argmax(axis=1)]
            ),
            "Did you bootstrap past the end? Where `terminated` is True, the target is the reward.": (
                wrong(chosen, over & False)
            ),
            "Is `terminated` the wrong way round?": wrong(chosen, ~over),
            "Did you forget gamma?": r + np.where(over, 0, chosen),
            "Did you use the smaller maximum? Let the online network choose.": wrong(
                np.minimum(online.max(axis=1), target.max(axis=1))
            ),
        },
    )


def _check_follow(old, new, tau):
    right = [a + tau * (b - a) for a, b in zip(old, new, strict=True)]
    given = _call(follow, [a.copy() for a in old], [b.copy() for b in new], tau)
    given = _unpack(given, len(old), "follow", f"a list of {len(old)} arrays")
    for place, (values, a, b) in enumerate(zip(given, old, new, strict=True)):
        _testing.near(
            values,
            right[place],
            f"array {place} of `follow(target_weights, weights, {tau})`",
            mistakes={
                "Is tau the wrong way round? The target keeps the share 1 - tau.": b
                + tau * (a - b),
                "Did you copy the weights?": b,
                "Did you return the target unchanged?": a,
                "Did you add tau times the weights, without shrinking the target?": a + tau * b,
            },
        )


# The online network chooses action 1, then 0, then 1. Expected: 0 + 0.5 · 2 = 1, 2, 1 + 0.5 · 3 = 2.5.
_check_double(
    np.array([0.0, 2, 1]),
    np.array([False, True, False]),
    np.array([[1.0, 6], [7, 0], [4, 5]]),
    np.array([[4.0, 2], [1, 3], [8, 3]]),
    0.5,
)
_check_follow(
    [np.array([[1.0, 2]]), np.array([0.0])], [np.array([[3.0, 6]]), np.array([8.0])], 0.25
)
### BEGIN HIDDEN TESTS


def _check_double_hidden(rng):
    for n, actions in ((12, 4), (8, 3), (30, 6)):
        over = rng.permutation(n) < 3
        online = rng.permutation(n * actions).reshape(n, actions) / 3 - 5
        target = rng.permutation(n * actions).reshape(n, actions) / 3 - 6
        _check_double(rng.normal(size=n), over, online, target, float(rng.uniform(0.6, 0.95)))
    shapes = ((3, 4), (4,), (2, 3, 2))
    old, new = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    for tau in (0.1, 0.7):
        _check_follow(old, new, tau)


_check_double_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Measure it where the truth is known. In 20,000 states all actions are worth exactly 0, and two
# networks are off by independent noise with standard deviation 1. What do the two kinds of targets
# expect?

# %%
rng = np.random.default_rng(0)
counts, nothing = np.array([2, 3, 5, 10, 20]), np.zeros(20000)
bias = {"DQN": [], "Double DQN": []}
for count in counts:
    online, target = rng.normal(size=(2, 20000, count))
    expected = {
        "DQN": td_targets(nothing, nothing > 0, target, 1.0),
        "Double DQN": double_targets(nothing, nothing > 0, online, target, 1.0),
    }
    for name, targets in expected.items():
        bias[name].append(np.reshape(targets, (10, -1)).mean(axis=1))
figures.curves_with_spread(
    {name: np.transpose(values) for name, values in bias.items()},
    counts,
    reference=("truth", 0.0),
    xlabel="actions",
    ylabel="mean target",
)

# %% [markdown]
# The noise of real networks is not independent: the target is a copy of the online network, only
# older. So Double DQN makes the overestimation smaller but does not remove it. In Catch you can see
# how much there is. A greedy agent that catches each ball gets 1 after nine steps, and the first
# step is worth $0.95^8 = 0.66$.


# %%
def print_overestimation(name, values_of):
    """Compare the values of the 100 starts with the returns that the agent really gets."""
    rewards, _ = play_all_starts(values_of)
    screens, _ = environments.Catch(100).reset(options={"columns": STARTS})
    estimates, truth = values_of(screens).max(axis=1), rewards * CATCH_GAMMA**8
    print(
        f"{name:>10}: reward {rewards.mean():.2f}, estimate {estimates.mean():.3f}, true return "
        f"{truth.mean():.3f}, overestimated by {np.mean(estimates - truth):+.3f}"
    )


print_overestimation("DQN", catch_values)
if not QUICK:
    double_values, _ = train_catch(
        0,
        lambda r, over, online, target: double_targets(r, over, online, target, CATCH_GAMMA),
        ROUNDS,
    )
    print_overestimation("Double DQN", double_values)

# %% [markdown]
# ## 6 Learning the policy itself
#
# A value is a detour: what is wanted is a policy. Let a network compute logits for the actions, and
# its softmax the probabilities $\pi(a \mid s)$. The expected return can be differentiated, although
# the environment cannot (REINFORCE, Williams 1992):
#
# $$\nabla J = \mathbb{E} \Bigl[ \sum_t \nabla \log \pi(a_t \mid s_t) \, A_t \Bigr]$$
#
# Actions that were followed by much reward become more probable. For the weight $A_t$ there are
# several choices with the same expectation:
#
# 1. the return of the whole episode;
# 2. **reward-to-go**, the return from step $t$ on: an action cannot change what came before it;
# 3. reward-to-go minus a *baseline* that does not depend on the action, here the mean of the other
#    games at the same step: an action is good if it is better than usual.
#
# They differ in variance, and variance decides how much has to be played.
#
# ### Question 6 · `policy_gradient`
#
# Write two functions; both must be right for the points.
#
# 1. `policy_gradient(logits, actions, weights)` returns the gradient of the loss
#    $L = -\frac1n \sum_i w_i \log \pi(a_i \mid s_i)$ with respect to the logits, `(n, actions)`.
#    Logits can be as large as ±1,000.
# 2. `advantages(rewards, alive, gamma)` returns $A$, `(steps, n)`, for `n` games that begin
#    together, each with one episode. `alive[t, j]` is True while game `j` is played; after its end
#    its rewards are 0. $A$ is the discounted reward-to-go (nothing follows the last step) minus its
#    mean over the games that are alive at the step, and 0 where a game is not alive.
#
# <details><summary>Hint 1, policy_gradient</summary>
#
# The gradient of $-\log \pi(a)$ at the logits is "probabilities minus one-hot", as in Lab 00. The
# function `softmax` above is safe for large logits.
#
# </details>
#
# <details><summary>Hint 2, advantages</summary>
#
# The mean over the games that are alive is a sum divided by `alive.sum(axis=1)`. At late steps that
# can be 0.
#
# </details>


# %% solution="policy_gradient"
def policy_gradient(logits, actions, weights):
    """Return the gradient (n, actions) of -mean(weights · log π) at the logits."""
    ### BEGIN SOLUTION
    one_hot = np.eye(logits.shape[1])[actions]
    return (softmax(logits) - one_hot) * weights[:, None] / len(logits)
    ### END SOLUTION


def advantages(rewards, alive, gamma):
    """Return reward-to-go minus its mean over the games alive (steps, n)."""
    ### BEGIN SOLUTION
    togo, following = np.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        togo[t] = following = rewards[t] + gamma * following
    playing = np.maximum(alive.sum(axis=1, keepdims=True), 1)
    return np.where(alive, togo - (togo * alive).sum(axis=1, keepdims=True) / playing, 0.0)
    ### END SOLUTION


# %% tests="policy_gradient"
import numpy as np

from course_lib import testing as _testing


def _probabilities(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _check_policy_gradient(logits, actions, weights):
    n, w = len(logits), weights[:, None]
    pi, one_hot = _probabilities(logits), np.eye(logits.shape[1])[actions]
    given = _call(policy_gradient, logits, actions, weights)
    if np.shape(given) == logits.shape:
        assert not np.any(np.isnan(np.asarray(given, dtype=float))), (
            "`policy_gradient` returned NaN. Is your softmax safe for large logits?"
        )
    _testing.near(
        given,
        (pi - one_hot) * w / n,
        "`policy_gradient(logits, actions, weights)`",
        mistakes={
            "Is the sign wrong? The loss has a minus.": (one_hot - pi) * w / n,
            "Did you forget to divide by n?": (pi - one_hot) * w,
            "Did you forget the weights?": (pi - one_hot) / n,
            "Did you divide by n · actions? The mean is over the n steps.": (
                (pi - one_hot) * w / logits.size
            ),
            "Did you divide by the sum of the weights? Divide by n.": (pi - one_hot)
            * w
            / np.sum(w),
            "Did you use the mean of the weights? Each step has its own.": (
                (pi - one_hot) * np.mean(w) / n
            ),
            "Did you forget the one-hot of the action?": pi * w / n,
            "Did you forget the probabilities?": -one_hot * w / n,
            "Did you divide by the probability? This is the gradient at π, not at the logits.": (
                -one_hot / np.maximum(pi, 1e-300) * w / n
            ),
            "Did you use the logits in place of the probabilities?": (logits - one_hot) * w / n,
        },
    )


def _togo(rewards, gamma):
    out, following = np.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        out[t] = following = rewards[t] + gamma * following
    return out


def _check_advantages(rewards, alive, gamma):
    g, count = _togo(rewards, gamma), np.maximum(alive.sum(axis=1, keepdims=True), 1)
    total = np.broadcast_to(g[:1], g.shape)
    over_alive = (g * alive).sum(axis=1, keepdims=True) / count
    given = _call(advantages, rewards, alive, gamma)
    if np.shape(given) == rewards.shape:
        assert not np.any(np.isnan(np.asarray(given, dtype=float))), (
            "`advantages` returned NaN. At some steps no game is alive: don't divide by 0."
        )
    _testing.near(
        given,
        np.where(alive, g - over_alive, 0),
        f"`advantages(rewards, alive, {gamma:.3g})`",
        mistakes={
            "Did you forget the baseline?": np.where(alive, g, 0),
            "Is the mean over all games? Take those that are alive.": np.where(
                alive, g - g.mean(axis=1, keepdims=True), 0
            ),
            "Did you forget to set steps after the end to 0?": g - over_alive,
            "Is the mean over the steps? Take it over the games.": np.where(
                alive, g - (g * alive).sum(axis=0) / np.maximum(alive.sum(axis=0), 1), 0
            ),
            "Did you subtract one mean from all steps? Each step has its own.": np.where(
                alive, g - g[alive].mean(), 0
            ),
            "Did you use the return of the whole episode? Use reward-to-go.": np.where(
                alive, total - (total * alive).sum(axis=1, keepdims=True) / count, 0
            ),
            "Did you forget gamma?": _subtract(_togo(rewards, 1.0), alive),
            "Did you use the rewards in place of the returns?": _subtract(rewards, alive),
            "Did you discount from the first step, γ^t · r_t? Discount from the step itself.": _subtract(
                _togo(rewards * gamma ** np.arange(len(rewards))[:, None], 1.0), alive
            ),
        },
    )


def _subtract(g, alive):
    count = np.maximum(alive.sum(axis=1, keepdims=True), 1)
    return np.where(alive, g - (g * alive).sum(axis=1, keepdims=True) / count, 0)


_check_policy_gradient(
    np.array([[0.0, 0], [np.log(3), 0]]), np.array([0, 1]), np.array([2.0, -0.5])
)  # expected: [[-0.5, 0.5], [-0.1875, 0.1875]]
# The first game lasts two steps, the second three. Reward-to-go: [[2, 4], [2, 4], [0, 4]].
_check_advantages(
    np.array([[1.0, 2], [2, 2], [0, 4], [0, 0]]),
    np.array([[True, True], [True, True], [False, True], [False, False]]),
    0.5,
)  # expected: [[-1, 1], [-1, 1], [0, 0], [0, 0]]
### BEGIN HIDDEN TESTS


def _check_policy_gradient_hidden(rng):
    for n, actions in ((7, 3), (5, 4), (9, 2)):
        logits, taken = 2 * rng.normal(size=(n, actions)), rng.integers(actions, size=n)
        _check_policy_gradient(logits, taken, rng.normal(size=n) + 0.5)
    _check_policy_gradient(
        np.array([[1000.0, 0], [0, -1000]]), np.array([1, 0]), np.array([1.0, 2])
    )
    for steps, n in ((12, 5), (9, 3)):
        lengths = rng.permutation(np.linspace(2, steps - 2, n).astype(int))
        alive = np.arange(steps)[:, None] < lengths
        rewards = np.where(alive, rng.normal(size=(steps, n)) + 1, 0)
        _check_advantages(rewards, alive, float(rng.uniform(0.6, 0.9)))


_check_policy_gradient_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The task is **CartPole**: a cart that is pushed left or right must keep a pole upright. Each step
# pays 1, and after 500 steps the episode is truncated. gymnasium computes many carts in one call.
# First the variance: 400 games of one fixed policy give 400 estimates of the same gradient. How far
# are they apart?


# %%
def make_carts(count):
    """Make carts that are simulated in one array."""
    return gymnasium.make_vec(
        "CartPole-v1", num_envs=count, vectorization_mode="vector_entry_point"
    )


def find_alive(played):
    """Return where (steps, n) the first episode of each game is being played."""
    ended = played.terminated | played.truncated
    return np.cumsum(ended, axis=0) - ended == 0


def run_tanh(network):
    """Return a NumPy function that computes a multilayer perceptron with tanh; it is faster in small steps."""
    weights = network.get_weights()

    def run(x):
        for w, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = np.tanh(x @ w + b)
        return x @ weights[-2] + weights[-1]

    return run


def draw_actions(logits, rng):
    """Draw one of two actions for each row of logits (n, 2)."""
    return (rng.uniform(size=len(logits)) < softmax(logits)[:, 1]).astype(int)


def print_variances(games=400, steps=120):
    """Print the variance of the gradient of a linear policy for three kinds of weights."""
    rng = np.random.default_rng(1)
    w = np.array([[0.0, 0.2], [0, 0.3], [0, 1], [0, 1]])  # better than chance, far from perfect
    played = agents.roll_out(make_carts(games), lambda x: draw_actions(x @ w, rng), steps, seed=1)
    alive = find_alive(played)
    rewards = played.rewards * alive
    togo = np.cumsum(rewards[::-1], axis=0)[::-1]
    kinds = {
        "whole return": np.broadcast_to(togo[:1], togo.shape),
        "reward-to-go": togo,
        "with a baseline": np.asarray(advantages(rewards, alive, 1.0)),
    }
    for name, weights in kinds.items():
        slopes = np.zeros((games, 4, 2))
        for x, actions, weight in zip(
            played.observations, played.actions, weights * alive, strict=True
        ):
            # The mean over the games is not wanted here: times `games` makes each row its own gradient.
            at_logits = games * np.asarray(policy_gradient(x @ w, actions, weight))
            slopes += x[:, :, None] * at_logits[:, None]
        print(f"{name:>16}: variance {slopes.var(axis=0).sum():8.1f}")


print_variances()

# %% [markdown]
# The expectation is the same each time. With reward-to-go the estimates scatter far less, and with
# a baseline less again. So fewer games are needed for the same precision. Now train a small
# network, with and without a baseline, on 32 carts. An iteration plays 200 steps: longer games are
# cut off.


# %%
def train_reinforce(seed, use_baseline, iterations=35, games=32, steps=200):
    """Train by REINFORCE; returns the actor and the mean return of each iteration."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    actor, _ = models.actor_critic(units=(32,))
    descend, carts, means = make_descent(actor, 1e-2), make_carts(games), []
    for number in range(iterations):
        run = run_tanh(actor)
        played = agents.roll_out(
            carts, lambda x, run=run: draw_actions(run(x), rng), steps, seed=1000 * seed + number
        )
        alive = find_alive(played)
        rewards = played.rewards * alive
        never = np.zeros(rewards.shape, bool)
        weights = np.asarray(
            advantages(rewards, alive, 0.99)
            if use_baseline
            else discounted_returns(rewards, never, never, 0 * rewards, 0.99)
        )[alive]
        x = played.observations[alive]
        scaled = weights / (weights.std() + 1e-8)
        descend(x, policy_gradient(run(x), played.actions[alive], scaled))
        means.append(rewards.sum(axis=0).mean())
    return actor, means


trained = {True: [], False: []}
for seed in range(2 if QUICK else 5):
    for use_baseline in trained:
        trained[use_baseline].append(train_reinforce(seed, use_baseline))
figures.curves_with_spread(
    {
        "with baseline": [means for _, means in trained[True]],
        "without": [means for _, means in trained[False]],
    },
    np.arange(1, 36),
    reference=("limit", 200),
    xlabel="iterations",
    ylabel="mean return of 32 games",
)

# %% [markdown]
# ## 7 An actor and a critic
#
# Both learn, and with 32 games an iteration the baseline makes little difference to the curves: the
# mean over 32 games and Adam smooth the rest of the noise away. Its advantage is largest where
# games are few or long.
#
# A better baseline is a network: the **critic**, which estimates $V(s)$. The policy is then called
# the **actor**. With a critic the return need not be awaited. One step is enough for an estimate of
# the advantage, the TD error
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t) \qquad (V(s_{t+1}) = 0 \text{ if terminated at } t)$$
#
# It scatters little, but it is only as good as the critic. The sum of all later ones is as good as
# the return, but scatters as much. **Generalised advantage estimation**, GAE (Schulman et al.
# 2016), goes between the two with $\lambda$:
#
# $$A_t = \delta_t + \gamma \lambda \cdot \begin{cases} 0 & \text{the episode ended at } t \text{, by terminated or truncated} \\
# A_{t+1} & \text{otherwise} \end{cases}$$
#
# and $A = \delta$ at the last step. Note that a truncated step has its $V(s_{t+1})$, but the sum
# stops there all the same: the next row belongs to another episode.
#
# REINFORCE uses each game for a single step. To take several, the policy must not move far from the
# one that played. **PPO** (Schulman et al. 2017) compares the two policies and clips their ratio.
# With $\rho_i = \pi(a_i \mid s_i) / \pi_{old}(a_i \mid s_i)$,
#
# $$L = -\frac1n \sum_i \min \bigl( \rho_i A_i, \; \mathrm{clip}(\rho_i, 1 - \epsilon, 1 + \epsilon) \, A_i \bigr)$$
#
# Once an action has become more than $1 + \epsilon$ times as probable, there is nothing more to be
# won by it: the gradient of its term is 0. If a bad step has already gone in the wrong direction,
# the minimum keeps the gradient, so that it can be undone.
#
# ### Question 7 · `actor_critic`
#
# Write three functions; all must be right for the points.
#
# 1. `gae(rewards, terminated, truncated, values, next_values, gamma, lam)` returns $A$,
#    `(steps, n)`. All arrays are `(steps, n)`; `values[t]` is $V(s_t)$ and `next_values[t]` is
#    $V(s_{t+1})$.
# 2. `ppo_loss(logits, actions, old_log_p, advantage, clip)` returns the number $L$. `old_log_p`,
#    `(n,)`, is $\log \pi_{old}(a_i \mid s_i)$.
# 3. `ppo_gradient(logits, actions, old_log_p, advantage, clip)` returns its gradient at the logits,
#    `(n, actions)`.
#
# <details><summary>Hint 1, ppo_gradient</summary>
#
# Where the gradient is not 0, the term is $\rho_i A_i$. From
# $\nabla \rho = \rho \, \nabla \log \pi$ follows that this is `policy_gradient` with the weights
# $\rho_i A_i$.
#
# </details>
#
# <details><summary>Hint 2, ppo_gradient</summary>
#
# The gradient is 0 where $A_i > 0$ and $\rho_i > 1 + \epsilon$, and where $A_i < 0$ and
# $\rho_i < 1 - \epsilon$.
#
# </details>


# %% solution="actor_critic"
def gae(rewards, terminated, truncated, values, next_values, gamma, lam):
    """Return generalised advantages (steps, n); arrays (steps, n)."""
    ### BEGIN SOLUTION
    errors = rewards + gamma * np.where(terminated, 0.0, next_values) - values
    found, following = np.zeros(errors.shape), 0.0
    for t in reversed(range(len(errors))):
        ended = terminated[t] | truncated[t]
        found[t] = following = errors[t] + gamma * lam * np.where(ended, 0.0, following)
    return found
    ### END SOLUTION


def ppo_loss(logits, actions, old_log_p, advantage, clip):
    """Return the clipped loss of PPO, a number."""
    ### BEGIN SOLUTION
    ratio = np.exp(np.log(softmax(logits)[np.arange(len(logits)), actions]) - old_log_p)
    clipped = np.clip(ratio, 1 - clip, 1 + clip)
    return -np.mean(np.minimum(ratio * advantage, clipped * advantage))
    ### END SOLUTION


def ppo_gradient(logits, actions, old_log_p, advantage, clip):
    """Return the gradient (n, actions) of the loss of PPO at the logits."""
    ### BEGIN SOLUTION
    ratio = np.exp(np.log(softmax(logits)[np.arange(len(logits)), actions]) - old_log_p)
    is_clipped = np.where(advantage > 0, ratio > 1 + clip, ratio < 1 - clip)
    return policy_gradient(logits, actions, np.where(is_clipped, 0.0, ratio * advantage))
    ### END SOLUTION


# %% tests="actor_critic"
import numpy as np

from course_lib import testing as _testing


def _gae(r, term, trunc, v, v_next, gamma, lam, past_end=False, cut_value=True, stop="both"):
    """Compute GAE; the options are mistakes."""
    no_value = term if cut_value else term | trunc
    errors = r + gamma * np.where(no_value & (not past_end), 0, v_next) - v
    out, following = np.zeros(r.shape), 0.0
    for t in reversed(range(len(r))):
        ended = {"both": term[t] | trunc[t], "terminated": term[t]}.get(stop, term[t] & False)
        out[t] = following = errors[t] + gamma * lam * np.where(ended, 0, following)
    return out


def _check_gae(*arguments):
    r, term, trunc, v, v_next, gamma, lam = arguments
    right = _gae(*arguments)
    _testing.near(
        _call(gae, *arguments),
        right,
        "`gae(rewards, terminated, truncated, values, next_values, gamma, lam)`",
        mistakes={
            "Did you bootstrap past a terminated step?": _gae(*arguments, past_end=True),
            "Did you leave out `next_values` at truncated steps? Only terminated means 0.": _gae(
                *arguments, cut_value=False
            ),
            "Does the sum run on past truncated steps? The next row is another episode.": _gae(
                *arguments, stop="terminated"
            ),
            "Does the sum run on past the ends of episodes?": _gae(*arguments, stop="never"),
            "Does the sum run on past the ends of episodes, and did you bootstrap there?": _gae(
                *arguments, stop="never", past_end=True
            ),
            "Did you forget lambda?": _gae(*arguments[:-1], 1.0),
            "Did you forget gamma in the sum?": _gae(*arguments[:-1], lam / gamma),
            "Did you forget gamma in the TD error?": _gae(
                r, term, trunc, v, v_next / gamma, gamma, lam
            ),
            "Are these the TD errors? Add the later ones.": _gae(*arguments[:-1], 0.0),
            "Did you forget to subtract `values`?": _gae(r, term, trunc, 0 * v, v_next, gamma, lam),
            "Are these returns, advantages plus values?": right + v,
        },
    )


def _ppo(logits, actions, old, advantage, clip, smaller=np.minimum, clip_ratio=True):
    pi = _probabilities(logits)[np.arange(len(logits)), actions]
    ratio = np.exp(np.log(pi) - old)
    inside = np.clip(ratio, 1 - clip, 1 + clip) if clip_ratio else ratio
    return -np.mean(smaller(ratio * advantage, inside * advantage))


def _slope(f, logits):
    """Differentiate a number numerically at each logit."""
    out = np.zeros(logits.shape)
    for place in np.ndindex(*logits.shape):
        step = np.zeros(logits.shape)
        step[place] = 1e-5
        out[place] = (f(logits + step) - f(logits - step)) / 2e-5
    return out


def _check_ppo(logits, actions, old, advantage, clip):
    arguments = (logits, actions, old, advantage, clip)
    pi = _probabilities(logits)[np.arange(len(logits)), actions]
    right, n = _ppo(*arguments), len(logits)

    def clipped_only(ratio_term, clipped_term):
        return clipped_term

    _testing.near(
        _call(ppo_loss, *arguments),
        right,
        "`ppo_loss(logits, actions, old_log_p, advantage, clip)`",
        mistakes={
            "Is the sign wrong? The loss has a minus.": -right,
            "Did you use the sum? Use the mean.": n * right,
            "Did you forget to clip?": _ppo(*arguments, clip_ratio=False),
            "Did you take the maximum of the two terms? Take the minimum.": _ppo(
                *arguments, np.maximum
            ),
            "Did you leave out the unclipped term? Take the smaller of both.": _ppo(
                *arguments, clipped_only
            ),
            "Did you divide by `old_log_p`? It is a logarithm: ρ = exp(log π - old_log_p).": -np.mean(
                np.minimum(pi / old * advantage, np.clip(pi / old, 1 - clip, 1 + clip) * advantage)
            ),
            "Is the ratio upside down? It is new over old.": _ppo(
                logits, actions, 2 * np.log(pi) - old, advantage, clip
            ),
            "Did you use `clip`?": _ppo(logits, actions, old, advantage, 0.2),
            "Did you clip to -ε … ε? Clip to 1 - ε … 1 + ε.": -np.mean(
                np.minimum(
                    np.exp(np.log(pi) - old) * advantage,
                    np.clip(np.exp(np.log(pi) - old), -clip, clip) * advantage,
                )
            ),
            "Did you take the smaller ratio? Take the smaller product with A.": -np.mean(
                np.minimum(np.exp(np.log(pi) - old), 1 + clip) * advantage
            ),
        },
    )

    def differentiate(smaller=np.minimum, clip_ratio=True):
        return _slope(lambda z: _ppo(z, actions, old, advantage, clip, smaller, clip_ratio), logits)

    ratio, one_hot = np.exp(np.log(pi) - old), np.eye(logits.shape[1])[actions]
    inside = (np.abs(ratio - 1) <= clip)[:, None]
    away = (_probabilities(logits) - one_hot) / n
    slope = differentiate()
    _testing.near(
        _call(ppo_gradient, *arguments),
        slope,
        "`ppo_gradient(logits, actions, old_log_p, advantage, clip)`",
        rtol=1e-3,
        atol=1e-5,
        mistakes={
            "Is the sign wrong?": -slope,
            "Did you forget to divide by n?": n * slope,
            "Is the gradient 0 wherever the ratio is outside? Only where the minimum is clipped.": (
                differentiate(clipped_only)
            ),
            "Is the gradient never 0? Where the minimum is clipped, it is.": differentiate(
                clip_ratio=False
            ),
            "Did you forget the ratio in the weights?": np.where(
                slope == 0, 0, away * advantage[:, None]
            ),
            "Did you clip the ratio in the weights? Where it is clipped, the gradient is 0.": away
            * (np.clip(ratio, 1 - clip, 1 + clip) * advantage)[:, None],
            "Did you take the sides for A > 0 and A < 0 the wrong way round?": np.where(
                inside | (slope == 0), away * (ratio * advantage)[:, None], 0
            ),
        },
    )


# Terminated after step 1, truncated after step 2. TD errors: 1 + 2 - 2, 2 - 3, 1 + 2 - 2, 0 + 3 - 1.
# Gamma and lambda differ, so that a forgotten one is found.
_check_gae(
    np.array([[1.0], [2], [1], [0]]),
    _flags([[0], [1], [0], [0]]),
    _flags([[0], [0], [1], [0]]),
    np.array([[2.0], [3], [2], [1]]),
    np.array([[4.0], [7], [4], [6]]),
    0.5,
    0.25,
)  # expected: 0.875, -1, 1, 2
# ratios: 2, 1.5, 0.4, 0.8 (the policy is 0.8, 0.6, 0.2, 0.4); clip 0.3 cuts the first and the third.
_check_ppo(
    np.log([[0.8, 0.2], [0.4, 0.6], [0.2, 0.8], [0.6, 0.4]]),
    np.array([0, 1, 0, 1]),
    np.log([0.4, 0.4, 0.5, 0.5]),
    np.array([1.0, -2, -1, 2]),
    0.3,
)
### BEGIN HIDDEN TESTS


def _check_actor_critic_hidden(rng):
    for steps, n in ((12, 4), (8, 1)):
        term, trunc = rng.uniform(size=(2, steps, n)) < 0.12
        term[2], trunc[5], trunc[2], term[5] = True, True, rng.uniform(size=n) < 0.5, False
        term[-1], trunc[-1] = False, False
        v, v_next = rng.normal(size=(2, steps, n)) + 2
        gamma, lam = (float(x) for x in rng.uniform(0.7, 0.95, 2))
        _check_gae(rng.normal(size=(steps, n)), term, trunc, v, v_next, gamma, lam)
    for actions, clip in ((2, 0.2), (4, 0.35)):
        # All combinations of a ratio below, inside and above the clip with both signs. 0.72 and 1.28
        # are outside for one clip and inside for the other.
        ratio = np.tile([0.5, 0.72, 0.93, 1.08, 1.28, 1.7], 4) * rng.uniform(0.98, 1.02, 24)
        advantage = np.repeat([1.0, -1.0], 12) * rng.uniform(0.5, 2, 24)
        logits, taken = rng.normal(size=(24, actions)), rng.integers(actions, size=24)
        log_p = np.log(_probabilities(logits)[np.arange(24), taken])
        order = rng.permutation(24)
        _check_ppo(
            logits[order], taken[order], (log_p - np.log(ratio))[order], advantage[order], clip
        )


_check_actor_critic_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Now both networks learn on 32 carts. Each iteration plays 128 steps and then takes about 60 small steps
# with the same games, four times through all of them. REINFORCE would have taken one.


# %%
def find_advantages(played, critic):
    """Return GAE for a roll-out, and what the critic should have said: both (steps, n)."""
    run = run_tanh(critic)
    values, next_values = run(played.observations)[..., 0], run(played.next_observations)[..., 0]
    found = np.asarray(
        gae(played.rewards, played.terminated, played.truncated, values, next_values, 0.99, 0.95)
    )
    return found, found + values


def improve(networks, descents, x, actions, advantage, targets, rng):
    """Take the steps of one iteration of PPO, with batches of 256."""
    (actor, critic), (descend_actor, descend_critic) = networks, descents
    old = np.log(softmax(run_tanh(actor)(x))[np.arange(len(x)), actions])
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    for _ in range(4):
        for rows in np.array_split(rng.permutation(len(x)), len(x) // 256):
            logits, value = run_tanh(actor)(x[rows]), run_tanh(critic)(x[rows])[:, 0]
            descend_actor(
                x[rows], ppo_gradient(logits, actions[rows], old[rows], advantage[rows], 0.2)
            )
            descend_critic(x[rows], (value - targets[rows])[:, None] / len(rows))


def train_ppo(seed, iterations, games=32, steps=128):
    """Train by PPO; returns the actor."""
    keras.utils.set_random_seed(seed)
    rng, carts, last = np.random.default_rng(seed), make_carts(games), None
    networks = models.actor_critic(units=(32, 32))
    rate = keras.optimizers.schedules.PolynomialDecay(5e-3, 64 * iterations, 5e-4)
    descents = [make_descent(network, rate) for network in networks]
    for number in range(iterations):
        run = run_tanh(networks[0])
        played = agents.roll_out(
            carts,
            lambda x, run=run: draw_actions(run(x), rng),
            steps,
            last,
            None if number else seed,
        )
        last, valid = played.last, played.valid
        advantage, targets = (a[valid] for a in find_advantages(played, networks[1]))
        x, actions = played.observations[valid], played.actions[valid]
        improve(networks, descents, x, actions, advantage, targets, rng)
    return networks[0]


def judge_carts(actor, games=100):
    """Return the returns of 100 games in which the actor takes its most probable action."""
    run = run_tanh(actor)
    played = agents.roll_out(make_carts(games), lambda x: run(x).argmax(axis=1), 500, seed=7)
    return (played.rewards * find_alive(played)).sum(axis=0)


began = time.perf_counter()
actor = train_ppo(0, 15 if QUICK else 40)
seconds = time.perf_counter() - began
for name, network in {"REINFORCE": trained[True][0][0], "PPO": actor}.items():
    returns = judge_carts(network)
    print(
        f"{name:>9}: mean return of 100 games {returns.mean():.0f}, the worst {returns.min():.0f}"
    )
print(f"PPO played {(15 if QUICK else 40) * 4096:,} steps in {seconds:.0f} s")

# %% [markdown]
# ## 8 AlphaZero, small
#
# In a game for two there is more than reward to learn from: the rules. They allow thinking ahead.
# **AlphaZero** (Silver et al. 2017) combines a network with a search. The network looks at a board
# and says two things, which moves look good, $P(s, a)$, and who is winning, $v(s)$ between -1 and 1
# for the player who moves next. The search tries what follows.
#
# For each state that it has been at, the search keeps how often each move was tried, $N(s, a)$, and
# the mean $Q(s, a)$ of the values that this led to, for the player who moves at $s$; 0 for a move
# that was never tried. It follows the move with the largest
#
# $$Q(s, a) + c \, P(s, a) \frac{\sqrt{N(s)}}{1 + N(s, a)}, \qquad N(s) = 1 + \sum_b N(s, b)$$
#
# This rule is called PUCT. The first part prefers what was good; the second what the network likes
# and has not been tried often. One *simulation* goes like this:
#
# 1. Begin at the root. While the state is one that the search has been at, follow the rule.
# 2. At a state that is *new*, stop. Begin its statistics with zeros. Its value is $v(s)$. If the
#    game is *over* there, its value is the result, and no statistics are needed.
# 3. Go back along the path. The value of a state is that of the player who moves there. So it
#    changes its *sign* at each step back: what is good for me is bad for my opponent.
#
# After many simulations, the counts at the root are the search's opinion. It is better than the
# network's, so the network can learn from it, and so on: self-play.
#
# Tic-tac-toe has so few boards that everything fits in tables. `rules.next_state[s, a]` is the
# number of the state after move `a`, or -1 if the move is not possible. `rules.result[s]` is NaN
# while the game goes on; at its end it is -1 if the player who would move next has lost, and 0 for
# a draw. Boards are always seen by the player who moves next.

# %%
rules = environments.tic_tac_toe_rules()
state = rules.next_state[rules.start, 4]
print(f"{len(rules.reachable):,} boards; after a cross in the middle, the other player sees")
print(rules.boards[state].reshape(3, 3), f" state {state}")

# %% [markdown]
# ### Question 8 · `search`
#
# Write two functions; both must be right for the points.
#
# 1. `puct_scores(priors, counts, totals, c)` returns the scores of all moves of one state,
#    `(moves,)`. `priors` is $P(s, a)$, `counts` is $N(s, a)$, and `totals` is the sum of the values
#    of each move, so that $Q$ is `totals / counts`, or 0 if it was never tried.
# 2. `search(state, priors, values, simulations, c)` returns the counts at the root, `(9,)`.
#    `priors`, `(19683, 9)`, and `values`, `(19683,)`, hold what the network says about each state.
#    Impossible moves are never followed, whatever their prior is. Among equal scores, the first
#    move wins. A state that is reached in two ways is the same state. The first simulation only
#    finds that the root is new; so the counts add up to `simulations - 1`.
#
# <details><summary>Hint 1, search</summary>
#
# Keep two dictionaries from states to arrays of length 9, `counts` and `totals`. `s in counts` says
# whether the search has been at `s`.
#
# </details>
#
# <details><summary>Hint 2, search</summary>
#
# In a simulation, append each pair (state, move) to a list. To go back, walk through
# `reversed(path)`, and turn the sign of the value *before* you add it.
#
# </details>


# %% solution="search"
def puct_scores(priors, counts, totals, c):
    """Return the score of each move by PUCT, (moves,)."""
    ### BEGIN SOLUTION
    means = totals / np.maximum(counts, 1)
    return means + c * priors * np.sqrt(1 + counts.sum()) / (1 + counts)
    ### END SOLUTION


def search(state, priors, values, simulations, c):
    """Return how often each move was tried at the root, (9,)."""
    ### BEGIN SOLUTION
    counts, totals = {}, {}
    for _ in range(simulations):
        path, s = [], state
        while s in counts:
            scores = puct_scores(priors[s], counts[s], totals[s], c)
            move = np.argmax(np.where(rules.next_state[s] >= 0, scores, -np.inf))
            path.append((s, move))
            s = rules.next_state[s, move]
        value = rules.result[s]
        if np.isnan(value):
            counts[s], totals[s] = np.zeros(9), np.zeros(9)
            value = values[s]
        for before, move in reversed(path):
            value = -value
            counts[before][move] += 1
            totals[before][move] += value
    return counts[state]
    ### END SOLUTION


# %% tests="search"
import numpy as np

from course_lib import environments as _environments
from course_lib import testing as _testing

_RULES = _environments.tic_tac_toe_rules()


def _score(p, n, w, c, root=1.0, spread=1.0, empty=0.0):
    means = np.where(n > 0, w / np.maximum(n, 1), empty)
    return means + c * p * np.sqrt(root + n.sum()) / (spread + n)


def _search(state, priors, values, simulations, c, score=_score, illegal=False, **mistakes):
    """Search; returns counts and how far the best move was ahead. The options are mistakes."""
    n, w, margin = {}, {}, np.inf
    for _ in range(simulations):
        path, s = [], int(state)
        while s in n:
            scores = score(priors[s], n[s], w[s], c)
            scores = np.where(_RULES.next_state[s] >= 0, scores, -np.inf)
            ahead = np.sort(scores)[-2:]
            margin = min(margin, ahead[1] - ahead[0])
            move = int(scores.argmax())
            path.append((s, move))
            s = int(_RULES.next_state[s, move])
        value = _RULES.result[s]
        if np.isnan(value):
            n[s], w[s] = np.zeros(9), np.zeros(9)
            value = mistakes.get("value", lambda s: values[s])(s)
        elif "result" in mistakes:
            value = mistakes["result"] * value
        for step, (before, move) in enumerate(reversed(path)):
            if step or not mistakes.get("late_turn"):
                value = value if mistakes.get("no_turn") else -value
            n[before][move] += 1
            w[before][move] += value
    return n[int(state)], margin


def _check_scores(p, n, w, c):
    right = _score(p, n, w, c)
    given = _call(puct_scores, p, n, w, c)
    if np.shape(given) == p.shape:
        assert not np.any(np.isnan(np.asarray(given, dtype=float))), (
            "`puct_scores` returned NaN. Q is 0 for a move that was never tried."
        )
    tried = w / np.maximum(n, 1)
    _testing.near(
        given,
        right,
        "`puct_scores(priors, counts, totals, c)`",
        mistakes={
            "Did you use `totals` in place of their mean Q?": right - tried + w,
            "Did you leave out the 1 in N(s)? It is 1 plus the sum of the counts.": _score(
                p, n, w, c, root=0.0
            ),
            "Did you forget the square root?": tried + c * p * (1 + n.sum()) / (1 + n),
            "Did you take the logarithm of N(s)?": tried
            + c * p * np.sqrt(np.log(1 + n.sum())) / (1 + n),
            "Did you forget the priors?": tried + c * np.sqrt(1 + n.sum()) / (1 + n),
            "Did you forget c?": _score(p, n, w, 1.0),
            "Did you divide by the count without adding 1?": tried
            + c * p * np.sqrt(1 + n.sum()) / np.maximum(n, 1),
            "Is the square root over the whole fraction?": tried
            + c * p * np.sqrt((1 + n.sum()) / (1 + n)),
            "Did you divide `totals` by 1 + counts? Q is the mean.": right - tried + w / (1 + n),
        },
    )


def _check_search(state, priors, values, simulations, c):
    right, _ = _search(state, priors, values, simulations, c)
    given = _call(search, int(state), priors, values, simulations, c)
    other = {
        "Does the value change its sign at each step back?": {"no_turn": True},
        "Did you turn the sign after adding the value? Turn it before.": {"late_turn": True},
        "Is the sign of the network's value wrong?": {"value": lambda s: -values[s]},
        "Did you ignore the network's value?": {"value": lambda s: 0.0},
        "Is the sign of the result at the end wrong? `rules.result` is for the player who moves next.": {
            "result": -1
        },
        "Did you ignore the results at the ends of games?": {"result": 0},
    }
    mistakes = {
        hint: _search(state, priors, values, simulations, c, **option)[0]
        for hint, option in other.items()
    }
    mistakes["Did you do one simulation too many? The first one only finds the root."] = _search(
        state, priors, values, simulations + 1, c
    )[0]
    mistakes["Did you do one simulation too few?"] = _search(
        state, priors, values, simulations - 1, c
    )[0]
    mistakes["Are these shares? Return the counts."] = right / right.sum()
    if np.shape(given) == (9,):
        blocked = _RULES.next_state[state] < 0
        assert not np.any(np.asarray(given, dtype=float)[blocked]), (
            "`search` tried a move that is not possible. Follow the largest score among the possible moves."
        )
    _testing.near(
        given,
        right,
        f"`search({state}, priors, values, {simulations}, {c})`",
        mistakes=mistakes,
    )


def _draw_network(rng):
    """Draw opinions about each state; impossible moves have priors, too."""
    return rng.dirichlet(np.ones(9), 19683), rng.uniform(-0.8, 0.8, 19683)


def _play(*moves):
    state = _RULES.start
    for move in moves:
        state = int(_RULES.next_state[state, move])
    return state


def _find_clear_network(rng, state, simulations, c):
    """Draw a network for which no two scores are nearly the same."""
    while True:
        priors, values = _draw_network(rng)
        if _search(state, priors, values, simulations, c)[1] > 1e-4:
            return priors, values


_check_scores(
    np.array([0.5, 0.3, 0.2]), np.array([2.0, 1, 0]), np.array([1.0, -0.5, 0]), 2.0
)  # expected: 1/2 + 2/3, -1/2 + 0.6, 0.8
_check_search(
    _play(0, 4, 8), *_find_clear_network(np.random.default_rng(1), _play(0, 4, 8), 30, 1.5), 30, 1.5
)
### BEGIN HIDDEN TESTS


def _check_search_hidden(rng):
    for moves in (3, 5, 9):
        n = rng.permutation(np.arange(moves)).astype(float)
        _check_scores(rng.dirichlet(np.ones(moves)), n, n * rng.uniform(-1, 1, moves), 1.7)
    # The opening, and boards with two, four and six stones.
    boards = ((), (0, 4), (2, 4, 0, 1), (0, 1, 4, 8, 2, 6))
    for moves, simulations, c in zip(boards, (60, 90, 60, 25), (1.5, 1.0, 2.0, 1.2), strict=True):
        state = _play(*moves)
        network = _find_clear_network(rng, state, simulations, c)
        _check_search(state, *network, simulations, c)


_check_search_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Is a search alone enough? Give it a network that knows nothing, all moves equally likely and all
# values 0. A player whose moves depend on the board alone can be judged exactly: play it against
# every possible opponent, which includes minimax. 0 is the best worst result, because nobody can
# force a win at tic-tac-toe.


# %%
def judge_player(priors, values, simulations):
    """Return the worst results against all opponents, moving first and second."""
    return agents.worst_results(lambda s: np.argmax(search(s, priors, values, simulations, 1.5)))


ignorant = np.full((19683, 9), 1 / 9), np.zeros(19683)
for simulations in (50, 200):
    first, second = judge_player(*ignorant, simulations)
    print(
        f"ignorant network, {simulations:>3} simulations: worst result {first:+d} first, {second:+d} second"
    )

# %% [markdown]
# It loses to somebody. Now let it teach itself. In each round it plays games against itself, with
# some noise at the root so that the games differ. Then the network learns two things about each
# board that occurred: to prefer the moves that the search preferred, and to foresee who won.


# %%
def ask(network):
    """Return the priors (19683, 9) and values (19683,) of a network for all boards that can occur."""
    priors, values = np.full((19683, 9), 1 / 9), np.zeros(19683)
    logits, expected = network(rules.boards[rules.reachable].astype("float32"))
    logits = np.where(rules.next_state[rules.reachable] >= 0, np.asarray(logits), -30)
    priors[rules.reachable] = softmax(logits)
    values[rules.reachable] = np.asarray(expected)[:, 0]
    return priors, values


def play_itself(priors, values, simulations, rng):
    """Play one game; returns the boards (n, 9), the shares of the moves (n, 9) and the results (n,)."""
    s, states, shares = rules.start, [], []
    priors = priors.copy()
    while np.isnan(rules.result[s]):
        noise = rng.dirichlet(np.ones(9))
        priors[s] = np.where(rules.next_state[s] >= 0, 0.75 * priors[s] + 0.25 * noise, 0)
        counts = np.asarray(search(s, priors, values, simulations, 1.5), dtype=float)
        states.append(s)
        shares.append(counts / counts.sum())
        s = int(rules.next_state[s, rng.choice(9, p=shares[-1])])
    # The last player to move sees the result with the opposite sign, and so on backwards.
    results = rules.result[s] * (-1.0) ** np.arange(len(states), 0, -1)
    return rules.boards[states], np.array(shares), results


SQUARE = np.arange(9).reshape(3, 3)
VIEWS = [np.rot90(side, turns).ravel() for side in (SQUARE, SQUARE.T) for turns in range(4)]


def train_alpha_zero(seed, rounds, games=25, simulations=60):
    """Learn tic-tac-toe by self-play; returns the network."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    network, played = models.alpha_zero(), []
    losses = [keras.losses.CategoricalCrossentropy(from_logits=True), "mse"]
    network.compile(keras.optimizers.Adam(3e-3), losses)
    for _ in range(rounds):
        priors, values = ask(network)
        played += [play_itself(priors, values, simulations, rng) for _ in range(games)]
        boards, shares, results = map(np.concatenate, zip(*played[-3 * games :], strict=True))
        # Turned or mirrored, a board is as good as before.
        x, moves = (
            np.concatenate([array[:, view] for view in VIEWS]) for array in (boards, shares)
        )
        targets = [moves, np.tile(results, 8)[:, None]]
        network.fit(x, targets, batch_size=128, epochs=2, verbose=0)
    return network


began = time.perf_counter()
network = train_alpha_zero(0, 8 if QUICK else 24)
priors, values = ask(network)
print(f"self-play: {time.perf_counter() - began:.0f} s")
for simulations in (2, 50, 200):
    first, second = judge_player(priors, values, simulations)
    print(
        f"trained network, {simulations:>3} simulations: worst result {first:+d} first, {second:+d} second"
    )

# %% [markdown]
# With two simulations the search only follows the network's first choice, and the network alone
# can be beaten. With a search of 50 simulations, the trained network does not lose when it moves
# first; the ignorant one needs 200 for that. Moving second is harder. After the 200 games of the
# quick profile a hole can remain there, depending on the seed. More games or more simulations close
# it in most cases. That is AlphaZero's circle: the search corrects the network, and the network
# guides the search.

# %%
openings = ((), (0,), (4,), (0, 4, 8), (4, 0, 8), (0, 3, 1))
shown = []
for moves in openings:
    s = rules.start
    for move in moves:
        s = rules.next_state[s, move]
    shown.append(s)
figures.search_counts(
    rules.boards[shown], priors[shown], [search(s, priors, values, 100, 1.5) for s in shown]
)

# %% [markdown]
# ## 9 What the reward did not say
#
# The reward of the lake is rare. It is tempting to help: pay 0.1 for each step that leads nearer to
# the goal. Nothing needs to be trained to see what comes of it. Value iteration finds the best
# policy for the new reward, and `policy_values` tells what it is worth under the *old* one, the one
# that was meant.
#
# There is a way to help without harm. Add $\gamma \Phi(s') - \Phi(s)$ with any function $\Phi$ of
# the state that is 0 at the end; then no policy can gain by going in circles, and the best policy
# stays the best (Ng et al. 1999).

# %%
cell = np.arange(16)
far = (3 - cell // 4) + (3 - cell % 4)  # steps to the goal, without holes and slipping
nearer = (far[None, :] < far[:, None]).astype(float)  # (from, to)
promise = np.where([letter in "HG" for letter in "".join(lake_map)], 0, -0.1 * far)
bonuses = {
    "0.1 for each step nearer": np.sum(p_lake * 0.1 * nearer[:, None], axis=2),
    "a potential": GAMMA * p_lake @ promise - promise[:, None],
}
helped = {}
for name, bonus in bonuses.items():
    helped[name] = np.argmax(value_iteration(p_lake, r_lake + bonus, GAMMA, 2000), axis=1)
    paid = policy_values(p_lake, r_lake + bonus, GAMMA, helped[name])[0]
    meant = policy_values(p_lake, r_lake, GAMMA, helped[name])[0]
    print(f"{name:>24}: it earns {paid:+.2f}; in the reward that was meant {meant:.3f}")
print(f"{'the best policy':>24}: {optimum[0]:.3f}")

# %%
name = "0.1 for each step nearer"
figures.policy_arrows(
    helped[name],
    policy_values(p_lake, r_lake, GAMMA, helped[name]),
    lake_map,
    what="Paid for each step nearer",
)

# %% [markdown]
# ### Question 9 · `reward` (in words)
#
# Answer in five to eight sentences.
#
# 1. Look at the numbers and the arrows. What does the helped agent do, and why is that right in the
#    sense of the reward that it was given? What did that reward not say?
# 2. Why can the potential not be exploited in the same way? Look at the sum of
#    $\gamma \Phi(s') - \Phi(s)$ around a circle, for $\gamma$ near 1.
# 3. Name a real system that learns from a reward or a score, and what it may learn to do that
#    nobody wanted. How would you notice?

# %% [markdown] written="reward"
# ### BEGIN SOLUTION
# **A model answer.** (1) The helped agent never goes to the goal: the value of its policy under the
# reward that was meant is 0.000, against 0.542 of the best policy. It stays in the top row, aims at
# the wall and lets itself slip to and fro; even from the cell beside the goal it turns away. That
# is right: each step nearer pays 0.1 and a step back costs nothing, so going back and forth for
# ever earns 2.56, more than the single 1 at the goal, which also ends the income. The reward said
# "come nearer" but not "arrive", and it did not say that going away is bad. (2) Around a circle the
# state at the end is the one at the beginning, so the terms $\Phi(s') - \Phi(s)$ add up to 0 for γ
# = 1, and to almost nothing for γ near 1; what a step nearer pays, a step back takes away. Over an
# episode the discounted sum is $-\Phi(s_0)$ whatever the agent does, so the order of policies stays
# the same, and the best policy is still worth 0.542. (3) For example a recommender that is paid by
# minutes watched: it may learn to show what upsets people, because they stay. The number that is
# paid for cannot show this; one needs another measure that is not rewarded, such as surveys,
# complaints, or people who leave, and someone who looks at what the system really does.
#
# **Rubric, 3 points.**
#
# - 1 point: what the agent does, with the value 0 (or nearly) under the reward that was meant, and
#   why it is the best for the reward that was given: steps back are free, arriving ends the income.
#   Half without numbers or without the reason.
# - 1 point: the terms of a potential cancel around a circle. Half for "it is known to be safe".
# - 1 point: a real system with a plausible side effect, and a way to notice it that is not the
#   reward itself. Half for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - Take the target network away from the DQN (`run_target = run`) and train with five seeds. How
#   much does the spread grow?
# - Let the ball of Catch drift sideways. Then one screen is not enough: give the network the last
#   two as channels, as for Atari.
# - Change λ in PPO to 0 and to 1.
# - Let AlphaZero play four in a row on a larger board; then the tables no longer fit, and the
#   network is asked in the search.
#
# **Sources.** Watkins, *Learning from delayed rewards*, 1989 (ch. 7) · Williams, *Simple
# statistical gradient-following algorithms*, 1992 (§5) · Ng, Harada & Russell, *Policy invariance
# under reward transformations*, 1999 (theorem 1) · Mnih et al., *Playing Atari with deep
# reinforcement learning*, 2013 (algorithm 1), and *Human-level control*, 2015 (methods) · van
# Hasselt, Guez & Silver, *Deep reinforcement learning with double Q-learning*, 2016 (eq. 4) ·
# Lillicrap et al., *Continuous control with deep reinforcement learning*, 2016 (§3) · Schulman et
# al., *High-dimensional continuous control using generalized advantage estimation*, 2016 (eq. 16) ·
# Schulman et al., *Proximal policy optimization algorithms*, 2017 (eq. 7) · Silver et al.,
# *Mastering the game of Go without human knowledge*, 2017 (methods), and *Mastering chess and shogi
# by self-play*, 2017 · Sutton & Barto, *Reinforcement learning*, 2nd ed. 2018 (§4.4, 6.5, 13.3).
