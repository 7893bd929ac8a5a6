"""Federated learning in earnest: each site a process of its own, models averaged by Flower.

A simulation averages arrays that lie side by side. Here nothing lies side by side: a site is a
process that holds its own learner, its own replay and what it has lived through by itself; a
Flower SuperNode stands before it; the SuperLink and the ServerApp are processes too; and between
sites and server nothing travels but models, one message each way for a round of many local updates.

The sites disturb each other over the air, and the air is simulated: one more process, the world,
takes every site's action of a slot and gives every site what it alone would measure then. This
stands for physics. It is no message of the federation, and not among the bytes that are counted.

What is simplified: the world waits for all sites, so that a slot is the same slot everywhere, as
radio frames are; sites draw their noise from the run's seed, so that what they do can be repeated;
a site that has died stays silent, its action all zeros, to the end of the run; and sites do the
same local work under every strategy, so that strategies which change it (FedProx) are not among
those on offer. Where a scheme standardises rewards, a site does so by its own.

`together.federated` is the same federation in one process, without wire and without Flower: the
test of the other. The compiled loop of `training.federated` is the same algorithm in one program.
That one rounds differently in the last digit, because XLA fuses across what is cut apart here.
"""
