package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.CloseReason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 that carries calls. One without a call is closed after the time of a handshake; one that sends more pings
 * than it may, at once. For the connection's event loop.
 */
final class GrpcConnectionHandler extends ChannelInboundHandlerAdapter {
    private final GrpcEndpoint endpoint;
    private final Peer peer;
    private final RateLimit pings;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> deadline;
    private int calls;
    private boolean closing;

    GrpcConnectionHandler(GrpcEndpoint endpoint, Peer peer) {
        this.endpoint = endpoint;
        this.peer = peer;
        this.pings = new RateLimit(endpoint.listening().limits().maxMessagesPerSecond(), System.nanoTime());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        await();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private void await() {
        long patience = endpoint.listening().timeouts().handshake().toNanos();
        deadline = context().executor().schedule(this::late, patience, TimeUnit.NANOSECONDS);
    }

    private void late() {
        if (calls == 0) {
            endpoint.failed(Fault.HANDSHAKE_TIMEOUT, peer, "no call came in time");
            leave(Http2Error.NO_ERROR);
        }
    }

    private void stopWaiting() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /** A call has begun on this connection. */
    void began(Channel call) {
        stopWaiting();
        calls++;
        call.closeFuture().addListener(closed -> ended());
    }

    private void ended() {
        calls--;
        if (calls == 0 && context().channel().isActive()) {
            if (closing) {
                var _ = context().close();
            } else {
                await();
            }
        }
    }

    /** No more calls; the connection ends with the last one. */
    private void leave(Http2Error why) {
        closing = true;
        var sent = context().writeAndFlush(new DefaultHttp2GoAwayFrame(why));
        if (calls == 0 || why != Http2Error.NO_ERROR) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        try {
            boolean asked = message instanceof Http2PingFrame ping && !ping.ack();
            if (asked && !closing && !pings.tryTake(System.nanoTime())) {
                endpoint.failed(Fault.PROTOCOL, peer, "too many pings");
                leave(Http2Error.ENHANCE_YOUR_CALM);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** The endpoint closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof CloseReason && !closing) {
            leave(Http2Error.NO_ERROR);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        stopWaiting();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (!endpoint.failed(cause, peer)) {
            endpoint.failed(Fault.PROTOCOL, peer, String.valueOf(cause.getMessage()));
        }
        var _ = context().close();
    }
}
