package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.LlmChatRequest.Api;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes, on Netty's event loop, where nothing blocks: pauses are timers. One request of a connection at a time. */
final class LlmHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(LlmHandler.class);
    private static final Pattern AZURE = Pattern.compile("/openai/deployments/[^/]+/chat/completions");
    private static final String SIMULATED = "x-signalbox-simulated";
    private static final String JSON = "application/json";
    private static final String TAGS =
            "{\"models\":[{\"name\":\"simulated-llama:8b\",\"model\":\"simulated-llama:8b\",\"size\":0}]}";

    private final LlmSimulator simulator;

    LlmHandler(LlmSimulator simulator) {
        this.simulator = simulator;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keep = HttpUtil.isKeepAlive(request);
        String path = request.uri().replaceFirst("\\?.*", "");
        Optional<Api> api = api(path, request.uri());
        if (!simulator.admits(key(request.headers()))) {
            write(context, LlmReply.error(401, "invalid_api_key", "simulated: incorrect API key"), keep);
        } else if (api.isPresent() && request.method().equals(HttpMethod.POST)) {
            ask(context, api.get(), path, recorded(request), keep);
        } else {
            write(context, other(path), keep);
        }
    }

    private static Optional<Api> api(String path, String uri) {
        if (path.equals("/v1/chat/completions")) {
            return Optional.of(Api.OPENAI);
        }
        if (AZURE.matcher(path).matches() && uri.contains("api-version=")) {
            return Optional.of(Api.AZURE);
        }
        return path.equals("/api/chat") ? Optional.of(Api.OLLAMA) : Optional.empty();
    }

    private static LlmReply.Refusal other(String path) {
        return switch (path) {
            case "/api/tags" -> new LlmReply.Refusal(200, TAGS, Map.of());
            case "/health" -> new LlmReply.Refusal(200, "{\"simulated\":true}", Map.of());
            default -> LlmReply.error(404, "not_found", "simulated: there is no such route, or api-version is missing");
        };
    }

    private static Optional<String> key(HttpHeaders headers) {
        return Optional.ofNullable(headers.get("api-key"))
                .or(() -> Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
                        .map(value -> value.replaceFirst("^Bearer ", "")));
    }

    private static LlmSimulatorRequest recorded(FullHttpRequest request) {
        var headers = new LinkedHashMap<String, String>();
        request.headers().forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return new LlmSimulatorRequest(
                request.method().name(),
                request.uri(),
                headers,
                request.content().toString(StandardCharsets.UTF_8));
    }

    private void ask(ChannelHandlerContext context, Api api, String path, LlmSimulatorRequest request, boolean keep) {
        Optional<LlmChatRequest> question = LlmChatRequest.of(api, path, request.body());
        if (question.isEmpty()) {
            write(context, LlmReply.error(400, "invalid_request", "simulated: messages is missing"), keep);
            return;
        }
        LlmReply reply = simulator.next(request).orElseGet(() -> unscripted(question.get()));
        switch (reply) {
            case LlmReply.Answer answer -> answer(context, question.get(), answer, keep);
            case LlmReply.Refusal error -> write(context, error, keep);
            case LlmReply.Bytes bytes -> bytes(context, bytes, keep);
            case LlmReply.Silence() -> LOG.debug("leaving {} without an answer", context.channel());
        }
    }

    private LlmReply unscripted(LlmChatRequest question) {
        String text = question.schemaAnswer().orElseGet(() -> "This is a simulated answer to: " + question.text());
        String[] pieces = Arrays.stream(text.split("(?<= )")).toArray(String[]::new);
        return LlmReply.answer(pieces).withPace(simulator.options().pace());
    }

    private void answer(ChannelHandlerContext context, LlmChatRequest question, LlmReply.Answer answer, boolean keep) {
        var renderer = new LlmAnswerRenderer(question, answer);
        if (question.stream()) {
            begin(context, renderer.contentType(), true);
            pieces(context, renderer.parts(), 0, answer.pace(), () -> end(context, keep));
        } else {
            full(context, 200, renderer.contentType(), renderer.parts().getFirst(), Map.of(), keep);
        }
    }

    private void bytes(ChannelHandlerContext context, LlmReply.Bytes bytes, boolean keep) {
        begin(context, bytes.contentType(), bytes.end() != LlmReply.End.CLOSED);
        pieces(context, bytes.parts(), 0, Duration.ZERO, () -> {
            switch (bytes.end()) {
                case COMPLETE -> end(context, keep);
                case CUT, CLOSED -> context.channel().eventLoop().execute(() -> close(context));
                case STALLED -> LOG.debug("stalling {}", context.channel());
            }
        });
    }

    private static void begin(ChannelHandlerContext context, String type, boolean chunked) {
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, type).set(SIMULATED, "true");
        if (chunked) {
            HttpUtil.setTransferEncodingChunked(head, true);
        } else {
            head.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        context.writeAndFlush(head).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private void pieces(ChannelHandlerContext context, List<byte[]> parts, int from, Duration pace, Runnable then) {
        if (from == parts.size()) {
            then.run();
        } else if (!context.channel().isActive()) {
            LOG.debug("the client of {} has gone", context.channel());
        } else if (pace.isZero()) {
            parts.subList(from, parts.size()).forEach(part -> piece(context, part));
            then.run();
        } else {
            piece(context, parts.get(from));
            context.executor()
                    .schedule(() -> pieces(context, parts, from + 1, pace, then), pace.toNanos(), TimeUnit.NANOSECONDS)
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            exceptionCaught(context, done.cause());
                        }
                    });
        }
    }

    private static void piece(ChannelHandlerContext context, byte[] part) {
        context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(part)))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private static void end(ChannelHandlerContext context, boolean keep) {
        context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                .addListener(keep ? ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE : ChannelFutureListener.CLOSE);
    }

    private static void write(ChannelHandlerContext context, LlmReply.Refusal reply, boolean keep) {
        full(context, reply.status(), JSON, reply.body().getBytes(StandardCharsets.UTF_8), reply.headers(), keep);
    }

    private static void full(
            ChannelHandlerContext context,
            int status,
            String type,
            byte[] body,
            Map<String, String> headers,
            boolean keep) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(SIMULATED, "true")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        headers.forEach((name, value) -> response.headers().set(name, value));
        context.writeAndFlush(response)
                .addListener(keep ? ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE : ChannelFutureListener.CLOSE);
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
