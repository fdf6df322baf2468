package dev.signalbox.testing.simulator;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The routes, on Netty's event loop. A POST to any path but two is a webhook. */
@Sharable
final class WebhookSimulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final Set<String> CONTROL = Set.of("/behaviour", "/reset");
    private static final int LISTED = 1_000;

    private final WebhookSimulator simulator;
    private final WebhookSimulatorInbox inbox;

    WebhookSimulatorHandler(WebhookSimulator simulator, WebhookSimulatorInbox inbox) {
        this.simulator = simulator;
        this.inbox = inbox;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        byte[] body = ByteBufUtil.getBytes(request.content());
        if (!request.method().equals(HttpMethod.POST) || CONTROL.contains(request.uri())) {
            Replies.now(context, control(request.method().name() + " " + request.uri(), body), keepAlive);
            return;
        }
        var headers = request.headers();
        var head = new WebhookSimulatorInbox.Head(
                request.uri(),
                headers.get("webhook-id"),
                headers.get("webhook-timestamp"),
                headers.get("webhook-signature"),
                headers.get(HttpHeaderNames.CONTENT_TYPE));
        var draw = inbox.draw();
        Replies.after(draw.latency().toNanos(), context, () -> inbox.take(draw, head, body), keepAlive);
    }

    private Reply control(String route, byte[] body) {
        try {
            return switch (route) {
                case "GET /stats" -> json(200, simulator.stats());
                case "GET /messages" -> json(200, simulator.messages(LISTED));
                case "GET /behaviour" -> json(200, BehaviourChange.of(simulator.behaviour()));
                case "POST /behaviour" -> {
                    simulator.change(JSON.readValue(body, BehaviourChange.class));
                    yield json(200, BehaviourChange.of(simulator.behaviour()));
                }
                case "POST /reset" -> {
                    simulator.reset();
                    yield json(200, simulator.stats());
                }
                case "GET /health" -> json(200, Map.of("status", "healthy", "simulator", "webhook"));
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
