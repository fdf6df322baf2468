package dev.signalbox.benchmarks;

import java.time.Duration;
import java.util.List;

/** A set of cases that {@link Bench} runs in turns, so that what disturbs the machine disturbs all of them alike. */
interface Benchmark extends AutoCloseable {

    /** One figure of one run. */
    record Sample(String name, String system, double value, String unit) {}

    /** How much better the first system is than the second, in one case. */
    record Ratio(String name, String against, double ratio) {}

    /** Something that can be measured again and again. */
    @FunctionalInterface
    interface Case {
        /** Measures for about so long; it must count exactly what it did, and throw if that is not what it should be. */
        List<Sample> measure(Duration duration) throws Exception;
    }

    /** Prepares the cases. Called once. */
    List<Case> cases(Settings settings) throws Exception;

    @Override
    void close();

    /** How to measure; with {@code rivals}, other systems too. */
    record Settings(boolean rivals) {}
}
