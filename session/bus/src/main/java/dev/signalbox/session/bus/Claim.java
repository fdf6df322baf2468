package dev.signalbox.session.bus;

/** What a member holds: an event in its n-th attempt, counted from 1. Both together fence: another claim has another of the two. */
record Claim(EventId event, int attempt) {}
