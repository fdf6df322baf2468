package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ClientConnection.Route;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.RouteError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client over UDP, from its first key on: frames go out in datagrams, as many in each as fit. What cannot be sent at once is lost, since
 * what is newer is worth more; nothing waits here. For the port's event loop.
 */
final class UdpSession implements Wire, Dialogue.Events {
    private static final byte[] NOTHING = {};

    private final Channel port;
    private final InetSocketAddress client;
    private final String key;
    private final int maxBytes;
    private final Dialogue dialogue;
    private final Consumer<UdpSession> onEnd;
    /** Frames that go out in one datagram. */
    private @Nullable ByteBuf datagram;

    private boolean ended;

    /** Tells {@code onEnd} once it is over. */
    UdpSession(
            UdpEndpoint endpoint,
            Peer peer,
            Channel port,
            InetSocketAddress client,
            String key,
            Consumer<UdpSession> onEnd) {
        this.port = port;
        this.client = client;
        this.key = key;
        this.maxBytes = endpoint.options().maxDatagramBytes();
        this.onEnd = onEnd;
        Route route = new Route(port.eventLoop(), endpoint.outbox(port), this, TcpFormat.LINES, false);
        this.dialogue = new Dialogue(endpoint, peer, Greeting.NONE, route, this);
    }

    ClientConnection connection() {
        return dialogue.connection();
    }

    boolean hasKey(byte[] given) {
        return UdpKeys.isEqual(given, key);
    }

    void begin() {
        dialogue.begin();
    }

    /** What a datagram has behind its key: nothing is the client's goodbye. While its token is looked at, nothing is taken. */
    void receive(byte[] frames) {
        if (ended || !connection().isOpen() || dialogue.isAuthenticating()) {
            return;
        }
        connection().life().heard(0);
        if (frames.length == 0) {
            connection().closedByClient(NOTHING);
        } else if (Utf8.isValid(frames, 0, frames.length)) {
            dialogue.text(frames);
        } else {
            connection().fail(ProtocolViolation.invalidText());
        }
    }

    @Override
    public void welcome() {}

    /** The client is gone from this address. */
    void lost() {
        dialogue.disconnected();
        close();
    }

    /** What is not sent at once is lost, so there is always room. */
    @Override
    public boolean isWritable() {
        return true;
    }

    /** Each frame ends with a line feed. */
    @Override
    public void write(ByteBuf frames) {
        try {
            while (frames.isReadable()) {
                put(frames, frames.bytesBefore((byte) '\n') + 1);
            }
        } finally {
            frames.release();
        }
    }

    private void put(ByteBuf frames, int size) {
        if (size > maxBytes) {
            frames.skipBytes(size);
            write(LoopOutbox.frame(ServerFrames.error(null, tooLarge(size)), TcpFormat.LINES));
            return;
        }
        if (datagram != null && datagram.readableBytes() + size > maxBytes) {
            send();
        }
        if (datagram == null) {
            datagram = port.alloc().directBuffer(maxBytes);
        }
        datagram.writeBytes(frames, size);
    }

    private RouteError tooLarge(int size) {
        return new RouteError(
                ErrorCode.TOO_LARGE,
                Optional.empty(),
                "a frame of " + size + " bytes for you does not fit into a datagram of " + maxBytes
                        + " and was dropped; connect over another transport for such messages");
    }

    private void send() {
        ByteBuf full = datagram;
        datagram = null;
        if (full == null) {
            return;
        }
        if (port.isWritable()) {
            var _ = port.write(new DatagramPacket(full, client), port.voidPromise());
        } else {
            full.release();
            port.flush();
        }
    }

    @Override
    public void flush() {
        send();
        port.flush();
    }

    @Override
    public void ping() {
        write(LoopOutbox.frame(ServerFrames.ping(), TcpFormat.LINES));
        flush();
    }

    @Override
    public void goodbye(CloseCode code) {
        write(LoopOutbox.frame(ServerFrames.close(code), TcpFormat.LINES));
        close();
    }

    @Override
    public void fail(CloseCode code) {
        goodbye(code);
    }

    @Override
    public void farewell(byte[] status, boolean answer) {
        close();
    }

    /** After what was written. */
    @Override
    public void close() {
        if (!ended) {
            flush();
            ended = true;
            onEnd.accept(this);
        }
    }
}
