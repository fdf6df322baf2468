package dev.signalbox.testing.simulator;

import java.time.Duration;

/**
 * What a simulated log sink does with a batch.
 *
 * @param fault what befalls every batch
 * @param status the answer under {@link Fault#ANSWER}, 100 to 599
 * @param retryAfterSeconds goes with that answer; 0 for none
 * @param latency before any answer, 0 to 1 h
 * @param poison a batch with a record whose message contains this is answered 400; empty for none
 * @param longest a batch of more bytes is answered 413; 0 for no bound
 */
public record ObservatorySimulatorBehaviour(
        Fault fault, int status, int retryAfterSeconds, Duration latency, String poison, int longest) {

    public enum Fault {
        /** Takes what it should. */
        NONE,
        /** Answers the given status and takes nothing. */
        ANSWER,
        /** Closes the connection without a word and takes nothing: an outage. */
        CUT,
        /** Takes the batch and closes the connection without a word. */
        CUT_AFTER,
        /** Says nothing, and takes nothing. */
        HANG
    }

    public ObservatorySimulatorBehaviour {
        if (status < 100 || status > 599 || retryAfterSeconds < 0 || longest < 0) {
            throw new IllegalArgumentException("status must be 100 to 599, retry-after and longest 0 or more");
        }
        if (latency.isNegative() || latency.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("latency " + latency + " is not in 0..1h");
        }
    }

    public static ObservatorySimulatorBehaviour perfect() {
        return new ObservatorySimulatorBehaviour(Fault.NONE, 200, 0, Duration.ZERO, "", 0);
    }

    public ObservatorySimulatorBehaviour with(Fault value) {
        return new ObservatorySimulatorBehaviour(value, status, retryAfterSeconds, latency, poison, longest);
    }

    /** Answers this status, with a wish to wait if it is not 0. */
    public ObservatorySimulatorBehaviour answering(int value, int retryAfter) {
        return new ObservatorySimulatorBehaviour(Fault.ANSWER, value, retryAfter, latency, poison, longest);
    }

    public ObservatorySimulatorBehaviour withLatency(Duration value) {
        return new ObservatorySimulatorBehaviour(fault, status, retryAfterSeconds, value, poison, longest);
    }

    public ObservatorySimulatorBehaviour withPoison(String value) {
        return new ObservatorySimulatorBehaviour(fault, status, retryAfterSeconds, latency, value, longest);
    }

    public ObservatorySimulatorBehaviour withLongest(int value) {
        return new ObservatorySimulatorBehaviour(fault, status, retryAfterSeconds, latency, poison, value);
    }
}
