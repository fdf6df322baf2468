package dev.signalbox.maintenance.grpc;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.Set;

/**
 * Tells NOT_SERVING through gRPC's health service, before calls are refused, and SERVING once they are taken again; those that watch
 * see each change.
 */
public final class GrpcHealth implements Drainable {
    private final String name;
    private final HealthStatusManager health;
    private final Set<String> services;

    private GrpcHealth(String name, HealthStatusManager health, Set<String> services) {
        this.name = name;
        this.health = health;
        this.services = Set.copyOf(services);
    }

    /**
     * Takes part in a maintenance from now on, in the phase {@link Phase#ANNOUNCE}.
     *
     * @param services whose status is told; the empty one stands for the server
     * @throws IllegalArgumentException if the name is taken there
     */
    public static GrpcHealth join(
            Maintenance maintenance, String name, HealthStatusManager health, Set<String> services) {
        GrpcHealth made = new GrpcHealth(name, health, services);
        made.resume();
        maintenance.add(made);
        return made;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Phase phase() {
        return Phase.ANNOUNCE;
    }

    @Override
    public long drain(Duration within) {
        services.forEach(service -> health.setStatus(service, ServingStatus.NOT_SERVING));
        return 0;
    }

    @Override
    public void resume() {
        services.forEach(service -> health.setStatus(service, ServingStatus.SERVING));
    }
}
