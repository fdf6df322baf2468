package dev.signalbox.testing.simulator;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The routes, on Netty's event loop, where nothing blocks: latency is a timer. */
@Sharable
final class ObservatorySimulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ObservatorySimulatorHandler.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MOST_LISTED = 1_000;

    private final ObservatorySimulator simulator;
    private final ObservatorySimulatorSink sink;

    ObservatorySimulatorHandler(ObservatorySimulator simulator, ObservatorySimulatorSink sink) {
        this.simulator = simulator;
        this.sink = sink;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String path = new QueryStringDecoder(request.uri()).path();
        byte[] body = ByteBufUtil.getBytes(request.content());
        if (!request.method().equals(HttpMethod.POST) || !ObservatorySimulatorSink.isRoute(path)) {
            reply(context, control(request.method().name() + " " + path, body), keepAlive);
            return;
        }
        var headers = request.headers();
        var head = new ObservatorySimulatorSink.Head(
                path,
                headers.get(HttpHeaderNames.AUTHORIZATION),
                headers.get("Idempotency-Key"),
                headers.get(HttpHeaderNames.CONTENT_TYPE),
                headers.get(HttpHeaderNames.CONTENT_ENCODING));
        long latency = simulator.behaviour().latency().toNanos();
        Runnable take = () -> reply(context, sink.take(head, body), keepAlive);
        context.executor().schedule(take, latency, TimeUnit.NANOSECONDS).addListener(done -> {
            if (!done.isSuccess()) {
                exceptionCaught(context, done.cause());
            }
        });
    }

    private Reply control(String route, byte[] body) {
        try {
            return switch (route) {
                case "GET /stats" -> json(200, simulator.stats());
                case "GET /records" ->
                    json(200, simulator.records().stream().limit(MOST_LISTED).toList());
                case "GET /behaviour" -> json(200, simulator.behaviour());
                case "POST /behaviour" -> {
                    simulator.behave(JSON.readValue(body, ObservatorySimulatorBehaviour.class));
                    yield json(200, simulator.behaviour());
                }
                case "POST /reset" -> {
                    simulator.reset();
                    yield json(200, simulator.stats());
                }
                case "GET /health" -> json(200, Map.of("status", "healthy", "simulator", "observatory"));
                default -> json(404, Map.of("error", "there is no " + route));
            };
        } catch (IllegalArgumentException | JacksonException e) {
            return json(400, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private static Reply json(int status, Object body) {
        return new Reply.Answer(status, JSON.writeValueAsString(body), OptionalLong.empty());
    }

    private static void reply(ChannelHandlerContext context, Reply reply, boolean keepAlive) {
        switch (reply) {
            case Reply.Answer answer -> write(context, answer, keepAlive);
            case Reply.Cut() -> close(context);
            case Reply.Hang() -> LOG.debug("leaving {} without an answer", context.channel());
        }
    }

    private static void write(ChannelHandlerContext context, Reply.Answer answer, boolean keepAlive) {
        byte[] body = answer.bytes();
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
        var headers = response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        answer.retryAfterSeconds().ifPresent(wait -> headers.set(HttpHeaderNames.RETRY_AFTER, wait));
        if (answer.status() / 100 == 3) {
            headers.set(HttpHeaderNames.LOCATION, "http://127.0.0.1:1/elsewhere");
        }
        var written = context.writeAndFlush(response);
        written.addListener(keepAlive ? ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE : ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing {}", context.channel(), cause);
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        context.close().addListener(done -> LOG.debug("closed {}", context.channel(), done.cause()));
    }
}
