package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a drain would do now; nothing is changed by asking.
 *
 * @param steps all participants, in the order in which they would drain
 * @param longest how long it takes at most, if every participant keeps to its deadline
 * @param estimate how long it would take if each took as long as the last time; empty if one of them never drained yet
 */
public record DrainPlan(List<Step> steps, Duration longest, Optional<Duration> estimate) {
    public DrainPlan {
        steps = List.copyOf(steps);
    }

    static DrainPlan of(List<Step> steps) {
        boolean known = steps.stream().allMatch(step -> step.lastTime().isPresent());
        return new DrainPlan(
                steps,
                sum(steps, Step::deadline),
                known ? Optional.of(sum(steps, step -> step.lastTime().orElseThrow())) : Optional.empty());
    }

    /** Those of a phase drain side by side, so the longest of each counts. */
    private static Duration sum(List<Step> steps, Function<Step, Duration> time) {
        return Stream.of(Phase.values())
                .flatMap(phase ->
                        steps.stream()
                                .filter(step -> step.phase() == phase)
                                .map(time)
                                .max(Duration::compareTo)
                                .stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * One participant.
     *
     * @param underWay how much it would wait for
     * @param lastTime how long it took last
     */
    public record Step(String name, Phase phase, long underWay, Duration deadline, Optional<Duration> lastTime) {}
}
