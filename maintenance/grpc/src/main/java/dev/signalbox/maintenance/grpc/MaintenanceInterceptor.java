package dev.signalbox.maintenance.grpc;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Refuses calls of all four shapes with UNAVAILABLE during maintenance, before any of them reaches its service. Add it as the last
 * interceptor of a server, which makes it the first to be called. Thread-safe.
 */
public final class MaintenanceInterceptor implements ServerInterceptor {
    private static final Set<String> ALWAYS = Set.of(
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    private final AdmissionGate gate = new AdmissionGate();
    private final Set<GatedCall<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final GrpcGateOptions options;
    private final Drainable drainable;

    private MaintenanceInterceptor(GrpcGateOptions options) {
        this.options = options;
        this.drainable = Drainable.of(options.name(), Phase.INTAKE, options.deadline(), gate, this::cutAll);
    }

    /**
     * One that takes part in a maintenance from now on, in the phase {@link Phase#INTAKE}.
     *
     * @throws IllegalArgumentException if the name is taken there
     */
    public static MaintenanceInterceptor join(Maintenance maintenance, GrpcGateOptions options) {
        MaintenanceInterceptor made = new MaintenanceInterceptor(options);
        maintenance.add(made.drainable);
        return made;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (isSkipped(call)) {
            return next.startCall(call, headers);
        }
        if (!gate.enter()) {
            call.close(Status.UNAVAILABLE.withDescription("in maintenance; try another node"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        GatedCall<Q, A> gated = new GatedCall<>(call, this::left);
        open.add(gated);
        return gated.start(next, headers);
    }

    private boolean isSkipped(ServerCall<?, ?> call) {
        String service = call.getMethodDescriptor().getServiceName();
        return (service != null && ALWAYS.contains(service))
                || options.skipMethods().contains(call.getMethodDescriptor().getFullMethodName());
    }

    private void left(GatedCall<?, ?> call) {
        open.remove(call);
        gate.leave();
    }

    private void cutAll() {
        open.forEach(call -> call.cut(Status.UNAVAILABLE.withDescription("ended by maintenance; try another node")));
    }

    Drainable drainable() {
        return drainable;
    }

    /** How many calls a cut would end. */
    int remembered() {
        return open.size();
    }

    /** How many calls are being handled. */
    public long underWay() {
        return gate.inside();
    }

    /** How many were refused since the start. */
    public long refused() {
        return gate.refused();
    }
}
