package dev.signalbox.maintenance.grpc;

import java.time.Duration;
import java.util.Set;

/**
 * How one gRPC server takes part. Immutable.
 *
 * @param name of the participant; unique in its maintenance
 * @param deadline how long the calls inside may take to end, once it drains; streams that are open then are closed with UNAVAILABLE
 * @param skipMethods full names such as {@code shop.Orders/Watch}, that are served all the time and not waited for. The
 *     services of health and reflection always are
 */
public record GrpcGateOptions(String name, Duration deadline, Set<String> skipMethods) {
    public GrpcGateOptions {
        skipMethods = Set.copyOf(skipMethods);
    }

    /** The name {@code grpc}, 30 s, no method skipped. */
    public static GrpcGateOptions defaults() {
        return new GrpcGateOptions("grpc", Duration.ofSeconds(30), Set.of());
    }

    public GrpcGateOptions withName(String changed) {
        return new GrpcGateOptions(changed, deadline, skipMethods);
    }

    public GrpcGateOptions withDeadline(Duration changed) {
        return new GrpcGateOptions(name, changed, skipMethods);
    }

    public GrpcGateOptions withSkipMethods(String... changed) {
        return new GrpcGateOptions(name, deadline, Set.of(changed));
    }
}
