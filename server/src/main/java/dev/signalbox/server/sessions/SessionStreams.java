package dev.signalbox.server.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.server.rest.ConcurrencyLimit;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.Subscriber;
import dev.signalbox.session.bus.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Streams of server-sent events, a bounded number at a time. Each has its event's id, so a client that reconnects goes on where it
 * was; a gap is an event of its own. A reader that is slow slows its own stream down; what it has not seen waits in the store. Thread-safe.
 */
final class SessionStreams implements AutoCloseable {
    public static final String TYPE = "text/event-stream";
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final SessionBus<String> bus;
    private final ConcurrencyLimit streams;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final AdmissionGate gate = new AdmissionGate();

    public SessionStreams(SessionBus<String> bus, int most, int mostPerPrincipal) {
        this.bus = bus;
        this.streams = new ConcurrencyLimit("streams (session.max-streams)", most, mostPerPrincipal);
    }

    /** Returns when the reader is gone or this is closed. */
    public void follow(Request request, String session, From from, Response response) throws IOException {
        Runnable place = streams.enter(request.principal().orElseThrow());
        try {
            if (!gate.enter()) {
                throw new Problem(503, "this node ends its streams; follow the session on another node")
                        .header("Retry-After", "1");
            }
            follow(session, from, request, response);
        } finally {
            place.run();
        }
    }

    private void follow(String session, From from, Request request, Response response) throws IOException {
        try {
            request.leavePlace();
            stream(session, from, response);
        } finally {
            gate.leave();
        }
    }

    private void stream(String session, From from, Response response) throws IOException {
        Stream stream = new Stream(from);
        try (Subscription subscription = subscribe(session, from, stream)) {
            response.header("Content-Type", TYPE).header("Cache-Control", "no-store");
            try (OutputStream out = response.outputStream()) {
                open.add(stream);
                stream.begin(out);
                while (!gate.isClosed() && !stream.hasEnded(HEARTBEAT)) {
                    stream.write(": still here\n\n");
                }
            }
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        } finally {
            open.remove(stream);
            stream.end();
        }
    }

    private Subscription subscribe(String session, From from, Stream stream) {
        try {
            return bus.subscribe(session, from, stream);
        } catch (IllegalArgumentException invalid) {
            throw Problems.refused(invalid);
        }
    }

    /**
     * Streams in a drain: they end, and their readers connect elsewhere and go on where they were. Race: one that has just begun is
     * either in the list of those to end, or sees the gate closed before it waits.
     */
    Drainable drainable(Duration longest) {
        Drainable gated = Drainable.of("streams", Phase.INTAKE, longest, gate);
        return new Drainable() {
            @Override
            public String name() {
                return gated.name();
            }

            @Override
            public Duration deadline() {
                return longest;
            }

            @Override
            public long drain(Duration within) throws InterruptedException {
                close();
                return gated.drain(within);
            }

            @Override
            public void resume() {
                gated.resume();
            }

            @Override
            public long underWay() {
                return gated.underWay();
            }
        };
    }

    @Override
    public void close() {
        gate.close();
        open.forEach(Stream::end);
    }

    /** One reader. What it is to be told of waits until the answer's head is out. */
    private static final class Stream implements Subscriber<String> {
        private final From from;
        private final CompletableFuture<OutputStream> output = new CompletableFuture<>();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private final ReentrantLock lock = new ReentrantLock();

        void begin(OutputStream out) {
            output.complete(out);
            write("retry: 1000\n\n");
        }

        Stream(From from) {
            this.from = from;
        }

        /** A client whose connection breaks before the first event goes on from here, unless it named a place by itself. */
        @Override
        public void onStarted(EventId position) {
            if (!(from instanceof From.After)) {
                write("id: " + position + "\n\n");
            }
        }

        @Override
        public void onEvent(Event<String> event) {
            write("id: " + event.id() + "\ndata: " + Json.text(SessionViews.of(event)) + "\n\n");
        }

        /** The id lets a reader that reconnects right now go on behind the gap. */
        @Override
        public void onGap(Gap gap) {
            write("id: " + (gap.next() - 1) + "\nevent: gap\ndata: " + Json.text(SessionViews.of(gap)) + "\n\n");
        }

        @Override
        public void onEnded(Optional<Throwable> failure) {
            end();
        }

        void write(String text) {
            OutputStream out = output.join();
            lock.lock();
            try {
                if (!ended.isDone()) {
                    out.write(text.getBytes(UTF_8));
                    out.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                lock.unlock();
            }
        }

        boolean hasEnded(Duration within) {
            try {
                return ended.get(within.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        void end() {
            lock.lock();
            try {
                ended.complete(true);
                output.cancel(false);
            } finally {
                lock.unlock();
            }
        }
    }
}
