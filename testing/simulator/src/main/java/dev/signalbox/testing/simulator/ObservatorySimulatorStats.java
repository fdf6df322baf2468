package dev.signalbox.testing.simulator;

/**
 * What a simulated log sink has counted.
 *
 * @param requests posts to one of the two routes
 * @param batches batches taken
 * @param records records taken
 * @param repeated batches whose key was known, answered like the first and not taken again
 * @param unauthorized posts with a wrong token, or none
 * @param refused posts answered 400 or 413: poison, too long, or unreadable
 * @param failed posts that met a scripted fault
 */
public record ObservatorySimulatorStats(
        long requests, long batches, long records, long repeated, long unauthorized, long refused, long failed) {}
