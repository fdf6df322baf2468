package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ClientConnection.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client over HTTP: it is written to over a stream of server-sent events, and says what it has to say in POST requests. It
 * outlives its stream for a while, and goes on over the next one. For one event loop, that of its first stream, unless
 * noted otherwise; later streams may belong to others.
 */
final class EventSession implements Wire, Dialogue.Events {
    /** An event ends when it has as much, so that no client has to hold a huge one. */
    private static final int MAX_EVENT = 64 << 10;
    /** Requests that may wait while the token is looked at. */
    private static final int MAX_EARLY = 16;

    private static final byte[] NOTHING = {};
    private static final byte[] COMMENT = {':', '\n', '\n'};

    private static final Logger LOG = LoggerFactory.getLogger(EventSession.class);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Early(byte[] json, Consumer<Boolean> taken) {}

    private final String secret;
    private final EventLoop loop;
    private final Dialogue dialogue;
    private final Duration resume;
    private final Runnable onEnd;
    private final byte[] idPrefix;
    private final EventReplay replay = new EventReplay();
    private final List<Early> early = new ArrayList<>(0);
    private volatile @Nullable Channel stream;
    private @Nullable ScheduledFuture<?> absence;
    private long lastId;
    private boolean welcome;
    private boolean ended;

    /** Tells {@code onEnd} once it can no longer be come back to. */
    EventSession(
            NettyEndpoint endpoint,
            Peer peer,
            Greeting greeting,
            Channel first,
            String secret,
            Duration resume,
            Runnable onEnd) {
        this.secret = secret;
        this.loop = first.eventLoop();
        this.resume = resume;
        this.onEnd = onEnd;
        this.idPrefix = ("id: " + secret + ".").getBytes(StandardCharsets.US_ASCII);
        Route route = new Route(loop, endpoint.outbox(first), this, EventFormat.EVENTS, greeting.visiblePings());
        this.dialogue = new Dialogue(endpoint, peer, greeting, route, this);
    }

    ClientConnection connection() {
        return dialogue.connection();
    }

    /** From any thread. */
    void execute(Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
            return;
        }
        try {
            loop.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the endpoint has closed, and with it all of its sessions", e);
        }
    }

    /** The first stream is there. */
    void begin(Channel first) {
        stream = first;
        connection().text(ServerFrames.open(secret));
        dialogue.begin();
    }

    /** False if the client has missed more than is kept, and has to begin anew. */
    boolean resume(Channel next, long after) {
        if (ended || !connection().isOpen() || !replay.hasAllAfter(after)) {
            return false;
        }
        Channel before = stream;
        if (before != null) {
            var _ = before.close();
        }
        cancelAbsence();
        stream = next;
        replay.replay(after, part -> {
            var _ = next.write(part, next.voidPromise());
        });
        next.flush();
        connection().life().heard(0);
        connection().writabilityChanged();
        return true;
    }

    /** A stream has ended; without one, the client has some time to come back if it had been let in. */
    void lost(Channel gone) {
        if (!gone.equals(stream)) {
            return;
        }
        stream = null;
        connection().life().heard(0);
        if (welcome && connection().isOpen()) {
            absence = loop.schedule(this::giveUp, resume.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            giveUp();
        }
    }

    private void giveUp() {
        dialogue.disconnected();
        close();
    }

    private void cancelAbsence() {
        if (absence != null) {
            absence.cancel(false);
            absence = null;
        }
    }

    /** Takes what came in a request; tells whether it was taken. */
    void receive(byte[] json, Consumer<Boolean> taken) {
        if (ended || !connection().isOpen()) {
            taken.accept(false);
        } else if (dialogue.isAuthenticating()) {
            await(new Early(json, taken));
        } else if (!Utf8.isValid(json, 0, json.length)) {
            connection().fail(ProtocolViolation.invalidText());
            taken.accept(false);
        } else {
            connection().life().heard(0);
            dialogue.text(json);
            taken.accept(true);
        }
    }

    private void await(Early request) {
        if (early.size() < MAX_EARLY) {
            early.add(request);
        } else {
            request.taken().accept(false);
        }
    }

    @Override
    public void authenticated() {
        // After what follows from it.
        loop.execute(() -> {
            List<Early> waiting = List.copyOf(early);
            early.clear();
            waiting.forEach(each -> receive(each.json(), each.taken()));
        });
    }

    @Override
    public void welcome() {
        welcome = true;
    }

    /** The client goes; what was sent to it before goes first. */
    void leave() {
        connection().closedByClient(NOTHING);
    }

    @Override
    public boolean isWritable() {
        Channel current = stream;
        return current != null && current.isWritable();
    }

    @Override
    public void write(ByteBuf frames) {
        put(frames);
        if (replay.openBytes() >= MAX_EVENT) {
            endEvent();
        }
        if (!isWritable()) {
            flush();
        }
    }

    /** What cannot be written now is there for the next stream. */
    private void put(ByteBuf bytes) {
        if (!ended) {
            replay.add(bytes.retainedDuplicate());
        }
        Channel current = stream;
        if (current == null) {
            bytes.release();
        } else {
            var _ = current.write(bytes, current.voidPromise());
        }
    }

    private void endEvent() {
        lastId++;
        ByteBuf end = Unpooled.buffer(idPrefix.length + 22).writeBytes(idPrefix);
        end.writeCharSequence(Long.toString(lastId), StandardCharsets.US_ASCII);
        put(end.writeByte('\n').writeByte('\n'));
        replay.end(lastId);
    }

    @Override
    public void flush() {
        if (replay.openBytes() > 0) {
            endEvent();
        }
        Channel current = stream;
        if (current != null) {
            current.flush();
        }
    }

    /** A comment, so that nothing on the way takes the stream for dead. */
    @Override
    public void ping() {
        Channel current = stream;
        if (current != null) {
            // Most clients say nothing by themselves: that the network takes the comment is the sign of life.
            current.writeAndFlush(Unpooled.wrappedBuffer(COMMENT)).addListener(done -> {
                if (done.isSuccess()) {
                    execute(() -> connection().life().heard(0));
                }
            });
        }
    }

    @Override
    public void goodbye(CloseCode code) {
        write(LoopOutbox.frame(ServerFrames.close(code), EventFormat.EVENTS));
        end((ChannelFutureListener) HalfClose::output);
    }

    @Override
    public void fail(CloseCode code) {
        goodbye(code);
    }

    @Override
    public void farewell(byte[] status, boolean answer) {
        end(ChannelFutureListener.CLOSE);
    }

    /** Ends the stream after what was written. */
    private void end(ChannelFutureListener last) {
        flush();
        Channel current = stream;
        if (current != null) {
            current.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(last);
        }
        forget();
    }

    private void forget() {
        if (!ended) {
            ended = true;
            cancelAbsence();
            replay.clear();
            early.forEach(each -> each.taken().accept(false));
            early.clear();
            onEnd.run();
        }
    }

    @Override
    public void close() {
        forget();
        Channel current = stream;
        if (current != null) {
            var _ = current.close();
        }
    }
}
