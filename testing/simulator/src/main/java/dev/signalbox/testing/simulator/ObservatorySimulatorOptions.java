package dev.signalbox.testing.simulator;

/**
 * Where and how a simulated log sink listens.
 *
 * @param host the address to bind
 * @param port 0 picks a free one
 * @param token what {@code Authorization: Bearer} must carry
 * @param dedupe whether a batch with a known {@code Idempotency-Key} is answered but not taken again
 * @param limit how many records and keys are remembered, 1 to 10,000,000; what is beyond is only counted
 */
public record ObservatorySimulatorOptions(String host, int port, String token, boolean dedupe, int limit) {
    public ObservatorySimulatorOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 0..65535");
        }
        if (limit < 1 || limit > 10_000_000) {
            throw new IllegalArgumentException("limit " + limit + " is not in 1..10000000");
        }
    }

    /** A free port of the loopback interface, the token {@code mock-token}, repeated batches not taken again. */
    public static ObservatorySimulatorOptions defaults() {
        return new ObservatorySimulatorOptions("127.0.0.1", 0, "mock-token", true, 1_000_000);
    }

    public ObservatorySimulatorOptions withHost(String value) {
        return new ObservatorySimulatorOptions(value, port, token, dedupe, limit);
    }

    public ObservatorySimulatorOptions withPort(int value) {
        return new ObservatorySimulatorOptions(host, value, token, dedupe, limit);
    }

    public ObservatorySimulatorOptions withToken(String value) {
        return new ObservatorySimulatorOptions(host, port, value, dedupe, limit);
    }

    public ObservatorySimulatorOptions withDedupe(boolean value) {
        return new ObservatorySimulatorOptions(host, port, token, value, limit);
    }

    public ObservatorySimulatorOptions withLimit(int value) {
        return new ObservatorySimulatorOptions(host, port, token, dedupe, value);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "ObservatorySimulatorOptions[" + host + ":" + port + "]";
    }
}
