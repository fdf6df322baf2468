package dev.signalbox.maintenance.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A call inside the gate. A call may be used by one thread at a time, so its lock is between the service and {@link #cut}; what
 * the service still does with a call that was cut has no effect.
 */
final class GatedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Consumer<GatedCall<?, ?>> left;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    GatedCall(ServerCall<Q, A> call, Consumer<GatedCall<?, ?>> left) {
        super(call);
        this.left = left;
    }

    ServerCall.Listener<Q> start(ServerCallHandler<Q, A> service, Metadata headers) {
        try {
            return new Leaving(service.startCall(this, headers));
        } catch (RuntimeException | Error e) {
            leave(); // gRPC ends such a call by itself and tells nobody.
            throw e;
        }
    }

    /** Ends the call, unless the service already has. */
    void cut(Status status) {
        unlessClosed(() -> {
            closed = true;
            if (!isCancelled() && !gone.get()) {
                super.close(status, new Metadata());
            }
        });
    }

    @Override
    public void sendHeaders(Metadata headers) {
        unlessClosed(() -> super.sendHeaders(headers));
    }

    @Override
    public void sendMessage(A message) {
        unlessClosed(() -> super.sendMessage(message));
    }

    @Override
    public void request(int messages) {
        unlessClosed(() -> super.request(messages));
    }

    @Override
    public void close(Status status, Metadata trailers) {
        unlessClosed(() -> {
            closed = true;
            super.close(status, trailers);
        });
    }

    private void unlessClosed(Runnable use) {
        lock.lock();
        try {
            if (!closed) {
                use.run();
            }
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        if (gone.compareAndSet(false, true)) {
            left.accept(this);
        }
    }

    /** gRPC ends each call with exactly one of the two. */
    private final class Leaving extends SimpleForwardingServerCallListener<Q> {
        Leaving(ServerCall.Listener<Q> service) {
            super(service);
        }

        @Override
        public void onCancel() {
            try {
                super.onCancel();
            } finally {
                leave();
            }
        }

        @Override
        public void onComplete() {
            try {
                super.onComplete();
            } finally {
                leave();
            }
        }
    }
}
