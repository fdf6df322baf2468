package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.Peer.Verdict;
import dev.signalbox.router.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the datagrams of all clients. Each begins with a line: an empty one asks for a key, and all others begin with the key that the
 * address was given. Who has not shown one is sent nothing but that key, in no more bytes than it sent: addresses can be forged. For
 * the port's event loop, except as noted.
 */
final class UdpHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(UdpHandler.class);
    /** Of a datagram that asks for a key; more than the answer. */
    static final int MIN_QUESTION = 64;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final UdpEndpoint endpoint;
    private final UdpKeys keys = new UdpKeys();
    private final Map<InetSocketAddress, UdpSession> sessions = new HashMap<>();
    private volatile boolean accepting = true;
    private volatile @Nullable Channel channel;

    UdpHandler(UdpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof DatagramPacket packet) {
                received(context.channel(), packet.sender(), packet.content());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void received(Channel port, InetSocketAddress sender, ByteBuf datagram) {
        int size = datagram.readableBytes();
        int line = datagram.bytesBefore((byte) '\n');
        if (size > endpoint.options().maxDatagramBytes() || line < 0) {
            LOG.debug("a datagram of {} bytes from {} is too large, or has no first line", size, sender);
        } else if (line == 0) {
            asked(port, sender, size);
        } else {
            byte[] key = bytes(datagram, line);
            datagram.skipBytes(1);
            keyed(port, sender, key, bytes(datagram, datagram.readableBytes()));
        }
    }

    private static byte[] bytes(ByteBuf in, int count) {
        byte[] bytes = new byte[count];
        in.readBytes(bytes);
        return bytes;
    }

    private void asked(Channel port, InetSocketAddress sender, int size) {
        if (accepting && size >= MIN_QUESTION) {
            String key = "{\"type\":\"key\",\"key\":\"" + keys.key(sender, System.nanoTime()) + "\"}";
            ByteBuf answer = Unpooled.copiedBuffer(key, StandardCharsets.US_ASCII);
            var _ = port.writeAndFlush(new DatagramPacket(answer, sender), port.voidPromise());
        }
    }

    private void keyed(Channel port, InetSocketAddress sender, byte[] key, byte[] frames) {
        UdpSession session = sessions.get(sender);
        if (session != null && session.hasKey(key)) {
            session.receive(frames);
        } else if (accepting && keys.opens(key, sender, System.nanoTime())) {
            if (session != null) {
                // The client begins anew, with a newer key: it has lost the session, or is another program on the same
                // port.
                session.lost();
            }
            begin(port, sender, key, frames);
        }
    }

    private void begin(Channel port, InetSocketAddress sender, byte[] key, byte[] frames) {
        Peer peer = endpoint.peer(sender);
        if (peer.verdict() != Verdict.OK) {
            endpoint.failed(
                    peer.verdict() == Verdict.TOO_MANY ? Fault.TOO_MANY : Fault.TOO_MANY_FROM_ADDRESS,
                    peer,
                    "over the limit of clients");
            peer.gone();
            return;
        }
        keys.use(key, sender, System.nanoTime());
        String text = new String(key, StandardCharsets.US_ASCII);
        UdpSession session = new UdpSession(endpoint, peer, port, sender, text, ended -> {
            sessions.remove(sender, ended);
            peer.gone();
        });
        sessions.put(sender, session);
        session.begin();
        session.receive(frames);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Such as the word of a client's host that nothing listens there any more; the idle timeout ends its session.
        if (cause instanceof IOException) {
            LOG.debug("a datagram was not delivered, or not read", cause);
        } else {
            LOG.error("a datagram could not be handled; clients are not affected otherwise", cause);
        }
    }

    /** Gives no keys any more, and opens no sessions. For any thread. */
    void stopAccepting() {
        accepting = false;
    }

    /** Says goodbye to each, and returns once that is on its way. For any thread but the event loop's. */
    void closeAll(CloseReason reason) {
        Channel port = channel;
        if (port == null || !port.isOpen()) {
            return;
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        port.eventLoop()
                .execute(() -> List.copyOf(sessions.values())
                        .forEach(session -> session.connection().close(reason)));
        // The outbox closes some thousands at a time, and lets others have their turn in between.
        while (!hasNone(port.eventLoop())) {
            if (System.nanoTime() - end > 0) {
                LOG.warn("the event loop was too busy to say goodbye to all clients over UDP");
                return;
            }
        }
    }

    /** Asks in the event loop, behind what that has to do by now. */
    private boolean hasNone(EventLoop loop) {
        Callable<Boolean> isEmpty = sessions::isEmpty;
        Future<Boolean> answer = loop.submit(isEmpty);
        return answer.awaitUninterruptibly(PATIENCE_NANOS, TimeUnit.NANOSECONDS)
                && Boolean.TRUE.equals(answer.getNow());
    }
}
