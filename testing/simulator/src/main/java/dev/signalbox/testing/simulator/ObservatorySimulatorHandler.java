package dev.signalbox.testing.simulator;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The routes, on Netty's event loop. */
@Sharable
final class ObservatorySimulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
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
            Replies.now(context, control(request.method().name() + " " + path, body), keepAlive);
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
        Replies.after(latency, context, () -> sink.take(head, body), keepAlive);
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

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Replies.failed(context, cause);
    }
}
