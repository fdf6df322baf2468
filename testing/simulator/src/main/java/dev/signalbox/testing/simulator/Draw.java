package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.time.Duration;
import java.util.Optional;

/**
 * What one request meets: a function of the seed and the request's number, so that no lock orders the requests and a run
 * can be repeated. The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
 */
record Draw(Behaviour behaviour, long request) {
    private static final Fault[] FAULTS = Fault.values();

    Optional<Fault> fault() {
        if (behaviour.faults().isEmpty()) {
            return Optional.empty();
        }
        double left = uniform(1);
        for (var fault : FAULTS) {
            left -= behaviour.faults().getOrDefault(fault, 0.0);
            if (left < 0) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    Duration latency() {
        var span = behaviour.maxLatency().minus(behaviour.minLatency());
        return behaviour.minLatency().plusNanos((long) (span.toNanos() * uniform(2)));
    }

    private double uniform(int stream) {
        return (mix(behaviour.seed() + mix(request * 4 + stream)) >>> 11) * 0x1.0p-53;
    }

    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
