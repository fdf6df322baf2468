package dev.signalbox.benchmarks;

import java.net.URI;

/** Two nodes of a system over one Redis. */
interface ClusterSystem extends AutoCloseable {
    /** Each payload begins with it and the time of {@link System#nanoTime} in 19 digits: by that, a client counts what it receives. */
    String MARK = "@@";

    String name();

    /** What the clients speak. */
    ClusterSubscribers.Protocol protocol();

    /** Where clients connect to the second node. */
    URI clients();

    /** Has the first node publish so many messages, to one room after the other, and returns when it has taken them. */
    void publish(int count) throws Exception;

    /** The name of a room. */
    static String room(int number) {
        return "room-" + number % ClusterBenchmark.ROOMS;
    }

    /** A payload that says when it was sent. */
    static String payload() {
        String begin = MARK + "%019d".formatted(System.nanoTime());
        return begin + "x".repeat(ClusterBenchmark.PAYLOAD_BYTES - begin.length());
    }

    @Override
    void close();
}
