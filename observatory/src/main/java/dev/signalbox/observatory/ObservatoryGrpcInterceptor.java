package dev.signalbox.observatory;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Runs each call of a gRPC server in the {@link ExecutionContext} that its metadata describe, and puts it into gRPC's own
 * {@link Context} under {@link #CONTEXT}, which gRPC carries on to other threads. Thread-safe.
 */
public final class ObservatoryGrpcInterceptor implements ServerInterceptor {
    /** The call's context, for code that runs on threads of its own. */
    public static final Context.Key<ExecutionContext> CONTEXT =
            Context.keyWithDefault("signalbox-execution-context", ExecutionContext.NONE);

    private final ContextHeaders headers;

    public ObservatoryGrpcInterceptor(ContextHeaders headers) {
        this.headers = headers;
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        var context = headers.read(name -> metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
        if (context.isEmpty()) {
            return next.startCall(call, metadata);
        }
        ServerCallHandler<Q, A> within = (same, with) -> new Within<>(context, start(context, next, same, with));
        return Contexts.interceptCall(Context.current().withValue(CONTEXT, context), call, metadata, within);
    }

    private static <Q, A> Listener<Q> start(
            ExecutionContext context, ServerCallHandler<Q, A> next, ServerCall<Q, A> call, Metadata metadata) {
        var started = new java.util.concurrent.atomic.AtomicReference<Listener<Q>>();
        context.run(() -> started.set(next.startCall(call, metadata)));
        return started.get();
    }

    /** gRPC calls a service piece by piece, and each piece belongs to the context. */
    private static final class Within<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ExecutionContext context;

        Within(ExecutionContext context, Listener<Q> delegate) {
            super(delegate);
            this.context = context;
        }

        @Override
        public void onMessage(Q message) {
            context.run(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            context.run(super::onHalfClose);
        }

        @Override
        public void onCancel() {
            context.run(super::onCancel);
        }

        @Override
        public void onComplete() {
            context.run(super::onComplete);
        }

        @Override
        public void onReady() {
            context.run(super::onReady);
        }
    }
}
