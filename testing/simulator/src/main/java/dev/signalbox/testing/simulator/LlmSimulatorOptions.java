package dev.signalbox.testing.simulator;

import java.time.Duration;
import java.util.Optional;

/**
 * Where and how a simulated language model listens.
 *
 * @param host the address to bind
 * @param port 0 picks a free one
 * @param key if given, a request needs it as bearer token or {@code api-key}
 * @param pace the time between two events of an answer that was not scripted
 * @param remembered how many requests and scripted replies it holds at most, the oldest requests being forgotten; 1 to
 *     1,000,000
 */
public record LlmSimulatorOptions(String host, int port, Optional<String> key, Duration pace, int remembered) {

    public LlmSimulatorOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 0..65535");
        }
        if (remembered < 1 || remembered > 1_000_000) {
            throw new IllegalArgumentException("remembered " + remembered + " is not in 1..1000000");
        }
    }

    /** A free port of the loopback interface, no key, no pauses, 10,000 requests. */
    public static LlmSimulatorOptions defaults() {
        return new LlmSimulatorOptions("127.0.0.1", 0, Optional.empty(), Duration.ZERO, 10_000);
    }

    public LlmSimulatorOptions withHost(String value) {
        return new LlmSimulatorOptions(value, port, key, pace, remembered);
    }

    public LlmSimulatorOptions withPort(int value) {
        return new LlmSimulatorOptions(host, value, key, pace, remembered);
    }

    public LlmSimulatorOptions withKey(String value) {
        return new LlmSimulatorOptions(host, port, Optional.of(value), pace, remembered);
    }

    public LlmSimulatorOptions withPace(Duration value) {
        return new LlmSimulatorOptions(host, port, key, value, remembered);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "LlmSimulatorOptions[" + host + ":" + port + "]";
    }
}
